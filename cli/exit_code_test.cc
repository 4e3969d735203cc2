#include "cli/exit_code.h"

#include "cli/testing/view_fixture.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

ExitCode CodeOfRefusal(v1::ReasonCode code) {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_INVALID);
  *view.add_reasons() = MakeReason(code, "so it is");
  return ExitCodeOf(view);
}

TEST(ExitCodeTest, OnlyValidIsSuccess) {
  EXPECT_EQ(ExitCodeOf(MakeView(v1::EXPERIMENT_STATE_VALID)), 0);
  EXPECT_EQ(ExitCodeOf(MakeView(v1::EXPERIMENT_STATE_INCOMPLETE)), 1);
  EXPECT_EQ(ExitCodeOf(MakeView(v1::EXPERIMENT_STATE_INVALID)), 1);
}

TEST(ExitCodeTest, ARefusalSaysWhatMustChange) {
  EXPECT_EQ(CodeOfRefusal(v1::REASON_CODE_BAD_SPEC), 2);
  EXPECT_EQ(CodeOfRefusal(v1::REASON_CODE_LEAK), 2);
  EXPECT_EQ(CodeOfRefusal(v1::REASON_CODE_BAD_DATA), 3);
  EXPECT_EQ(CodeOfRefusal(v1::REASON_CODE_LOADER_LOST), 4);
  EXPECT_EQ(CodeOfRefusal(v1::REASON_CODE_INTERNAL), 5);
}

}  // namespace
}  // namespace gyrus::cli
