#include "core/weights/weight_views.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/weights/testing/torch_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Safetensors(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size() & 0xff);
  bytes[1] = static_cast<char>(header.size() >> 8);
  return absl::StrCat(bytes, header, data);
}

std::vector<std::string> NamesOf(const WeightViews& weights) {
  std::vector<std::string> names;
  for (const NamedView& tensor : weights.tensors) names.push_back(tensor.name);
  return names;
}

std::string Tensor(const char* type, const char* key) {
  return PickledTensor(PickledStorage(key, 1, type), 0, {1}, {1});
}

TEST(WeightViewsTest, TheFormatIsDecidedByContent) {
  const auto torch = ParseWeightViews(SampleTorchFile());
  ASSERT_TRUE(torch.ok()) << torch.status();
  EXPECT_EQ(torch->format, "PyTorch");
  EXPECT_THAT(NamesOf(*torch), ElementsAre("conv1.weight", "fc.bias"));
  EXPECT_THAT(torch->notes, IsEmpty());

  const std::string bytes =
      Safetensors(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                  R"("a":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]}})",
                  FloatBytes({1.5f}) + std::string("\x00\x3c\x00\xc0", 4));
  const auto safetensors = ParseWeightViews(bytes);
  ASSERT_TRUE(safetensors.ok()) << safetensors.status();
  EXPECT_EQ(safetensors->format, "safetensors");
  EXPECT_THAT(NamesOf(*safetensors), ElementsAre("a", "b"));
  EXPECT_THAT(safetensors->notes, ElementsAre("1 tensor was float16"));
  std::vector<float> values(2);
  CopyAsFloat32(safetensors->tensors[0].view, values);
  EXPECT_THAT(values, ElementsAre(1.0f, -2.0f));
}

TEST(WeightViewsTest, NotesSayWhatIsNotAsInTheFile) {
  const std::string bytes = TorchFileOf(
      Pickled(PickledDict(
          {{"epoch", "K\7"},
           {"net", PickledDict({{"module.bn1.weight", Tensor("DoubleStorage", "0")},
                                {"module.bn1.num_batches_tracked", Tensor("LongStorage", "1")},
                                {"module.a", Tensor("HalfStorage", "2")},
                                {"module.b", Tensor("HalfStorage", "2")}})}})),
      {{"0", std::string(8, '\0')}, {"1", std::string(8, '\0')}, {"2", std::string(2, '\0')}});
  const auto weights = ParseWeightViews(bytes);
  ASSERT_TRUE(weights.ok()) << weights.status();
  EXPECT_THAT(NamesOf(*weights), ElementsAre("a", "b", "bn1.weight"));
  EXPECT_THAT(weights->notes,
              ElementsAre("the state dict was under net", "removed module. before every name",
                          "left aside, no weights: epoch", "left aside 1 num_batches_tracked",
                          "2 tensors were float16", "1 tensor was float64"));
}

TEST(WeightViewsTest, AFileWithoutWeightsIsRefused) {
  for (const std::string& bytes :
       {Safetensors("{}", ""),
        Safetensors(R"({"bn1.num_batches_tracked":{"dtype":"I64","shape":[],)"
                    R"("data_offsets":[0,8]}})",
                    std::string(8, '\0'))}) {
    EXPECT_EQ(ParseWeightViews(bytes).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace gyrus
