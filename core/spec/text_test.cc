#include "core/spec/text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr size_t kAllText = absl::string_view::npos;

TEST(TextTest, TakesUtf8) {
  EXPECT_EQ(FirstByteThatIsNoText(""), kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("a\tb\r\n"), kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf"),
            kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"), kAllText);
}

TEST(TextTest, FindsWhatIsNoUtf8) {
  for (const absl::string_view bad :
       {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\x7f", "\x1b"}) {
    EXPECT_EQ(FirstByteThatIsNoText(std::string("ab") + std::string(bad) + "c"), 2)
        << testing::PrintToString(bad);
  }
  EXPECT_EQ(FirstByteThatIsNoText(absl::string_view("a\0b", 3)), 1);
}

TEST(TextTest, NamesAreShortAndPlain) {
  EXPECT_TRUE(IsName("T1w-a_9"));
  EXPECT_TRUE(IsName(std::string(64, 'a')));
  EXPECT_FALSE(IsName(std::string(65, 'a')));
  for (const char* bad : {"", "a b", "a.b", "a/b", "ä", "..", "{a}"}) EXPECT_FALSE(IsName(bad));
}

TEST(TextTest, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(Quoted("abc"), "'abc'");
  EXPECT_EQ(Quoted(std::string(61, 'a')), "'" + std::string(60, 'a') + "…'");
  std::string umlauts = "a";
  while (umlauts.size() < 100) umlauts += "ä";
  EXPECT_EQ(FirstByteThatIsNoText(Quoted(umlauts)), kAllText);
}

TEST(TextTest, SuggestsTheNearestWord) {
  const std::vector<std::string> words = {"beta1", "beta2", "eps", "lr", "epochs", "x"};
  const auto told = [&](absl::string_view word) { return UnknownWord("key", word, words); };
  EXPECT_EQ(told("epoch"), "unknown key 'epoch'; did you mean 'epochs'?");
  EXPECT_EQ(told("peochs"), "unknown key 'peochs'; did you mean 'epochs'?");
  EXPECT_EQ(told("beta_2"), "unknown key 'beta_2'; did you mean 'beta2'?");
  EXPECT_EQ(told("LR"), "unknown key 'LR'; did you mean 'lr'?");
  const std::string none = "'; there are: beta1, beta2, eps, lr, epochs, x";
  EXPECT_EQ(told("gamma"), "unknown key 'gamma" + none);
  EXPECT_EQ(told("y"), "unknown key 'y" + none);
  EXPECT_EQ(told("lr_of_adam"), "unknown key 'lr_of_adam" + none);
  EXPECT_EQ(UnknownWord("key", "y", {}), "unknown key 'y'; there is none");
}

}  // namespace
}  // namespace gyrus
