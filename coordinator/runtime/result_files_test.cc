// Tests the work that `evaluate` causes in a coordinator: it asks loaders for columns
// and writes files into the run folder.
#include <string>
#include <vector>

#include "common/files.h"
#include "coordinator/runtime/testing/coordinator_fixture.h"
#include "coordinator/runtime/testing/trained_trials.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

class ResultFilesTest : public CoordinatorFixture {
 protected:
  std::string SubmitSpec(const v1::SubmitRequest& request) {
    const auto id = coordinator_->Submit(request);
    EXPECT_TRUE(id.ok()) << id.status();
    Await(*id, [](const v1::ExperimentView& view) {
      EXPECT_THAT(view.reasons(), testing::IsEmpty()) << view.ShortDebugString();
      return view.state() != v1::EXPERIMENT_STATE_ADMITTING;
    });
    return *id;
  }

  // As a trainer does, with a checkpoint of its validation items.
  void FinishWell(const std::shared_ptr<FakeLink>& link, const v1::StartRank& start) {
    const auto record = FinishedRecord(*vault_, start);
    ASSERT_TRUE(record.ok()) << record.status();
    coordinator_->sessions().OnRecord(link, *record);
    Settle();
  }
};

TEST_F(ResultFilesTest, TheLoadersGiveTheColumnsOfTheTables) {
  v1::SubmitRequest request = Request();
  v1::Evaluate& evaluate = *request.mutable_spec()->mutable_evaluate();
  evaluate.mutable_groups()->set_by("age_at_birth");
  evaluate.mutable_groups()->add_edges(0);
  evaluate.mutable_groups()->add_edges(9);
  evaluate.add_by("site");
  evaluate.add_by("scanner");
  SubmitSpec(request);
  const std::vector<v1::AdmitRequest> requests = loaders_->requests();
  ASSERT_EQ(requests.size(), 2);
  EXPECT_THAT(requests[0].numeric_columns(), ElementsAre("age", "age_at_birth"));
  EXPECT_THAT(requests[0].text_columns(), ElementsAre("scanner"));
}

TEST_F(ResultFilesTest, TheLoadersGiveAgeAndSexWhereTheCohortNamesThem) {
  v1::SubmitRequest request = Request();
  v1::Cohort& cohort = *request.mutable_spec()->mutable_cohorts(0);
  (*cohort.mutable_columns())["sex"] = "gender";
  (*cohort.mutable_columns())["age"] = "age_at_scan";
  request.mutable_spec()->mutable_task()->mutable_regression()->set_target("iq");
  SubmitSpec(request);
  const std::vector<v1::AdmitRequest> requests = loaders_->requests();
  ASSERT_FALSE(requests.empty());
  EXPECT_THAT(requests[0].text_columns(), ElementsAre("sex"));
  EXPECT_THAT(requests[0].optional_numeric_columns(), ElementsAre("age"));
}

TEST_F(ResultFilesTest, TheLoadersLearnWhichRecipesMayCutABrain) {
  v1::SubmitRequest request = Request();
  SubmitSpec(request);
  EXPECT_EQ(loaders_->requests().back().preparations_size(), 0) << "no step crops";
  request.set_request_id("another");
  v1::ExperimentSpec& spec = *request.mutable_spec();
  v1::Arm again = spec.arms(0);
  again.set_name("again");
  *spec.add_arms() = again;
  v1::CropOrPad& crop = *spec.mutable_recipe()->add_steps()->mutable_crop_or_pad();
  for (const uint32_t voxels : {40, 22, 24}) crop.add_size(voxels);
  SubmitSpec(request);
  const v1::AdmitRequest admitted = loaders_->requests().back();
  ASSERT_EQ(admitted.preparations_size(), 1);
  EXPECT_EQ(admitted.preparations(0).arms(), spec.arms(0).name() + ", again");
  EXPECT_THAT(admitted.preparations(0).channels(), ElementsAre("T1w"));
  EXPECT_EQ(admitted.preparations(0).recipe().steps_size(), spec.recipe().steps_size());
}

TEST_F(ResultFilesTest, FilesOfAResultAreWrittenWhenTheExperimentEnds) {
  v1::SubmitRequest request = Request();
  request.mutable_spec()->mutable_split()->mutable_validation()->set_fraction(0.7);
  // One training item has no spread to fit the output to.
  request.mutable_spec()->mutable_task()->mutable_regression()->mutable_output()->set_fit(
      v1::OUTPUT_FIT_IDENTITY);
  request.mutable_spec()->mutable_evaluate()->set_bias_correction(v1::BIAS_METHOD_COLE);
  const auto link = Join("a", 1);
  const std::string id = SubmitSpec(request);
  const std::string correction = folder_->checkpoints_folder() + "/T1w/r0-f0/bias_correction.json";
  FinishWell(link, link->WaitForStarts(1)[0]);
  // A read changes nothing: the result of what has ended so far writes no file.
  ASSERT_TRUE(coordinator_->MakeResult(id).ok());
  EXPECT_TRUE(ReadFile(folder_->checkpoints_folder() + "/T1w/r0-f0/weights.safetensors").ok());
  EXPECT_FALSE(ReadFile(correction).ok());

  FinishWell(link, link->WaitForStarts(2)[1]);
  const auto result = coordinator_->MakeResult(id);
  ASSERT_TRUE(result.ok()) << result.status();
  const v1::BiasFold& fold = result->arms(0).bias().folds(0);
  EXPECT_NEAR(fold.slope(), 0.5, 1e-12) << fold.reason();
  EXPECT_EQ(fold.correction_file(), "checkpoints/T1w/r0-f0/bias_correction.json");
  const auto text = ReadFile(correction);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, testing::HasSubstr("\"slope\":0.5"));
  const auto gaps = ReadFile(folder_->path() + "/" + fold.gaps_file());
  ASSERT_TRUE(gaps.ok()) << gaps.status();
  EXPECT_THAT(*gaps, testing::StartsWith("item\tage\tprediction\tgap\tcorrected_gap\n"));
  EXPECT_TRUE(ReadFile(folder_->coordinator_folder() + "/complete/" + id).ok());

  // A read does not write them anew, and neither does a restart.
  ASSERT_TRUE(RemoveAll(correction).ok());
  ASSERT_TRUE(coordinator_->MakeResult(id).ok());
  Start();
  ASSERT_TRUE(coordinator_->MakeResult(id).ok());
  EXPECT_FALSE(ReadFile(correction).ok());
}

TEST_F(ResultFilesTest, WhatACrashLeftOutIsDoneAtTheNextStart) {
  const auto link = Join("a", 1);
  const std::string id = SubmitSpec(Request());
  FinishWell(link, link->WaitForStarts(1)[0]);
  FinishWell(link, link->WaitForStarts(2)[1]);
  ASSERT_TRUE(coordinator_->MakeResult(id).ok());
  const std::string predictions = folder_->predictions_folder() + "/T1w/r0-f1.tsv";
  ASSERT_TRUE(RemoveAll(predictions).ok());
  ASSERT_TRUE(RemoveAll(folder_->coordinator_folder() + "/complete").ok());
  Start();
  ASSERT_TRUE(coordinator_->MakeResult(id).ok());
  EXPECT_TRUE(ReadFile(predictions).ok());
  EXPECT_TRUE(ReadFile(folder_->coordinator_folder() + "/complete/" + id).ok());
}

}  // namespace
}  // namespace gyrus
