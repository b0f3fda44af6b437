"""What the scripts beside this file must see: headers behind the link that stands for the tree, and who uses whom."""

import contextlib
import io
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import coverage
import rooms
import tidy


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, text in {
            "model/a.cpp": '#include "revive/model/a.h"\n',
            "model/a.h": '#include "revive/model/base/b.h"\n',
            "model/base/b.h": "// first\n",
            "model/other.h": "",
        }.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        root = tidy.ROOT
        self.addCleanup(setattr, tidy, "ROOT", root)
        tidy.ROOT = self.root

    def digest(self):
        tidy.read.cache_clear()
        return tidy.digest(self.root / "model/a.cpp", f"clang++ -I{self.root}/include {self.root}/model/a.cpp", b"")

    def test_looks_through_the_link_at_every_header(self):
        found = tidy.with_headers(self.root / "model/a.cpp")
        self.assertEqual([str(path.relative_to(self.root)) for path in found],
                         ["model/a.cpp", "model/a.h", "model/base/b.h"])

    def test_looks_again_where_a_header_changed(self):
        before = self.digest()
        (self.root / "model/other.h").write_text("// changed\n", encoding="utf-8")
        self.assertEqual(self.digest(), before)
        (self.root / "model/base/b.h").write_text("// second\n", encoding="utf-8")
        self.assertNotEqual(self.digest(), before)

    def test_takes_another_checkout_of_the_same_sources_for_looked_at(self):
        before = self.digest()
        with tempfile.TemporaryDirectory() as other:
            self.root = tidy.ROOT = pathlib.Path(shutil.copytree(self.root, f"{other}/checkout"))
            self.assertEqual(self.digest(), before)


@unittest.skipUnless(shutil.which(tidy.TOOL) and pathlib.Path(tidy.LLVM, "include/clang-tidy/ClangTidyCheck.h").exists()
                     and pathlib.Path(tidy.LLVM, "include/llvm").exists(), "needs what ./dev lint installs")
class TidyPlugin(unittest.TestCase):
    def test_leaves_our_sources_and_headers_to_the_checks(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "model").mkdir()
            (root / ".clang-tidy").write_bytes((tidy.ROOT / ".clang-tidy").read_bytes())
            (root / "model/a.h").write_text("#pragma once\ninline int* of_header() { return 0; }\n", encoding="utf-8")
            (root / "model/a.cpp").write_text('#include <vector>\n#include "a.h"\nint* of_source() { return 0; }\n',
                                              encoding="utf-8")
            source = str(root / "model/a.cpp")
            command = {"directory": folder, "file": source, "command": f"clang++-19 -c {source}"}
            (root / "compile_commands.json").write_text(json.dumps([command]), encoding="utf-8")
            run = subprocess.run(tidy.command_of(root, tidy.make_plugin(root), source),
                                 capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        for place in ("a.h:2:", "a.cpp:3:"):
            self.assertIn(place, run.stdout)
        self.assertEqual(run.stdout.count("[modernize-use-nullptr"), 2, run.stdout)


class Coverage(unittest.TestCase):
    def test_counts_headers_that_were_found_through_the_link(self):
        with tempfile.TemporaryDirectory() as folder:
            link = pathlib.Path(folder) / "revive"
            link.symlink_to(coverage.ROOT)
            for path in (link / "model/layer.h", coverage.ROOT / "model/layer.h"):
                self.assertEqual(coverage.folder_of(str(path)), "model")


    def test_counts_each_decision_that_clang_cannot_measure_once(self):
        warning = ": warning: unsupported MC/DC boolean expression; contains an operation with a nested boolean expression"
        with tempfile.TemporaryDirectory() as folder:
            build = pathlib.Path(folder)
            header = coverage.ROOT / "model/layer.h"
            for name, lines in {
                "a.o.warnings": [f"{header}:7:3{warning}. Expression will not be covered", f"{header}:9:1: note: here"],
                "b.o.warnings": [f"{header}:7:3{warning}", f"{coverage.ROOT}/model/layer_test.cpp:1:1{warning}",
                                 f"/usr/include/c++/12/vector:1:1{warning}", f"{header}:8:2: warning: unused"],
            }.items():
                (build / name).write_text("\n".join(lines), encoding="utf-8")
            self.assertEqual(coverage.decisions_not_measured(build), ["model/layer.h:7:3"])

    def test_a_floor_that_is_not_reached_is_an_objection(self):
        found = {folder: (100, 100) for folder in coverage.counted_folders()}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertTrue(coverage.report("mcdc", found))
            found["serializer"] = (1000, 849)
            self.assertFalse(coverage.report("mcdc", found))
            found["serializer"] = (0, 0)
            self.assertFalse(coverage.report("mcdc", found))
        self.assertIn("serializer         1000      849  84.9 %  85 % NOT REACHED", printed.getvalue())


class Rooms(unittest.TestCase):
    def test_folders_use_those_before_them(self):
        self.assertIsNone(rooms.objection("serializer/zip/archive.h", "model/base/error.h"))
        self.assertIn("may use", rooms.objection("model/layer.h", "serializer/io/file.h"))
        self.assertIn("may use", rooms.objection("tools/run/jobs.h", "fuzz/mutators/pick.h"))

    def test_rooms_use_those_before_them_and_the_face(self):
        self.assertIsNone(rooms.objection("model/graph/graph.h", "model/tensor/shape.h"))
        self.assertIsNone(rooms.objection("model/kernels/windows.h", "model/field.h"))
        self.assertIn("comes before", rooms.objection("model/tensor/shape.h", "model/graph/graph.h"))
        self.assertIn("lists", rooms.objection("model/tensor/shape.h", "model/attic/graph.h"))

    def test_the_face_and_tests_use_every_room(self):
        self.assertIsNone(rooms.objection("model/layer.cpp", "model/layers/table.h"))
        self.assertIsNone(rooms.objection("model/graph/graph_test.cpp", "model/ops/operand.h"))
        self.assertIsNone(rooms.objection("properties/choices/choices_test.cpp", "properties/testing/toy.h"))


if __name__ == "__main__":
    unittest.main()
