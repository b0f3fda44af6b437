#include "revive/tools/report/junit.h"

#include <gtest/gtest.h>

namespace revive::tools {
namespace {

TEST(JUnit, TextIsWhatXmlCanHold) {
  EXPECT_EQ(xml_text("a < b && \"c\">"), "a &lt; b &amp;&amp; &quot;c&quot;&gt;");
  EXPECT_EQ(xml_text("one\n\ttwo\r"), "one&#10;&#9;two&#13;");
  EXPECT_EQ(xml_text(std::string_view("\0\x01\x1f\xc3\xa9\xff", 6)),
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
  // The two that are no characters, and their neighbours.
  EXPECT_EQ(xml_text("\xef\xbf\xbe"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_text("\xef\xbf\xbf"), "\xef\xbf\xbd");
  for (const char* const whole : {" ", "\x7f", "\xef\xbf\xbd", "\xf0\x90\x80\x80"}) EXPECT_EQ(xml_text(whole), whole);
}

TEST(JUnit, CountsWhatFailedAndWhatWasSkipped) {
  SessionReport report;
  report.outcomes.resize(6);
  for (PropertyOutcome& outcome : report.outcomes) outcome.property = &properties::all_properties().front();
  for (const std::size_t i : {0U, 1U, 2U}) report.outcomes[i].skipped = "it cannot";
  for (const std::size_t i : {3U, 4U}) report.outcomes[i].trouble = "it failed";
  EXPECT_NE(junit_xml(report, "s").find(" tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"3\">"), std::string::npos);
}

TEST(JUnit, OneTestCaseAProperty) {
  SessionReport report;
  report.outcomes.resize(3);
  const auto all = properties::all_properties();
  for (std::size_t i = 0; i < 3; ++i) report.outcomes[i].property = &all[i];
  report.outcomes[1].skipped = "the subject does not save";
  report.outcomes[2].trouble = "a case failed, and held when it was tried again: <NaN>";
  const auto name = [&](std::size_t i) { return std::string(all[i].name); };
  EXPECT_EQ(junit_xml(report, "./mine \"x\""),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"revive properties\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">\n"
            "  <testcase classname=\"./mine &quot;x&quot;\" name=\"" +
                name(0) +
                "\">\n"
                "  </testcase>\n"
                "  <testcase classname=\"./mine &quot;x&quot;\" name=\"" +
                name(1) +
                "\">\n"
                "    <skipped message=\"the subject does not save\"/>\n"
                "  </testcase>\n"
                "  <testcase classname=\"./mine &quot;x&quot;\" name=\"" +
                name(2) +
                "\">\n"
                "    <failure message=\"a case failed, and held when it was tried again: &lt;NaN&gt;\"></failure>\n"
                "  </testcase>\n"
                "</testsuite>\n");
}

}  // namespace
}  // namespace revive::tools
