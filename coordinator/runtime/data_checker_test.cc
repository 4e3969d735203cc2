// A coordinator that starts again looks whether the data are still the same.
#include <string>

#include "coordinator/runtime/testing/coordinator_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Has other ages than FakeLoaders.
class ChangedLoaders final : public FakeLoaders {
 public:
  absl::StatusOr<AdmittedTable> Admit(const v1::AdmitRequest& request,
                                      const std::function<void(const v1::Admission&)>& progress,
                                      std::vector<v1::Reason>& reasons) override {
    auto admitted = FakeLoaders::Admit(request, progress, reasons);
    (*admitted->table.mutable_samples(3)->mutable_numbers())["age"] = 72.5;
    return admitted;
  }
};

class DataCheckerTest : public CoordinatorFixture {
 protected:
  v1::ExperimentView AwaitReasons(const std::string& id) {
    return Await(id, [](const v1::ExperimentView& view) { return view.reasons_size() > 0; });
  }
};

TEST_F(DataCheckerTest, ARunWhoseTableChangedDoesNotGoOn) {
  const std::string id = Submit();
  Start(std::make_unique<ChangedLoaders>());
  const v1::ExperimentView view = AwaitReasons(id);
  ASSERT_EQ(view.reasons_size(), 1);
  EXPECT_EQ(view.reasons(0).code(), v1::REASON_CODE_DATA_CHANGED);
  EXPECT_THAT(view.reasons(0).message(),
              HasSubstr("age was 3 when the run was planned and is 72.5 now"));
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_EQ(view.trials(0).reason().code(), v1::REASON_CODE_DATA_CHANGED);
  const auto link = Join("a", 2);
  EXPECT_THAT(link->starts(), SizeIs(0));
}

TEST_F(DataCheckerTest, ItGoesOnWhenTheDataAreBack) {
  const std::string id = Submit();
  Start(std::make_unique<ChangedLoaders>());
  AwaitReasons(id);
  Start();
  const auto link = Join("a", 2);
  link->WaitForStarts(2);
  EXPECT_EQ(coordinator_->status_store().View(id, false)->reasons_size(), 0);
}

TEST_F(DataCheckerTest, ALoaderThatLostItsCacheAdmitsTheCohortAgain) {
  Submit();
  Start();
  const auto link = Join("a", 2);
  link->WaitForStarts(2);
  const auto requests = loaders_->requests();
  ASSERT_EQ(requests.size(), 2);
  EXPECT_TRUE(requests[0].rows_only());
  EXPECT_FALSE(requests[1].rows_only());
}

}  // namespace
}  // namespace gyrus
