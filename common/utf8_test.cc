#include "common/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr size_t kAllText = absl::string_view::npos;

TEST(Utf8Test, TakesUtf8) {
  EXPECT_EQ(FirstByteThatIsNoText(""), kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("a\tb\r\n"), kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf"),
            kAllText);
  EXPECT_EQ(FirstByteThatIsNoText("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"), kAllText);
}

TEST(Utf8Test, FindsWhatIsNoUtf8) {
  for (const absl::string_view bad :
       {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\x7f", "\x1b"}) {
    EXPECT_EQ(FirstByteThatIsNoText(std::string("ab") + std::string(bad) + "c"), 2)
        << testing::PrintToString(bad);
  }
  EXPECT_EQ(FirstByteThatIsNoText(absl::string_view("a\0b", 3)), 1);
}

}  // namespace
}  // namespace gyrus
