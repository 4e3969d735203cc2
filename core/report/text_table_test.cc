#include "core/report/text_table.h"

#include "core/report/state_name.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(TextTableTest, AlignsColumns) {
  TextTable table({"arm", "MAE"});
  table.AddRow({"T1w", "1.5"});
  table.AddRow({"everything", ""});
  EXPECT_EQ(table.ToString(),
            "  arm         MAE\n"
            "  T1w         1.5\n"
            "  everything\n");
}

TEST(ShortNumberTest, IsReadable) {
  EXPECT_EQ(ShortNumber(std::nullopt), "n/a");
  EXPECT_EQ(ShortNumber(0), "0");
  EXPECT_EQ(ShortNumber(1.23456), "1.235");
  EXPECT_EQ(ShortNumber(-0.0123456), "-0.01235");
  EXPECT_EQ(ShortNumber(123456.7), "123457");
  EXPECT_EQ(ShortNumber(-123456.7), "-123457");
  EXPECT_EQ(ShortNumber(1e20), "1e+20");
}

TEST(NameOfTest, LeavesOutTheEnum) {
  EXPECT_EQ(NameOf(v1::EXPERIMENT_STATE_INCOMPLETE), "INCOMPLETE");
  EXPECT_EQ(NameOf(v1::TRIAL_STATE_DONE), "DONE");
  EXPECT_EQ(NameOf(v1::REASON_CODE_PEER_LOST), "PEER_LOST");
}

}  // namespace
}  // namespace gyrus
