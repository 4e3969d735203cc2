// What `evaluate` asks of a coordinator: columns of the loaders, and files in the
// run folder.
#include <string>
#include <vector>

#include "common/files.h"
#include "coordinator/service/testing/service_fixture.h"
#include "core/evaluate/predictions.h"
#include "gyrus/v1/checkpoint.pb.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

class EvaluateAsksTest : public CoordinatorTest {
 protected:
  std::string SubmitSpec(const v1::SubmitRequest& request) {
    const auto id = conductor_->Submit(request);
    EXPECT_TRUE(id.ok()) << id.status();
    Await(*id, [](const v1::ExperimentView& view) {
      EXPECT_THAT(view.reasons(), testing::IsEmpty()) << view.ShortDebugString();
      return view.state() != v1::EXPERIMENT_STATE_ADMITTING;
    });
    return *id;
  }

  std::string Store(const std::string& bytes) {
    const std::string sha256 = Sha256Of(bytes);
    auto upload = vault_->NewUpload(sha256, bytes.size());
    EXPECT_TRUE(upload.ok()) << upload.status();
    EXPECT_TRUE(upload->Append(bytes).ok());
    EXPECT_TRUE(upload->Finish().ok());
    return sha256;
  }

  template <typename Items>
  static std::vector<v1::Prediction> Predict(const Items& items) {
    std::vector<v1::Prediction> predictions;
    for (const v1::Item& item : items) {
      v1::Prediction& p = predictions.emplace_back();
      p.set_item(item.id());
      p.set_target(item.target());
      p.set_prediction(1 + item.target() / 2);
    }
    return predictions;
  }

  // As a trainer does, with a checkpoint of its validation items.
  void FinishWell(const std::shared_ptr<FakeLink>& link, const v1::StartRank& start) {
    v1::SpooledRecord record = RecordOf(start.rank(), 1);
    v1::TrainerFinished& finished = *record.mutable_record()->mutable_finished();
    finished = Finished(0);
    v1::Checkpoint checkpoint;
    for (const v1::Prediction& p : Predict(start.trial().validation_items())) {
      *checkpoint.add_golden() = p;
    }
    finished.mutable_artifacts(0)->set_sha256(Store("weights"));
    finished.mutable_artifacts(1)->set_sha256(Store(checkpoint.SerializeAsString()));
    finished.mutable_artifacts(2)->set_sha256(
        Store(*FormatPredictions(start.trial().task(), Predict(start.trial().test_items()))));
    conductor_->OnRecord(link, record);
    Settle();
  }
};

TEST_F(EvaluateAsksTest, TheLoadersGiveTheColumnsOfTheTables) {
  v1::SubmitRequest request = Request();
  v1::Evaluate& evaluate = *request.mutable_spec()->mutable_evaluate();
  evaluate.mutable_groups()->set_by("age_at_birth");
  evaluate.mutable_groups()->add_edges(0);
  evaluate.mutable_groups()->add_edges(9);
  evaluate.add_by("site");
  evaluate.add_by("scanner");
  SubmitSpec(request);
  const std::vector<v1::AdmitRequest> requests = loader_.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_THAT(requests[0].numeric_columns(), ElementsAre("age", "age_at_birth"));
  EXPECT_THAT(requests[0].text_columns(), ElementsAre("scanner"));
}

TEST_F(EvaluateAsksTest, ACorrectionLiesBesideItsWeightsOnceAResultIsAskedFor) {
  v1::SubmitRequest request = Request();
  request.mutable_spec()->mutable_split()->mutable_validation()->set_fraction(0.7);
  // One training item has no spread to fit the output to.
  request.mutable_spec()->mutable_task()->mutable_regression()->mutable_output()->set_fit(
      v1::OUTPUT_FIT_IDENTITY);
  request.mutable_spec()->mutable_evaluate()->set_bias_correction(v1::BIAS_METHOD_COLE);
  const auto link = Join("a", 1);
  const std::string id = SubmitSpec(request);
  FinishWell(link, link->WaitForStarts(1)[0]);
  const auto result = conductor_->MakeResult(id);
  ASSERT_TRUE(result.ok()) << result.status();
  const v1::BiasFold& fold = result->arms(0).bias().folds(0);
  EXPECT_NEAR(fold.slope(), 0.5, 1e-12) << fold.reason();
  const auto correction = ReadFile(folder_->path() + "/" + fold.correction_file());
  ASSERT_TRUE(correction.ok()) << correction.status();
  EXPECT_THAT(*correction, testing::HasSubstr("\"slope\":0.5"));
  EXPECT_TRUE(ReadFile(folder_->checkpoints_folder() + "/T1w/r0-f0/weights.safetensors").ok());
  EXPECT_EQ(fold.correction_file(), "checkpoints/T1w/r0-f0/bias_correction.json");
  const auto gaps = ReadFile(folder_->path() + "/" + fold.gaps_file());
  ASSERT_TRUE(gaps.ok()) << gaps.status();
  EXPECT_THAT(*gaps, testing::StartsWith("item\tage\tprediction\tgap\tcorrected_gap\n"));
  EXPECT_TRUE(conductor_->MakeResult(id).ok());  // Written anew.
}

}  // namespace
}  // namespace gyrus
