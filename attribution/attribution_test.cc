#include "attribution/attribution.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using Covariates = std::map<std::string, std::string>;

constexpr int64_t kSide = 40;

TrainedNetwork Trained(const std::string& model, const std::string& task) {
  TrainedNetwork trained;
  trained.network = InitialisedNetwork(model, {1, kSide, kSide, kSide}, 3, task);
  trained.network->eval();
  const torch::NoGradGuard no_gradient;
  for (auto& entry : trained.network->named_parameters()) {
    // The initial weights of FiLM are the identity: they would hide an error.
    torch::Tensor& value = entry.value();
    if (absl::StrContains(entry.key(), "film")) {
      value.copy_(torch::linspace(-0.5, 0.3, value.numel()).view_as(value));
    }
  }
  v1::TrialSpec& trial = *trained.head.mutable_trial();
  *trial.mutable_model() = ModelOf(model);
  *trial.mutable_task() = TaskOf(task);
  trial.set_output_scale(12.5);
  trial.set_output_offset(40);
  return trained;
}

PreparedSubject Subject() {
  Volume volume = {.shape = {kSide, kSide, kSide}, .affine = {}, .voxels = {}};
  for (int64_t i = 0; i < kSide * kSide * kSide; ++i) {
    volume.voxels.push_back(std::sin(static_cast<float>(i)));
  }
  Volume mask = volume;
  std::fill(mask.voxels.begin(), mask.voxels.end(), 1.0f);
  return {.channels = {volume}, .mask = mask};
}

// The network's own output, before it is scaled to the unit of the target.
torch::Tensor Numbers(const TrainedNetwork& trained, const std::vector<float>& covariates) {
  const torch::NoGradGuard no_gradient;
  Volume volume = Subject().channels[0];
  const torch::Tensor input =
      torch::from_blob(volume.voxels.data(), {1, 1, kSide, kSide, kSide}).clone();
  return trained.network
      ->Forward(input,
                covariates.empty() ? torch::Tensor() : torch::tensor(covariates).unsqueeze(0))
      .numbers[0];
}

class AttributionTest : public testing::Test {
 protected:
  AttributionTest()
      : film_(Trained("resnet3d { width: 4 film { columns: 'ga' columns: 'weight' stages: 2 } }",
                      "regression { unit: 'weeks' }")) {
    for (const double mean : {30.0, 3.0}) film_.head.mutable_trial()->add_covariate_means(mean);
    for (const double sd : {2.0, 0.5}) film_.head.mutable_trial()->add_covariate_sds(sd);
  }

  std::string Refused(const Covariates& covariates) {
    const auto attribution = ComputeAttribution(film_, Subject(), {.covariates = covariates});
    EXPECT_EQ(attribution.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(attribution.status().message());
  }

  TrainedNetwork film_;
};

TEST_F(AttributionTest, CovariatesAreNormalisedAsInTraining) {
  const auto attribution =
      ComputeAttribution(film_, Subject(), {.covariates = {{"weight", "2.5"}, {"ga", "34"}}});
  ASSERT_TRUE(attribution.ok()) << attribution.status();
  const double expected = 40 + 12.5 * Numbers(film_, {2, -1}).item<float>();
  EXPECT_NEAR(attribution->prediction, expected, 1e-4 * std::abs(expected));
  // Exchanged covariates would give another prediction.
  EXPECT_GT(std::abs(expected - (40 + 12.5 * Numbers(film_, {-1, 2}).item<float>())), 1e-3);
  EXPECT_EQ(attribution->unit, "weeks");
  EXPECT_EQ(attribution->map.voxels.size(), kSide * kSide * kSide);
}

TEST_F(AttributionTest, CovariatesThatAreMissingUnknownOrNoNumberAreNamed) {
  EXPECT_THAT(Refused({{"ga", "34"}}), HasSubstr("add --covariate weight=NUMBER"));
  EXPECT_THAT(Refused({{"ga", "34"}, {"weight", "nan"}}), HasSubstr("takes a number 'weight'"));
  EXPECT_THAT(Refused({{"ga", "34"}, {"weight", "2"}, {"wieght", "2"}}),
              HasSubstr("--covariate wieght: the network takes ga, weight"));
}

TEST_F(AttributionTest, FollowsTheClassThatIsAskedForOrElseThePredictedClass) {
  TrainedNetwork trained =
      Trained("resnet3d { width: 4 }", "classification { classes: ['a', 'b', 'c'] }");
  const torch::Tensor probabilities = Numbers(trained, {}).softmax(0);
  const std::vector<std::string> names = {"a", "b", "c"};
  for (int c = 0; c < 3; ++c) {
    const auto attribution = ComputeAttribution(trained, Subject(), {.class_name = names[c]});
    ASSERT_TRUE(attribution.ok()) << attribution.status();
    EXPECT_EQ(attribution->class_name, names[c]);
    EXPECT_NEAR(attribution->prediction, probabilities[c].item<float>(), 1e-5);
  }
  const auto predicted = ComputeAttribution(trained, Subject(), {});
  ASSERT_TRUE(predicted.ok()) << predicted.status();
  EXPECT_EQ(predicted->class_name, names[probabilities.argmax().item<int64_t>()]);
  EXPECT_THAT(
      std::string(ComputeAttribution(trained, Subject(), {.class_name = "d"}).status().message()),
      HasSubstr("--class d: the classes are a, b, c"));
}

}  // namespace
}  // namespace gyrus
