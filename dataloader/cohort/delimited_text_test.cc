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

TEST(DelimitedTextTest, BlanksOfUnicodeAreNoPartOfACell) {
  const DelimitedText table = Parse("id\xc2\xa0,age\ns00\xc2\xa0,\"\xe2\x80\x83 1\xe2\x80\x8b\"\n");
  EXPECT_THAT(table.header, ElementsAre("id", "age"));
  EXPECT_THAT(table.rows[0].cells, ElementsAre("s00", "1"));
}

TEST(DelimitedTextTest, ATsvIsSplitAtTabsWhateverItsHeaderHolds) {
  for (const std::string file : {"a.tsv", "A.TSV", "a.tab"}) {
    const auto table = ParseDelimitedText("id\tsex (M, F)\ns00\tM\n", file);
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_THAT(table->header, ElementsAre("id", "sex (M, F)"));
    const auto both = ParseDelimitedText("id\tage\tname, first\ns00\t3\tDoe, Jo\n", file);
    ASSERT_TRUE(both.ok()) << both.status();
    EXPECT_THAT(both->rows[0].cells, ElementsAre("s00", "3", "Doe, Jo"));
  }
  EXPECT_EQ(ParseDelimitedText("id\ns00\n", "a.tsv")->rows.size(), 1);
  EXPECT_THAT(std::string(ParseDelimitedText("id,age\ns00,3\n", "a.tsv").status().message()),
              HasSubstr("a.tsv:1: is named as a table with tabs, but its first line has none"));
}

TEST(DelimitedTextTest, TheDelimiterOfOtherNamesIsSeen) {
  EXPECT_THAT(Parse("id\tage\na,b\t3\n").rows[0].cells, ElementsAre("a,b", "3"));
  EXPECT_THAT(Parse("id;age;sex\r\na;20,0;M\r\n").rows[0].cells, ElementsAre("a", "20,0", "M"));
  EXPECT_THAT(Parse("id;age, years\na;20,0\nb;21,5\n").header, ElementsAre("id", "age, years"));
  EXPECT_THAT(Parse("id,note;more\na,x\nb,y\n").header, ElementsAre("id", "note;more"));
  EXPECT_THAT(Parse("id\tage, years\na\t3\nb\t4\n").header, ElementsAre("id", "age, years"));
  EXPECT_THAT(Parse("\"id;of\",age\na,3\n").header, ElementsAre("id;of", "age"));
  EXPECT_THAT(Parse("sep=;\nid;age\na;3\n").rows[0].line, 3);
  EXPECT_EQ(Parse("id\na\n").rows.size(), 1);
}

TEST(DelimitedTextTest, LinesMayEndWithCarriageReturnsAlone) {
  const DelimitedText table = Parse("id,age\rs00,20.0\rs01,22.5\r");
  EXPECT_THAT(table.header, ElementsAre("id", "age"));
  ASSERT_EQ(table.rows.size(), 2);
  EXPECT_EQ(table.rows[1].line, 3);
  EXPECT_THAT(table.rows[1].cells, ElementsAre("s01", "22.5"));
}

TEST(DelimitedTextTest, WhatSpreadsheetsLeaveBehindIsLeftOut) {
  const DelimitedText table = Parse("id,age,,\r\na,1,,\r\nb,2\r\nc,3,\r\n,,,\r\n , \r\n");
  EXPECT_THAT(table.header, ElementsAre("id", "age"));
  ASSERT_EQ(table.rows.size(), 3);
  for (const DelimitedText::Row& row : table.rows) EXPECT_EQ(row.cells.size(), 2);
  // Rows without all of their cells were cut short.
  EXPECT_EQ(ErrorOf("id,age,\na\n"), "t.csv:2: has 1 cells; the header has 2");
}

TEST(DelimitedTextTest, AValueInAColumnWithoutANameIsRefused) {
  EXPECT_THAT(ErrorOf("id,age,\na,20,5\n"), HasSubstr("t.csv:2: has 3 cells; the header has 2"));
  EXPECT_THAT(ErrorOf("id,age,\na,20,5\n"), HasSubstr("write a decimal point"));
  EXPECT_EQ(ErrorOf("id,,age\na,x,5\n"),
            "t.csv:2: has 'x' in column 2, which the header does not name");
  // As pandas writes its row numbers.
  EXPECT_THAT(Parse(",id,age\n0,a,5\n").rows[0].cells, ElementsAre("0", "a", "5"));
  EXPECT_THAT(Parse("id,,age\na,,5\n").rows[0].cells, ElementsAre("a", "", "5"));
}

TEST(DelimitedTextTest, WhatIsNoTextIsNamed) {
  EXPECT_THAT(ErrorOf("PK\x03\x04...."), HasSubstr("is a workbook (.xlsx)"));
  EXPECT_THAT(ErrorOf("\xff\xfei"), HasSubstr("is UTF-16 text"));
}

TEST(DelimitedTextTest, NoMessageHoldsAWholeTable) {
  const std::string long_text(100000, 'x');
  for (const std::string& text :
       {long_text + "," + long_text + "\na,b\n", "id,,b\na," + long_text + ",b\n",
        "id,b\n\"" + long_text, "id,b\n" + long_text + "\n"}) {
    EXPECT_LT(ErrorOf(text).size(), 300);
  }
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
