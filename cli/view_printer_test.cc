#include "cli/view_printer.h"

#include <string>

#include "absl/strings/str_join.h"
#include "cli/testing/view_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// A second later whenever it is asked, so that no draw comes too soon.
class HastyClock final : public Clock {
 public:
  absl::Duration Monotonic() const override { return now_ += absl::Seconds(1); }
  absl::Time Utc() const override { return absl::FromUnixSeconds(1'700'000'009); }
  bool WaitFor(absl::Duration, const absl::Notification& stop) const override {
    return stop.HasBeenNotified();
  }

 private:
  mutable absl::Duration now_;
};

class ViewPrinterTest : public testing::Test {
 protected:
  ~ViewPrinterTest() override { std::fclose(out_); }

  std::string Written() const {
    std::string text(static_cast<size_t>(std::ftell(out_)), '\0');
    std::rewind(out_);
    EXPECT_EQ(std::fread(text.data(), 1, text.size(), out_), text.size());
    return text;
  }

  std::FILE* const out_ = std::tmpfile();
  const HastyClock clock_{};
};

TEST_F(ViewPrinterTest, WritesLinesWhereNothingCanBeRedrawn) {
  {
    ViewPrinter printer(out_, /*redraw=*/false, clock_);
    printer.Note("run folder: runs/a");
    printer.Show(MakeView(v1::EXPERIMENT_STATE_ADMITTING));
    printer.Show(MakeView(v1::EXPERIMENT_STATE_ADMITTING));
    printer.Show(MakeView(v1::EXPERIMENT_STATE_VALID));
  }
  EXPECT_EQ(Written(),
            "run folder: runs/a\nneonates (k3vab2cd): ADMITTING\nneonates (k3vab2cd): VALID\n");
}

TEST_F(ViewPrinterTest, DrawsABlockOverTheLastOne) {
  {
    ViewPrinter printer(out_, /*redraw=*/true, clock_);
    printer.Show(MakeRunningView());  // Four lines.
    printer.Show(MakeView(v1::EXPERIMENT_STATE_VALID));
  }
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr("neonates (k3vab2cd)  RUNNING  9s\x1b[K\n"));
  EXPECT_THAT(text, HasSubstr("\x1b[J\x1b[4A\rneonates (k3vab2cd)  VALID  9s\x1b[K\n\x1b[J"));
  EXPECT_THAT(text, EndsWith("\x1b[1A\rneonates (k3vab2cd)  VALID  9s\x1b[K\n\x1b[J"));
}

TEST_F(ViewPrinterTest, ANoteStaysAboveTheBlock) {
  {
    ViewPrinter printer(out_, /*redraw=*/true, clock_);
    printer.Show(MakeView(v1::EXPERIMENT_STATE_VALID));
    printer.Note("worker-1 was started again");
  }
  EXPECT_THAT(Written(), HasSubstr("\x1b[1A\r\x1b[Jworker-1 was started again\nneonates"));
}

TEST_F(ViewPrinterTest, DrawsNoMoreOftenThanAnEyeCanSee) {
  {
    ViewPrinter printer(out_, /*redraw=*/true);
    for (int i = 0; i < 100; ++i) printer.Show(MakeView(v1::EXPERIMENT_STATE_ADMITTING));
    printer.Show(MakeView(v1::EXPERIMENT_STATE_VALID));
  }
  const std::string text = Written();
  size_t draws = 0;
  for (size_t at = 0; (at = text.find("neonates", at)) != std::string::npos; ++at) ++draws;
  EXPECT_LT(draws, 50);
  EXPECT_GE(draws, 2);
  EXPECT_THAT(text.substr(text.rfind("neonates")), HasSubstr("VALID"));
}

}  // namespace
}  // namespace gyrus::cli
