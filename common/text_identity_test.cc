#include "common/text_identity.h"

#include <string>
#include <vector>

#include "common/look_alikes.h"
#include "common/missing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(TextIdentityTest, BlanksOfEveryKindAreTrimmed) {
  for (const std::string blank :
       {" ", "\t", "\r", "\n", "\xc2\xa0", "\xe2\x80\x83", "\xe2\x80\x8b", "\xef\xbb\xbf",
        "\xe3\x80\x80", "\xe2\x80\x8e", "\xc2\x85", "\xe2\x81\xa0"}) {
    EXPECT_EQ(CanonicalText(blank + "s01" + blank + blank), "s01") << testing::PrintToString(blank);
    EXPECT_EQ(TrimBlanks(blank + blank), "");
    EXPECT_TRUE(HasBlank("s0" + blank + "1"));
  }
  EXPECT_EQ(CanonicalText(" site A "), "site A");
  EXPECT_FALSE(HasBlank("sub-01_é"));
}

TEST(TextIdentityTest, ComposedAndDecomposedLettersAreOneText) {
  EXPECT_EQ(CanonicalText("Zoe\xcc\x88"), "Zo\xc3\xab");
  EXPECT_TRUE(IsSameText("Zoe\xcc\x88 ", "Zo\xc3\xab"));
  EXPECT_EQ(DecomposedText("Zo\xc3\xab"), "Zoe\xcc\x88");
  EXPECT_FALSE(IsSameText("Zoe", "Zo\xc3\xab"));
}

TEST(TextIdentityTest, WhatIsNotUtf8StaysAsItIs) {
  EXPECT_EQ(CanonicalText(" \xff\xfe "), "\xff\xfe");
  EXPECT_EQ(CanonicalText("a\xcc"), "a\xcc");
  EXPECT_EQ(CanonicalText(""), "");
  EXPECT_EQ(LookOf(""), "");
}

TEST(TextIdentityTest, TextsThatReadersTakeForOneHaveOneLook) {
  const std::vector<std::vector<std::string>> alike = {
      {"12", "12.0", "012", "12.", "+12", "12.00", "\xef\xbc\x91\xef\xbc\x92"},
      {"0", "0.0", "00", "-0"},
      {"0.5", ".5", "0.50"},
      {"s01", "S01", "s 01",
       "s\xe2\x80\x8b"
       "01",
       "s\xc2\xa0"
       "01",
       "s\xc2\xad"
       "01"},
      {"sub-01",
       "sub\xe2\x80\x93"
       "01",
       "SUB\xe2\x80\x91"
       "01"},
      {"Stra\xc3\x9f"
       "e",
       "STRASSE"},
      {"12345678901234567890", "12345678901234567890.0"},
  };
  for (size_t i = 0; i < alike.size(); ++i) {
    for (const std::string& text : alike[i]) {
      EXPECT_EQ(LookOf(text), LookOf(alike[i][0])) << text;
      EXPECT_NE(LookOf(text), LookOf(alike[(i + 1) % alike.size()][0])) << text;
    }
  }
}

TEST(TextIdentityTest, TextsThatAreToldApartHaveTwoLooks) {
  const std::vector<std::string> texts = {"s01",
                                          "s1",
                                          "s10",
                                          "1.20",
                                          "1.02",
                                          "120",
                                          "1.2.0",
                                          "v1.0",
                                          "v1",
                                          "12a",
                                          "Zo\xc3\xab",
                                          "Zoe",
                                          "-12",
                                          "12",
                                          "12345678901234567890",
                                          "12345678901234567891",
                                          "1e3",
                                          "1000",
                                          "a_b",
                                          "a-b"};
  for (const std::string& a : texts) {
    for (const std::string& b : texts) EXPECT_EQ(LookOf(a) == LookOf(b), a == b) << a << " " << b;
  }
}

TEST(TextIdentityTest, AQuotedTextIsShort) {
  EXPECT_EQ(Quoted("a"), "'a'");
  const std::string table(100000, 'x');
  EXPECT_LT(Quoted(table).size(), 80);
}

TEST(LookAlikesTest, TellsTheFirstOfTheLookOnce) {
  LookAlikes seen;
  EXPECT_FALSE(seen.Add("12", 2).has_value());
  EXPECT_FALSE(seen.Add("12", 3).has_value());
  const auto first = seen.Add("12.0", 4);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->text, "12");
  EXPECT_EQ(first->line, 2);
  EXPECT_FALSE(seen.Add("12.0", 5).has_value());
  EXPECT_TRUE(seen.Add("012", 6).has_value());
  EXPECT_FALSE(seen.Add("13", 7).has_value());
}

TEST(MissingTest, KnowsTheWordsOfTheDocs) {
  for (const std::string cell : {"", " ", "n/a", "N/A", "NA", "na", "NaN", "nan", "NULL", "<NA>",
                                 "#N/A", "#NULL!", ".", " n/a\xc2\xa0"}) {
    EXPECT_TRUE(IsMissing(cell)) << cell;
  }
  for (const std::string cell : {"0", "none", "unknown", "NAm", "n", "-", "null hypothesis"}) {
    EXPECT_FALSE(IsMissing(cell)) << cell;
  }
}

}  // namespace
}  // namespace gyrus
