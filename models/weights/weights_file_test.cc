#include "models/weights/weights_file.h"

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "core/weights/testing/torch_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> ValuesOf(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), tensor.data_ptr<float>() + tensor.numel()};
}

TEST(WeightsFileTest, ReadsFilesOfBothFormats) {
  const TestFolder folder;
  const std::string torch_path = folder.path() + "/a.pt";
  ASSERT_TRUE(WriteFileAtomically(torch_path, SampleTorchFile()).ok());
  const auto torch_weights = ReadWeights(torch_path);
  ASSERT_TRUE(torch_weights.ok()) << torch_weights.status();
  EXPECT_EQ(torch_weights->format, "PyTorch");
  ASSERT_EQ(torch_weights->tensors.size(), 2);
  const torch::Tensor& conv = torch_weights->tensors.at("conv1.weight");
  EXPECT_THAT(conv.sizes(), ElementsAre(2, 1, 1, 1, 2));
  EXPECT_EQ(conv.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(conv.is_contiguous());
  EXPECT_THAT(ValuesOf(conv), ElementsAre(0.5f, 1.5f, 2.5f, 3.5f));

  // The weights are the same when Gyrus writes them to a file and reads them again.
  std::string bytes;
  ASSERT_TRUE(WriteSafetensors(torch_weights->tensors, [&bytes](absl::string_view piece) {
                absl::StrAppend(&bytes, piece);
                return absl::OkStatus();
              }).ok());
  const std::string own_path = folder.path() + "/anything";
  ASSERT_TRUE(WriteFileAtomically(own_path, bytes).ok());
  const auto own = ReadWeights(own_path);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->format, "safetensors");
  ASSERT_EQ(own->tensors.size(), 2);
  for (const auto& [name, tensor] : torch_weights->tensors) {
    EXPECT_EQ(own->tensors.at(name).sizes(), tensor.sizes());
    EXPECT_EQ(ValuesOf(own->tensors.at(name)), ValuesOf(tensor));
  }
}

TEST(WeightsFileTest, HalvesInAStrideBecomeFloatsInARow) {
  const std::string halves("\x00\x3c\x00\x40\x00\x42\x00\x44", 8);  // 1 2 3 4
  const auto weights = ParseWeights(TorchFileOf(
      Pickled(PickledDict(
          {{"a", PickledTensor(PickledStorage("0", 4, "HalfStorage"), 0, {2, 2}, {1, 2})}})),
      {{"0", halves}}));
  ASSERT_TRUE(weights.ok()) << weights.status();
  EXPECT_THAT(ValuesOf(weights->tensors.at("a")), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(weights->notes, ElementsAre("1 tensor was float16"));
}

TEST(WeightsFileTest, TensorsOwnTheirMemory) {
  std::string bytes = SampleTorchFile();
  const auto weights = ParseWeights(bytes);
  ASSERT_TRUE(weights.ok()) << weights.status();
  bytes.assign(bytes.size(), '\xff');
  EXPECT_THAT(ValuesOf(weights->tensors.at("fc.bias")), ElementsAre(4.5f, 5.5f));
}

TEST(WeightsFileTest, ErrorsHaveThePath) {
  const TestFolder folder;
  const std::string path = folder.path() + "/a.pt";
  EXPECT_EQ(ReadWeights(path).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(WriteFileAtomically(path, "PK\3\4").ok());
  const absl::Status status = ReadWeights(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path));
}

}  // namespace
}  // namespace gyrus
