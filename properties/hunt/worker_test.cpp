// A worker is started, asked and started again; here by a script that answers from a list.
#include "revive/properties/hunt/worker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/properties/testing/folder_test.h"
#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

// Notes how it was started and what it was asked, and answers with the lines of a file, one a request; "die" ends it.
constexpr std::string_view kScript = R"py(import os, sys
folder = os.path.dirname(os.path.abspath(sys.argv[0]))
def note(text):
    with open(folder + '/log', 'a') as log:
        log.write(text + '\n')
note('started ' + ' '.join(sys.argv[1:]).replace(folder, 'FOLDER') + ' on ' + os.environ['KERAS_BACKEND'])
for line in sys.stdin:
    note(line.strip())
    with open(folder + '/answers') as file:
        first, *rest = file.read().splitlines()
    with open(folder + '/answers', 'w') as file:
        file.write('\n'.join(rest))
    if first == 'die':
        sys.exit(3)
    print(first, flush=True)
)py";

class HuntWorker : public FolderTest {
 protected:
  void answers(std::initializer_list<std::string_view> lines) {
    std::string text;
    for (const std::string_view line : lines) text += std::string(line) + "\n";
    write_text(in_folder("answers"), text);
  }
  WorkerPlan plan() const {
    write_text(in_folder("script.py"), kScript);
    WorkerPlan planned;
    planned.python = "python3";
    planned.script = in_folder("script.py");
    planned.scratch = in_folder("scratch");
    planned.seconds = 30;
    return planned;
  }
  std::string log() const { return read_text(in_folder("log")); }
};

// make() of three statements and a step of two; the lines of the first, the third and the last may be dropped.
Program five_statements() {
  Program program;
  program.make = {{.text = "a = 1", .droppable = true}, {.text = "b = 2"}, {.text = "c = 3", .droppable = true}};
  program.result = "a";
  program.step = {{.text = "thing.d = 4"}, {.text = "thing.e = 5", .droppable = true}};
  return program;
}

std::string text_of(const Program& program) {
  std::string text;
  for (const Statement& statement : program.make) text += statement.text + "; ";
  text += "then ";
  for (const Statement& statement : program.step) text += statement.text + "; ";
  return text;
}

TEST_F(HuntWorker, IsStartedAsPlanned) {
  answers({R"({"keras": "3.15.1"})"});
  auto planned = plan();
  planned.backend = "jax";
  planned.fault = "some_fault";
  const auto worker = Worker::start(planned);
  ASSERT_TRUE(worker) << worker.error().text();
  EXPECT_EQ(print_json(worker->hello()), R"({"keras": "3.15.1"})");
  EXPECT_EQ(log(),
            "started --scratch FOLDER/scratch --seconds 30 --patch some_fault on jax\n"
            "{\"verb\": \"hello\", \"protocol\": 1}\n");
  WorkerPlan other;
  other.python = "py -3";
  EXPECT_EQ(interpreter(other),
            "env PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "
            "TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=numpy py -3");
}

TEST_F(HuntWorker, SaysWhyThereIsNone) {
  const auto error_of = [&](std::string_view answer) {
    answers({answer});
    const auto worker = Worker::start(plan());
    EXPECT_FALSE(worker);
    return worker ? std::string() : fmt::format("({}) {}", name_of(worker.error().code), worker.error().text());
  };
  EXPECT_EQ(error_of(R"({"error": "no Keras 3"})"), "(usage) python3: no Keras 3");
  EXPECT_EQ(error_of(R"({"error": [1]})"), "(usage) python3: [1]");
  EXPECT_EQ(error_of("die"), "(usage) python3: ended with exit code 3");
  EXPECT_TRUE(error_of("{").starts_with("(usage) python3: expected JSON")) << error_of("{");
}

TEST_F(HuntWorker, IsStartedAgainWhenItDied) {
  answers({"{}", "die", R"({"answer": 1})"});
  auto worker = Worker::start(plan());
  ASSERT_TRUE(worker) << worker.error().text();
  EXPECT_EQ(print_json(worker->ask(Value::Object{{"verb", "x"}})), R"({"died": "ended with exit code 3"})");
  EXPECT_EQ(print_json(worker->ask(Value::Object{{"verb", "y"}})), R"({"answer": 1})");
  EXPECT_EQ(log(),
            "started --scratch FOLDER/scratch --seconds 30 on numpy\n{\"verb\": \"hello\", \"protocol\": 1}\n"
            "{\"verb\": \"x\"}\nstarted --scratch FOLDER/scratch --seconds 30 on numpy\n{\"verb\": \"y\"}\n");
}

TEST_F(HuntWorker, WhatKerasRefusesIsDroppedWithItsReason) {
  const Program whole = five_statements();
  const auto printed = print(whole).droppable;
  ASSERT_EQ(printed.size(), 3U);
  const auto dropped_of = [&](const std::string& lines) {
    answers({"{}", fmt::format(R"({{"dropped": {}}})", lines)});
    auto worker = Worker::start(plan());
    EXPECT_TRUE(worker) << worker.error().text();
    Program program = whole;
    std::vector<Dropped> dropped;
    (void)worker->run(program, {"keras", "h5"}, dropped);
    std::string text = text_of(program) + "without";
    for (const Dropped& each : dropped) text += fmt::format(" {} ({})", each.statement.text, each.error);
    return text;
  };
  const std::string all = "a = 1; b = 2; c = 3; then thing.d = 4; thing.e = 5; without";
  const auto entry = [&](std::size_t which, std::string_view error) {
    return fmt::format(R"({{"line": {}, "error": "{}"}})", printed[which].first, error);
  };
  EXPECT_EQ(dropped_of("[]"), all);
  EXPECT_EQ(dropped_of("3"), all);
  EXPECT_EQ(dropped_of(R"([{"line": 1, "error": "e"}, {"line": "1", "error": "e"}, {"error": "e"}, {"line": 1}])"),
            all);
  EXPECT_EQ(dropped_of("[" + entry(0, "no") + "]"), "b = 2; c = 3; then thing.d = 4; thing.e = 5; without a = 1 (no)");
  EXPECT_EQ(dropped_of("[" + entry(1, "no") + "]"), "a = 1; b = 2; then thing.d = 4; thing.e = 5; without c = 3 (no)");
  EXPECT_EQ(dropped_of("[" + entry(2, "x") + ", " + entry(0, "y") + "]"),
            "b = 2; c = 3; then thing.d = 4; without thing.e = 5 (x) a = 1 (y)");
  EXPECT_EQ(dropped_of(fmt::format(R"([{{"line": {}, "error": 3}}])", printed[0].first)), all);
  // What was asked for, the last time.
  const std::string asked = log().substr(log().rfind("{\"verb\": \"object\""));
  EXPECT_TRUE(
      asked.contains(fmt::format("\"droppable\": [{}, {}, {}], \"formats\": [\"keras\", \"h5\"], \"noise\": false}}",
                                 printed[0].first, printed[1].first, printed[2].first)))
      << asked;
}

TEST_F(HuntWorker, AModelIsACase) {
  answers({"{}", "{}"});
  auto worker = Worker::start(plan());
  ASSERT_TRUE(worker);
  Program program = five_statements();
  program.is_model = true;
  std::vector<Dropped> dropped;
  (void)worker->run(program, {}, dropped);
  EXPECT_TRUE(log().contains("{\"verb\": \"case\", \"text\": \"import keras")) << log();
}

TEST_F(HuntWorker, NoiseIsASnapshotMore) {
  const auto with_noise = [&](std::string_view answer, std::string_view again) {
    answers({"{}", again});
    auto worker = Worker::start(plan());
    EXPECT_TRUE(worker) << worker.error().text();
    Value value = parse_json(answer, {}, "answer").value();
    worker->add_noise(value);
    return print_json(value);
  };
  constexpr std::string_view kAgain = R"({"again": {"a": "2"}})";
  EXPECT_EQ(with_noise(R"({"stages": {"before": 0}, "snapshots": [{"a": "1"}]})", kAgain),
            R"({"stages": {"before": 0, "again": 1}, "snapshots": [{"a": "1"}, {"a": "2"}]})");
  for (const std::string_view answer :
       {R"({"stages": {"before": 0}, "snapshots": [{"a": "1"}]})", R"({"stages": {}})", R"({"snapshots": []})",
        R"({"stages": [], "snapshots": []})", R"({"stages": {}, "snapshots": {}})"}) {
    EXPECT_EQ(with_noise(answer, "{}"), answer);
  }
  EXPECT_EQ(with_noise(R"({"stages": {}, "snapshots": {}})", kAgain), R"({"stages": {}, "snapshots": {}})");
  EXPECT_EQ(with_noise(R"({"stages": [], "snapshots": []})", kAgain), R"({"stages": [], "snapshots": []})");
}

}  // namespace
}  // namespace revive::properties::hunt
