#include "dataloader/cohort/delimited_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DelimitedText Parse(const std::string& text) {
  auto parsed = ParseDelimitedText(text, "t.csv");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : DelimitedText();
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = ParseDelimitedText(text, "t.csv");
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kDataLoss);
  return std::string(parsed.status().message());
}

TEST(DelimitedTextTest, ReadsWhatSpreadsheetsWrite) {
  const DelimitedText table =
      Parse("\xEF\xBB\xBFid,age , note\r\na,1.5,\"x, \"\"y\"\"\nz\"\r\n\r\n b ,2,\n");
  EXPECT_THAT(table.header, ElementsAre("id", "age", "note"));
  ASSERT_EQ(table.rows.size(), 2);
  EXPECT_THAT(table.rows[0].cells, ElementsAre("a", "1.5", "x, \"y\"\nz"));
  EXPECT_EQ(table.rows[0].line, 2);
  EXPECT_THAT(table.rows[1].cells, ElementsAre("b", "2", ""));
  EXPECT_EQ(table.rows[1].line, 5);  // The quoted line break and the empty line count.
}

TEST(DelimitedTextTest, TabsDelimitWhereTheHeaderHasThem) {
  EXPECT_THAT(Parse("id\tage\na,b\t3\n").rows[0].cells, ElementsAre("a,b", "3"));
}

TEST(DelimitedTextTest, TheLastLineNeedsNoLineBreak) {
  EXPECT_EQ(Parse("id,age\na,1").rows.size(), 1);
  EXPECT_EQ(Parse("id,age\n").rows.size(), 0);
}

TEST(DelimitedTextTest, ErrorsNameFileAndLine) {
  EXPECT_EQ(ErrorOf(""), "t.csv:1: is empty; the first line must name the columns");
  EXPECT_EQ(ErrorOf("id,age\na,1\nb\n"), "t.csv:3: has 1 cells; the header has 2");
  EXPECT_EQ(ErrorOf("id,id\n"), "t.csv:1: two columns are named 'id'");
  EXPECT_THAT(ErrorOf("id,age\n\"a,1\n"), HasSubstr("t.csv:2: a quote is opened"));
  EXPECT_THAT(ErrorOf("id,age\n\"a\"b,1\n"), HasSubstr("t.csv:2: text after a closing quote"));
  EXPECT_THAT(ErrorOf(std::string("id,age\na,\0\n", 11)), HasSubstr("t.csv:2"));
  EXPECT_THAT(ErrorOf(std::string("id,age\n\"a\0\",1\n", 14)), HasSubstr("t.csv:2"));
  // As spreadsheets of Europe save it.
  EXPECT_EQ(ErrorOf("id,age\na,1\nb,Gr\xf6\xdf"
                    "e\n"),
            "t.csv:3: holds the byte 0xf6, which is no UTF-8 text; save the table as UTF-8");
}

}  // namespace
}  // namespace gyrus
