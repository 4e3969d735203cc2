#include "core/spec/task.h"

#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(TaskTest, ANumberComesOfARegressionOrOfSoftLabels) {
  v1::Task regression;
  regression.mutable_regression()->set_target("age");
  regression.mutable_regression()->set_unit("months");
  regression.mutable_regression()->set_missing(v1::MISSING_MASK);
  v1::Task soft;
  soft.mutable_soft_labels()->set_target("age");
  soft.mutable_soft_labels()->set_unit("months");
  soft.mutable_soft_labels()->set_missing(v1::MISSING_MASK);
  for (const v1::Task& task : {regression, soft}) {
    EXPECT_TRUE(HasNumber(task));
    EXPECT_FALSE(HasClass(task));
    EXPECT_TRUE(HasScalar(task));
    EXPECT_EQ(TargetOf(task), "age");
    EXPECT_EQ(UnitOf(task), "months");
    EXPECT_EQ(MissingOf(task), v1::MISSING_MASK);
  }
}

TEST(TaskTest, AClassHasATargetButNoUnit) {
  v1::Task task;
  task.mutable_classification()->set_target("outcome");
  task.mutable_classification()->set_missing(v1::MISSING_REFUSE);
  EXPECT_FALSE(HasNumber(task));
  EXPECT_TRUE(HasClass(task));
  EXPECT_TRUE(HasScalar(task));
  EXPECT_EQ(TargetOf(task), "outcome");
  EXPECT_EQ(UnitOf(task), "");
  EXPECT_EQ(MissingOf(task), v1::MISSING_REFUSE);
}

TEST(TaskTest, ImagesAloneHaveNoTarget) {
  v1::Task task;
  task.mutable_segmentation()->set_labels("tissue");
  EXPECT_FALSE(HasScalar(task));
  EXPECT_EQ(TargetOf(task), "");
  EXPECT_EQ(UnitOf(task), "");
  EXPECT_EQ(MissingOf(task), v1::MISSING_UNSPECIFIED);
}

}  // namespace
}  // namespace gyrus
