"""What `./dev mutants` rests on: what is written for a fault, which fault a compiler means, which test comes first."""

import argparse
import importlib.util
import pathlib
import random
import shutil
import tempfile
import unittest

from mutants import __main__, draw, equivalents, fault, report, trials
from mutants.fault import Edit, Fault

HAS_CLANG = importlib.util.find_spec("clang") is not None and shutil.which("clang++-19") is not None
COMMAND = ["clang++-19", "-std=c++23", f"-I{pathlib.Path(fault.__file__).parent}"]
SOURCE = b"bool f(int a, int b) {\n  return a < b && b < 9;\n}\n"


def at(text, source=SOURCE):
    start = source.index(text)
    return start, start + len(text)


def boundary(of=b"a < b", source=SOURCE):
    start, end = at(of, source)
    return Fault("model/f.cpp", "boundary", Edit(start + 2, start + 3, b"<="), start, end, function="f")


class Rendered(unittest.TestCase):
    def test_switches_one_fault_inside_another(self):
        start, end = at(b"a < b && b < 9")
        outer = Fault("f.cpp", "operand dropped", Edit(start + 5, end, b""), start, end)
        text, places = fault.rendered(SOURCE, {4: boundary(), 7: outer})
        flat = b"".join(text.split(b"\n"))
        self.assertIn(b"(revive_mutant(7)? (a < b): ((revive_mutant(4)? (a <= b): (a < b)) && b < 9))", flat)
        self.assertEqual({number: text[slice(*place)].replace(b"\n", b"") for number, place in places.items()},
                         {7: b"(revive_mutant(7)? (a < b): (", 4: b"(revive_mutant(4)? (a <= b): ("})

    def test_leaves_out_what_overlaps(self):
        start, end = at(b"b && b")
        text, places = fault.rendered(SOURCE, {1: boundary(), 2: Fault("f.cpp", "x", Edit(start, end, b"1"), start, end)})
        self.assertEqual(set(places), {1})
        self.assertIn(b"&& b < 9;", text)

    def test_makes_a_constant_one_that_the_program_computes(self):
        source = b"constexpr int kMost = 3;\n"
        number = at(b"3", source)
        also = (Edit(*at(b"constexpr", source), b"const"),)
        text, _ = fault.rendered(source, {1: Fault("f.cpp", "off by one", Edit(*number, b"3 + 1"), *number, also=also)})
        self.assertEqual(text, b"const int kMost = (revive_mutant(1)\n? (3 + 1)\n: (3));\n")


class Draw(unittest.TestCase):
    def test_takes_each_fault_once_and_rare_kinds_more_often_than_their_share(self):
        faults = [Fault("f.cpp", "common", Edit(i, i + 1, b""), i, i + 1) for i in range(100)]
        faults += [Fault("f.cpp", "rare", Edit(i, i + 1, b""), i, i + 1) for i in range(200, 204)]
        found = draw.drawn(faults, 104, random.Random(1))
        self.assertEqual(set(found), set(faults))
        first = [draw.drawn(faults, 1, random.Random(seed))[0].operator for seed in range(300)]
        self.assertTrue(30 < first.count("rare") < 70, first.count("rare"))

    def test_does_not_draw_from_tests(self):
        names = ["model/a.cpp", "model/a_test.cpp", "model/testing/b.cpp", "serializer/c.cpp"]
        self.assertEqual(draw.sources("model", names), ["model/a.cpp"])

    def test_knows_which_fault_a_compiler_means(self):
        text, places = fault.rendered(SOURCE, {4: boundary(), 5: boundary(b"b < 9")})
        line = text[:places[5][0]].count(b"\n") + 2  # the faulty text stands on the second line
        self.assertEqual(draw.blamed(f"x/f.cpp:{line}:4: error: no\n", "x/f.cpp", text, places), {5})
        said = f"y.h:1:1: error: not constant\nx/f.cpp:{line}:4: note: here\n"
        self.assertEqual(draw.blamed(said, "x/f.cpp", text, places), {5})
        # What is said of no fault's own text is about the one before it.
        self.assertEqual(draw.blamed(f"x/f.cpp:{line + 1}:3: error: no\n", "x/f.cpp", text, places), {5})
        self.assertEqual(draw.blamed("y.h:1:1: error: no\n", "x/f.cpp", text, places), set())


@unittest.skipUnless(HAS_CLANG, "needs the packages of the group mutants")
class Sites(unittest.TestCase):
    def found(self, source):
        from mutants import sites
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "f.cpp")
            file.write_bytes(source)
            unit = sites.parsed("model/f.cpp", str(file), source, COMMAND)
            return sites.faults_of("model/f.cpp", source, unit, random.Random(1))

    def changes(self, source):
        return {(one.operator, one.edit.of(source, 0, len(source)).decode()) for one in self.found(source)}

    def body(self, text):
        """The faults of the body of a function, each as what the body becomes."""
        before = b"int g(int, int); struct S { S(int); bool operator==(const S&) const; };\n"
        before += b"bool f(int a, int b, bool c, S s, S t) { "
        source = before + text.encode() + b" }"
        return {(kind, changed[len(before):-2]) for kind, changed in self.changes(source)}

    def test_conditions(self):
        found = self.body("return a < 1 && c;")
        for change in (("boundary", "return a <= 1 && c;"), ("and/or", "return a < 1 || c;"),
                       ("operand dropped", "return a < 1;"), ("operand dropped", "return c;"),
                       ("result turned", "return !(a < 1 && c);")):
            self.assertIn(change, found)

    def test_operators_of_classes_also_those_that_the_compiler_turns_round(self):
        self.assertIn(("boundary", "return s != t;"), self.body("return s == t;"))
        self.assertIn(("boundary", "return s == t;"), self.body("return s != t;"))

    def test_statements(self):
        found = self.body("for (;;) { if (c) a = 2; else break; } g(a, b); return !c;")
        for change in ("for (;;) { if (c) ; else break; } g(a, b); return !c;",
                       "for (;;) { if (c) a = 2; else  } g(a, b); return !c;",
                       "for (;;) { if (!(c)) a = 2; else break; } g(a, b); return !c;",
                       "for (;;) { if (c) a = 2; else break; } ; return !c;",
                       "for (;;) { if (c) a = 2; else break; } g(b, a); return !c;",
                       "for (;;) { if (c) a = 2; else break; } g(a, b); return c;"):
            self.assertIn(change, {text for _, text in found})

    def test_leaves_bodies_of_macros_alone_and_not_what_they_are_given(self):
        source = b"#define TWICE(x) ((x) + 1)\nint f(int a) { return TWICE(a - 2); }\n"
        changed = {text for _, text in self.changes(source)}
        self.assertIn("#define TWICE(x) ((x) + 1)\nint f(int a) { return TWICE(a + 2); }\n", changed)
        self.assertFalse([text for text in changed if "(x) + 1" not in text])

    def test_all_of_them_compile_together_or_are_dropped(self):
        source = (b'#include "switch.h"\n#include <string>\nconstexpr int kSize = 3;\nint sizes[kSize];\n'
                  b'std::string f(bool a, const int* p) { if (a || p) return "yes"; if (int b = sizes[1]) a = b > 4;\n'
                  b'  switch (kSize) { case 2: break; default: a = !a; } return a && p ? "a" : "no"; }\n')
        faults = self.found(source)
        with tempfile.TemporaryDirectory() as folder:
            work, draw.tree.WORK = draw.tree.WORK, pathlib.Path(folder)
            self.addCleanup(setattr, draw.tree, "WORK", work)
            left = draw.that_compile("f.cpp", source, COMMAND, faults)
        dropped = {(one.operator, source[one.edit.start:one.edit.end]) for one in faults if one not in left}
        self.assertIn(("off by one", b"3"), dropped)  # the size of an array
        self.assertIn(("off by one", b"2"), dropped)  # the label of a case
        self.assertGreater(len(left), 15)
        self.assertLessEqual(len(dropped), 3, dropped)

    def together(self, source, found):
        with tempfile.TemporaryDirectory() as folder:
            work, draw.tree.WORK = draw.tree.WORK, pathlib.Path(folder)
            self.addCleanup(setattr, draw.tree, "WORK", work)
            for one in (one for some in found.values() for one in some):
                self.assertEqual(draw.that_compile("f.cpp", source, COMMAND, [one]), [one])
            return draw.that_compile_together("f.cpp", source, COMMAND, found)

    def test_drops_what_compiles_alone_and_not_beside_those_of_another_seed(self):
        source = b'#include "switch.h"\nint g(int a, int b);\nvoid f(int a, int b) { g(a, b); }\n'
        swapped, dropped = (next(one for one in self.found(source) if one.operator == operator)
                            for operator in ("arguments swapped", "statement dropped"))
        left = self.together(source, {7: [swapped], 8: [dropped]})
        self.assertEqual(len(left[7]) + len(left[8]), 1)

    def test_drops_what_a_fault_of_another_seed_is_written_over(self):
        source = b'#include "switch.h"\nint f(int a, int b) { return a + b * a; }\n'
        begin = source.index(b"a + b")
        first, second = (Fault("f.cpp", "boundary", Edit(begin + start, begin + end, text), begin + start, begin + end)
                         for start, end, text in ((0, 5, b"a - b"), (4, 9, b"b / a")))
        self.assertEqual(self.together(source, {7: [first], 8: [second, first]}), {7: [first], 8: [first]})
        self.assertEqual(self.together(source, {7: [], 8: []}), {7: [], 8: []})


class Equivalents(unittest.TestCase):
    def test_are_known_by_text_and_not_by_line(self):
        key = equivalents.key_of(boundary(), SOURCE)
        moved = b"// a line\n\n" + SOURCE
        self.assertEqual(equivalents.key_of(boundary(source=moved), moved), key)
        self.assertEqual(key, ("model/f.cpp", "f", "boundary", "return a < b && b < 9;", "<", "<="))

    def test_say_why_no_input_tells_and_of_what_the_source_still_holds(self):
        for key, why in equivalents.known().items():
            entry = dict(zip(equivalents.KEYS, key))
            self.assertGreater(len(why.split()), 5, entry)
            source = (draw.tree.ROOT / entry["file"]).read_text(encoding="utf-8")
            self.assertIn(entry["line"], [line.strip() for line in source.splitlines()], entry)
            self.assertIn(entry["was"], source, entry)


class Trials(unittest.TestCase):
    def near(self, name="t", program="p", source="", filter_="S.t"):
        return trials.Test(name, (program,), "/", (), filter_, source)

    def test_asks_the_nearest_and_quickest_first_and_stays_in_the_budget(self):
        one = Fault("model/ops/a.cpp", "boundary", Edit(0, 1, b""), 0, 1)
        tests = [self.near("slow", source="model/ops/a_test.cpp"), self.near("corpus", "c", filter_=""),
                 self.near("quick", source="model/ops/a_test.cpp"), self.near("far", "q", "tools/a_test.cpp"),
                 self.near("room", source="model/ops/b_test.cpp")]
        seconds = {"slow": 3, "quick": 0.1, "room": 0.1, "far": 0.1, "corpus": 20}
        measured = {name: trials.Measured(value, frozenset()) for name, value in seconds.items()}
        order, left_out = trials.batches(one, tests, measured, set(seconds), 60)
        self.assertEqual([[test.name for test in some] for some in order],
                         [["quick"], ["slow"], ["room"], ["far"], ["corpus"]])
        order, left_out = trials.batches(one, tests, measured, set(seconds), 10)
        self.assertEqual((sum(order, []).count(tests[1]), left_out), (0, 1))

    def test_asks_those_first_that_run_the_file_of_a_table(self):
        one = Fault("model/ops/a.cpp", "boundary", Edit(0, 1, b""), 0, 1)
        tests = [self.near("beside", source="model/ops/b_test.cpp"), self.near("user", source="model/c_test.cpp"),
                 self.near("other", "q", source="model/ops/d_test.cpp")]
        reached = {"beside": {1, 2}, "user": {1, 3}, "other": {1}}
        measured = {name: trials.Measured(0.1, frozenset(some)) for name, some in reached.items()}
        trials.leave_out_tables(tests, measured)
        self.assertEqual([set(some.run) for some in measured.values()], [{2}, {3}, {1}])
        order, _ = trials.batches(one, tests[:2], measured, {"user"}, 60)
        self.assertEqual([[test.name for test in some] for some in order], [["user"], ["beside"]])

    def test_knows_where_a_test_is_written_from_the_builds_folder(self):
        tree = trials.tree
        self.assertEqual(trials.from_root("../source/model/ops/a_test.cpp"), "model/ops/a_test.cpp")
        self.assertEqual(trials.from_root(str(tree.SOURCE / "model" / "a_test.cpp")), "model/a_test.cpp")
        self.assertEqual((trials.from_root("/usr/include/a.h"), trials.from_root("model/a_test.cpp")), ("", ""))

    def test_asks_the_programs_that_hold_a_folders_code(self):
        def asked(folders, near=False):
            return __main__.asked(argparse.Namespace(folder=folders, near=near))
        self.assertEqual((asked(["fuzz"]), asked(["tools"])), (["fuzz"], ["tools"]))
        self.assertEqual(asked(["serializer"]), ["fuzz", "properties", "serializer", "tools"])
        self.assertEqual(asked(["serializer"], near=True), ["serializer"])
        self.assertEqual(asked(None), sorted(__main__.FOLDERS))

    def test_runs_tests_of_one_program_together_while_they_are_quick(self):
        one = Fault("model/ops/a.cpp", "boundary", Edit(0, 1, b""), 0, 1)
        tests = [self.near(f"t{i}", source="model/ops/a_test.cpp") for i in range(20)]
        measured = {test.name: trials.Measured(0.125, frozenset()) for test in tests}
        order, _ = trials.batches(one, tests, measured, set(), 60)
        self.assertEqual([len(some) for some in order], [4, 16])


    def test_names_the_test_that_noticed(self):
        ran = "[ RUN      ] A.one\n[       OK ] A.one (0 ms)\n[ RUN      ] A.two\n"
        for status, output, said in ((1, ran + "[  FAILED  ] A.two (1 ms)\n", "A.two"), (139, ran, "A.two: exit 139"),
                                     (None, ran, "A.two: takes too long"), (1, "no\n", "model.A.one: exit 1")):
            self.assertEqual(trials.how("model.A.one", trials.fence.Outcome(status, output)), said)


class Report(unittest.TestCase):
    def test_counts_a_fault_that_nothing_can_tell_for_neither_side(self):
        key = equivalents.key_of(boundary(), SOURCE)
        sources = {"model/f.cpp": SOURCE}
        results = [{"killer": "F.f", "reached_by": 2, "left_out": 0}, {"killer": None, "reached_by": 0, "left_out": 0}, None]
        entries = [{**report.entry(boundary(), key, sources, result, None if result else "because"), "seeds": seeds}
                   for result, seeds in zip(results, ([1], [1, 2], [1]))]
        text = report.text(entries)
        self.assertRegex(text, r"seed 1\n.*\nmodel +1 +1 +1 +50.0 %\nall +1 +1 +1 +50.0 %\n\nseed 2\n.*\nmodel +0 +1 +0 +0.0 %")
        self.assertIn("model/f.cpp:2: boundary: <  ->  <=\n    return a < b && b < 9;\n    (no test reaches it)", text)

    def test_knows_survivors_that_are_listed_later(self):
        key = equivalents.key_of(boundary(), SOURCE)
        survived, killed = ({**report.entry(boundary(), key, {"model/f.cpp": SOURCE}, {"killer": killer}, None)}
                            for killer in (None, "Test.Of"))
        self.assertEqual(report.with_equivalents([survived, killed], {}), [survived, killed])
        self.assertEqual(report.with_equivalents([survived, killed], {key: "because"}),
                         [{**survived, "state": "equivalent", "why": "because"}, killed])


if __name__ == "__main__":
    unittest.main()
