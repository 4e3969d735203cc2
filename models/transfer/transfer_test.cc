#include "models/transfer/transfer.h"

#include <torch/utils.h>

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

NamedTensors WeightsOf(Network& network) {
  NamedTensors weights;
  for (const auto& entry : network.named_parameters()) {
    weights[entry.key()] = entry.value().detach().clone();
  }
  for (const auto& entry : network.named_buffers()) {
    if (entry.value().scalar_type() == torch::kFloat32) {
      weights[entry.key()] = entry.value().clone();
    }
  }
  return weights;
}

constexpr char kModel[] = "resnet3d { width: 4 norm: NORM_BATCH }";
const Shape kInput = {1, 40, 40, 40};

const v1::TensorTransfer& RowOf(const v1::TransferReport& report, const std::string& name) {
  for (const v1::TensorTransfer& row : report.tensors()) {
    if (row.name() == name) return row;
  }
  ADD_FAILURE() << name;
  return v1::TensorTransfer::default_instance();
}

TEST(TransferTest, AllOfTheSameNetworkIsTaken) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  NamedTensors weights = WeightsOf(*from);
  weights["bn1.running_mean"].fill_(3);
  const auto report = TransferWeights(v1::Init(), weights, *to);
  ASSERT_TRUE(report.ok()) << report.status();
  for (const auto& [name, tensor] : WeightsOf(*to)) {
    EXPECT_TRUE(tensor.equal(weights.at(name))) << name;
    EXPECT_EQ(RowOf(*report, name).action(), v1::TRANSFER_ACTION_LOADED) << name;
  }
  EXPECT_EQ(report->tensors_size(), weights.size());
  EXPECT_EQ(report->unused_size(), 0);
}

TEST(TransferTest, AHeadOfAnotherTaskIsDrawn) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2, "classification { classes: ['a', 'b'] }");
  const NamedTensors before = WeightsOf(*to);
  const auto report = TransferWeights(v1::Init(), WeightsOf(*from), *to);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(RowOf(*report, "fc.weight").action(), v1::TRANSFER_ACTION_INITIALISED);
  EXPECT_EQ(RowOf(*report, "fc.bias").action(), v1::TRANSFER_ACTION_INITIALISED);
  EXPECT_TRUE(WeightsOf(*to).at("fc.weight").equal(before.at("fc.weight")));
  EXPECT_TRUE(WeightsOf(*to).at("conv1.weight").equal(WeightsOf(*from).at("conv1.weight")));
}

TEST(TransferTest, ASegmentationsEncoderStartsARegression) {
  const std::string unet = "unet3d { features: [4, 8] }";
  const auto from =
      InitialisedNetwork(unet, {1, 16, 16, 16}, 1, "segmentation { classes { name: 'a' } }");
  const auto to = InitialisedNetwork(unet, {1, 16, 16, 16}, 2, "regression {}");
  const auto report = TransferWeights(v1::Init(), WeightsOf(*from), *to);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(RowOf(*report, "fc.weight").action(), v1::TRANSFER_ACTION_INITIALISED);
  EXPECT_EQ(RowOf(*report, "encoder.1.0.conv.weight").action(), v1::TRANSFER_ACTION_LOADED);
  EXPECT_GT(report->unused_size(), 4);  // The decoder.
}

TEST(TransferTest, OtherChannelsAreAdaptedUnlessTheyAreToBeNew) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  for (const v1::ChannelInit channels : {v1::CHANNEL_INIT_MEAN, v1::CHANNEL_INIT_NEW}) {
    const auto to = InitialisedNetwork(kModel, {2, 40, 40, 40}, 2);
    v1::Init init;
    init.set_channels(channels);
    const auto report = TransferWeights(init, WeightsOf(*from), *to);
    ASSERT_TRUE(report.ok()) << report.status();
    const bool mean = channels == v1::CHANNEL_INIT_MEAN;
    EXPECT_EQ(RowOf(*report, "conv1.weight").action(),
              mean ? v1::TRANSFER_ACTION_CHANNELS : v1::TRANSFER_ACTION_INITIALISED);
    const torch::Tensor half = WeightsOf(*from).at("conv1.weight") / 2;
    EXPECT_EQ(WeightsOf(*to).at("conv1.weight").select(1, 1).equal(half.select(1, 0)), mean);
  }
}

TEST(TransferTest, SkippedTensorsKeepTheirInitialisation) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  const NamedTensors before = WeightsOf(*to);
  v1::Init init;
  init.add_skip("layer4.*");
  const auto report = TransferWeights(init, WeightsOf(*from), *to);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(WeightsOf(*to).at("layer4.0.conv1.weight").equal(before.at("layer4.0.conv1.weight")));
  EXPECT_EQ(RowOf(*report, "layer4.0.conv1.weight").action(), v1::TRANSFER_ACTION_INITIALISED);
  EXPECT_EQ(RowOf(*report, "layer3.0.conv1.weight").action(), v1::TRANSFER_ACTION_LOADED);
}

TEST(TransferTest, AHeadIsTakenWholeOrNotAtAll) {
  const auto from = InitialisedNetwork("sfcn { features: [4, 8] }", {1, 16, 16, 16}, 1);
  const auto to = InitialisedNetwork("sfcn { features: [4, 8] }", {1, 16, 16, 16}, 2);
  NamedTensors weights = WeightsOf(*from);
  std::string head;
  for (const auto& [name, tensor] : weights) {
    if (name.starts_with("classifier.") && name.ends_with(".weight")) head = name;
  }
  weights.at(head) = torch::zeros({3, 3});
  const auto report = TransferWeights(v1::Init(), weights, *to);
  ASSERT_TRUE(report.ok()) << report.status();
  const std::string bias = head.substr(0, head.rfind('.')) + ".bias";
  EXPECT_EQ(RowOf(*report, head).action(), v1::TRANSFER_ACTION_INITIALISED);
  EXPECT_EQ(RowOf(*report, bias).action(), v1::TRANSFER_ACTION_INITIALISED);
}

TEST(TransferTest, NumbersThatAreNotFiniteAreRefused) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  NamedTensors weights = WeightsOf(*from);
  weights.at("conv1.weight") =
      torch::full_like(weights.at("conv1.weight"), std::numeric_limits<float>::infinity());
  const auto report = TransferWeights(v1::Init(), weights, *to);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("conv1.weight has numbers that"));
}

TEST(TransferTest, OnlyWhatCannotBeMendedIsTold) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, {2, 40, 40, 40}, 2);  // The stem is adapted.
  NamedTensors weights = WeightsOf(*from);
  weights.erase("layer2.0.conv1.weight");
  const std::string message(TransferWeights(v1::Init(), weights, *to).status().message());
  EXPECT_THAT(message, HasSubstr("\nlayer2.0.conv1.weight: wanted [8, 4, 3, 3, 3], not there"));
  EXPECT_THAT(message, testing::Not(HasSubstr("\nconv1.weight")));
}

TEST(TransferTest, PublishedWeightsOfAnotherDepthAreKnown) {
  const auto from =
      InitialisedNetwork("resnet2d { depth: 50 norm: NORM_BATCH }", {3, 64, 64, 4}, 1);
  for (const char* const asked : {"resnet2d { depth: 18 norm: NORM_BATCH }",
                                  "resnet2d { depth: 18 }", "resnet3d { depth: 18 }"}) {
    const auto to = InitialisedNetwork(asked, {1, 64, 64, 64}, 2);
    const std::string message(
        TransferWeights(v1::Init(), WeightsOf(*from), *to).status().message());
    EXPECT_THAT(message, HasSubstr("\nof the networks asked for and known, nearest is resnet2d: "
                                   "{depth: 50, norm: batch}: "))
        << asked;
  }
}

TEST(TransferTest, WhatFitsNothingSaysWhatWasNearest) {
  const auto from = InitialisedNetwork("sfcn { features: [4, 8] }", {1, 16, 16, 16}, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  const NamedTensors before = WeightsOf(*to);
  const auto report = TransferWeights(v1::Init(), WeightsOf(*from), *to);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("the weights do not fit"));
}

TEST(TransferTest, ATensorThatIsMissingInTheMiddleIsAFault) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  NamedTensors weights = WeightsOf(*from);
  weights.erase("layer2.0.conv1.weight");
  EXPECT_THAT(std::string(TransferWeights(v1::Init(), weights, *to).status().message()),
              HasSubstr("layer2.0.conv1.weight"));
  v1::Init init;
  init.add_skip("layer2.0.conv1.weight");
  EXPECT_TRUE(TransferWeights(init, weights, *to).ok());
}

TEST(TransferReportTest, HasTheDigestOfEachTensorAsItIs) {
  const auto from = InitialisedNetwork(kModel, kInput, 1);
  const auto to = InitialisedNetwork(kModel, kInput, 2);
  auto report = TransferWeights(v1::Init(), WeightsOf(*from), *to);
  ASSERT_TRUE(report.ok()) << report.status();
  HashTensors(*to, *report);
  const std::string as_taken = RowOf(*report, "conv1.weight").xxh3();
  {
    // As the published code that draws its weights after loading others.
    const torch::NoGradGuard no_gradient;
    to->named_parameters()["conv1.weight"].add_(1);
  }
  HashTensors(*to, *report);
  EXPECT_NE(RowOf(*report, "conv1.weight").xxh3(), as_taken);
  report->set_source("stage pretrain");
  EXPECT_THAT(Summary(*report), HasSubstr("tensors loaded, 0 adapted, 0 initialised, 0 frozen"));
  const std::string table = TransferTable(*report);
  EXPECT_THAT(table, HasSubstr("# from stage pretrain"));
  EXPECT_THAT(table, HasSubstr("\nconv1.weight\t4x1x3x3x3\tloaded\t\tno\t"));
}

}  // namespace
}  // namespace gyrus
