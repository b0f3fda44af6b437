// What a program of the line protocol says, in every way that is no answer, sentence by sentence in answers.txt. After
// a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Answers.*:LineAnswers.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/process/process_subject.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/process/answers.txt";
constexpr std::string_view kGood = R"({"protocol": 1, "name": "n", "verbs": ["load", "save", "predict", "before"]})";

// A program that answers its first lines with these, and the following ones with the last of them.
std::string program(std::initializer_list<std::string_view> answers) {
  std::string command =
      R"(sh -c 'while read -r line; do printf "%s\n" "$1"; if [ $# -gt 1 ]; then shift; fi; done' sh)";
  for (const std::string_view answer : answers) command += fmt::format(" '{}'", answer);
  return command;
}

Case small_case() {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  return *generate_case(choices);
}

std::string text_of(const Subject& subject) {
  std::string layers = "all layers";
  if (subject.layers) {
    layers = "layers";
    for (const std::string& layer : *subject.layers) layers += " " + layer;
  }
  return fmt::format("{}: {}{}{}{}{}{}tolerance {}, {}", subject.name, subject.save ? "saves, " : "",
                     subject.predict ? "predicts, " : "", subject.before ? "runs before, " : "",
                     subject.keras_archives ? "archives, " : "", subject.describes ? "describes, " : "",
                     subject.concurrent || subject.in_process || !subject.foreign ? "is like our own, " : "",
                     subject.tolerance, layers);
}

TEST(Answers, ToHelloAreAsRecorded) {
  const std::string_view answers[] = {
      kGood,
      R"({"protocol": 2, "name": "n", "verbs": ["load"]})",
      R"({"protocol": 1.0, "name": "n", "verbs": ["load"]})",
      R"({"name": "n", "verbs": ["load"]})",
      R"({"protocol": 1, "verbs": ["load"]})",
      R"({"protocol": 1, "name": 3, "verbs": ["load"]})",
      R"({"protocol": 1, "name": "n"})",
      R"({"protocol": 1, "name": "n", "verbs": "load"})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", 3]})",
      R"({"protocol": 1, "name": "n", "verbs": ["save", "predict"]})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"]})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "keras_archives": false})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "save"]})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "save"], "keras_archives": true})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "save"], "keras_archives": 1})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "predict"], "describes": true})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "predict"], "describes": "no"})",
      R"({"protocol": 1, "name": "n", "verbs": ["load", "before"], "tolerance": 0})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": 1})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": 0.25})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": -0.25})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": -1})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": "0"})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": Infinity})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "tolerance": NaN})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "layers": []})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "layers": ["Dense", "ReLU"]})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "layers": "Dense"})",
      R"({"protocol": 1, "name": "n", "verbs": ["load"], "layers": ["Dense", 1]})",
      R"({"error": "not today"})",
      R"({"error": 3})",
      R"({"unsupported": "anything"})",
      R"([1])",
      R"({)",
      "",
  };
  for (const std::string_view answer : answers) {
    const std::string command = program({answer});
    const auto subject = process_subject(command);
    std::string said =
        subject ? text_of(*subject) : fmt::format("({}) {}", name_of(subject.error().code), subject.error().text());
    if (const std::size_t at = said.find(command); at != std::string::npos) said.replace(at, command.size(), "PROGRAM");
    expect_recorded(kFile, fmt::format("hello: {}", answer), said);
  }
}

template <typename T>
std::string outcome(const Result<T>& result, const std::string& command) {
  if (result) return "is taken";
  std::string said = fmt::format("({}) {}", name_of(result.error().code), result.error().text());
  if (const std::size_t at = said.find(command); at != std::string::npos) said.replace(at, command.size(), "PROGRAM");
  return is_unsupported(result.error()) ? said + " (no refusal)" : said;
}

TEST(Answers, ToSaveAreAsRecorded) {
  const Case made = small_case();
  for (const std::string_view answer :
       {R"({"archive": "QUJD"})", R"({"archive": ""})", R"({"archive": "QUJ"})", R"({"archive": 3})", R"({})",
        R"({"error": "no"})", R"({"unsupported": "the layer Conv1D"})", R"({"unsupported": {"a": 1}, "error": "no"})",
        R"(3)"}) {
    const std::string command = program({kGood, answer});
    const auto subject = process_subject(command);
    ASSERT_TRUE(subject) << subject.error().text();
    const auto archive = subject->save(made.model, made.environment);
    expect_recorded(kFile, fmt::format("save: {}", answer),
                    outcome(archive, command) + (archive ? fmt::format(": {} bytes", archive->size()) : ""));
  }
}

TEST(Answers, ToLoadAreAsRecorded) {
  constexpr std::string_view kDescribes =
      R"({"protocol": 1, "name": "n", "verbs": ["load", "predict"], "describes": true})";
  constexpr std::string_view kSilent = R"({"protocol": 1, "name": "n", "verbs": ["load"]})";
  constexpr std::string_view kTells = R"({"protocol": 1, "name": "n", "verbs": ["load"], "describes": true})";
  for (const std::string_view hello : {kDescribes, kGood, kSilent, kTells}) {
    for (const std::string_view answer : {R"({})", R"({"handle": 3})", R"({"handle": "3"})", R"({"handle": 3.0})",
                                          R"({"handle": 3, "model": {}})", R"({"model": []})"}) {
      const std::string command = program({hello, answer});
      const auto subject = process_subject(command);
      ASSERT_TRUE(subject) << subject.error().text();
      const auto loaded = subject->load({}, {});
      expect_recorded(kFile, fmt::format("load: {} of {}", answer, hello),
                      outcome(loaded, command) + (loaded && loaded->handle ? ", with a handle" : ""));
    }
  }
}

TEST(Answers, ToPredictAreAsRecorded) {
  const Case made = small_case();
  for (const std::string_view answer :
       {R"({"output": {"dtype": "float32", "shape": [1], "data": "AACAPw=="}})", R"({})", R"({"output": 3})",
        R"({"output": {"dtype": "float32", "shape": [2], "data": "AACAPw=="}})", R"({"error": "no"})",
        R"({"unsupported": "the layer Conv1D"})"}) {
    const std::string command = program({kGood, R"({"handle": 7})", answer});
    const auto subject = process_subject(command);
    ASSERT_TRUE(subject) << subject.error().text();
    const auto loaded = subject->load({}, {});
    ASSERT_TRUE(loaded) << loaded.error().text();
    expect_recorded(kFile, fmt::format("predict: {}", answer), outcome(subject->predict(*loaded, made.input), command));
    const std::string before = program({kGood, answer});
    const auto other = process_subject(before);
    ASSERT_TRUE(other) << other.error().text();
    expect_recorded(kFile, fmt::format("before: {}", answer), outcome(other->before(made.model, made.input), before));
  }
}

// Cut to 2,000 bytes, and never inside of a character.
TEST(Answers, AreCutBetweenCharacters) {
  const Case made = small_case();
  const auto said_of = [&](const std::string& sentence) {
    const auto subject = process_subject(program({kGood, fmt::format(R"({{"error": "{}"}})", sentence)}));
    return subject ? subject->save(made.model, made.environment).error().message : subject.error().text();
  };
  const auto letters = [](std::size_t count) { return std::string(count, 'x'); };
  EXPECT_EQ(said_of(letters(1999)), letters(1999));
  EXPECT_EQ(said_of(letters(2000)), letters(2000));
  EXPECT_EQ(said_of(letters(2001)), letters(2000) + " [cut: 2001 bytes in all]");
  // Of two, three and four bytes.
  for (const std::string character : {"\u00e4", "\u20ac", "\U0001F600"}) {
    for (std::size_t before = 1995; before <= 2000; ++before) {
      const std::string sentence = letters(before) + character + letters(10);
      const std::size_t whole = before + character.size();
      const std::string kept = sentence.substr(0, whole < 2000 ? 2000 : before);
      EXPECT_EQ(said_of(sentence), fmt::format("{} [cut: {} bytes in all]", kept, sentence.size()))
          << character << " behind " << before;
    }
  }
}

TEST(LineAnswers, AreBoundedToTheLastByte) {
  const auto of_limit = [](std::size_t bytes) {
    const auto process = LineProcess::start("cat");
    if (!process) return process.error().text();
    const auto answer = (*process)->exchange("12345", {.answer_bytes = bytes});
    return answer ? *answer : fmt::format("({}) {}", name_of(answer.error().code), answer.error().text());
  };
  EXPECT_EQ(of_limit(7), "12345");
  EXPECT_EQ(of_limit(6), "12345");
  EXPECT_EQ(of_limit(5), "(subject_failed) gave an answer of more than 5 bytes");
}

TEST(LineAnswers, ThatAreNoneAreAsRecorded) {
  const std::string large(std::size_t{4} << 20, 'x');
  const std::tuple<std::string, std::string, std::string_view> table[] = {
      {"ends before it is asked", "true", "one"},
      {"ends with a code", "sh -c 'exit 3'", "one"},
      {"is killed", "sh -c 'kill -ABRT $$'", "one"},
      {"is not there", "/no/such/program", "one"},
      {"closes its output", "sh -c 'exec >&-; exec <&-; sleep 60'", "one"},
      {"says two lines", R"(sh -c 'read -r line; printf "a\nb\n"')", "one"},
      {"says half a line", "sh -c 'read -r line; printf a'", "one"},
      {"does not read", "sh -c 'echo early; sleep 60'", large},
  };
  for (const auto& [name, command, line] : table) {
    const auto process = LineProcess::start(command);
    ASSERT_TRUE(process) << name;
    EXPECT_TRUE((*process)->running()) << name;
    const auto answer = (*process)->exchange(line, {.seconds = 30});
    expect_recorded(kFile, name, answer ? *answer : answer.error().text());
    const auto again = (*process)->exchange(line, {.seconds = 30});
    EXPECT_EQ((*process)->running(), again.has_value()) << name;
    expect_recorded(kFile, name + " (again)", again ? *again : again.error().text());
  }
}

TEST(LineAnswers, OfAnyLengthAreTaken) {
  const auto process = LineProcess::start("cat");
  ASSERT_TRUE(process);
  const std::string large(std::size_t{3} << 20, 'x');
  const auto answer = (*process)->exchange(large, {.seconds = 60});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(*answer, large);
}

}  // namespace
}  // namespace revive::properties
