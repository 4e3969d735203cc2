#include "core/spec/text.h"

#include "common/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

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
  EXPECT_EQ(FirstByteThatIsNoText(Quoted(umlauts)), absl::string_view::npos);
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
