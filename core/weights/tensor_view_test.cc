#include "core/weights/tensor_view.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename T>
std::string BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::vector<float> Copied(const TensorPlace& place, const std::string& storage) {
  const auto view = MakeTensorView(place, storage);
  EXPECT_TRUE(view.ok()) << view.status();
  if (!view.ok()) return {};
  std::vector<float> out(view->elements, -1.0f);
  CopyAsFloat32(*view, out);
  return out;
}

std::string Counting(int count) {
  std::vector<float> values(count);
  for (int i = 0; i < count; ++i) values[i] = static_cast<float>(i);
  return BytesOf(values);
}

TEST(TensorViewTest, StridesPickTheElements) {
  const std::string storage = Counting(24);
  EXPECT_THAT(Copied({.shape = {2, 3}, .strides = {3, 1}}, storage), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(Copied({.shape = {3, 2}, .strides = {1, 3}}, storage), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(Copied({.offset = 5, .shape = {2, 2}, .strides = {10, 2}}, storage),
              ElementsAre(5, 7, 15, 17));
  EXPECT_THAT(Copied({.offset = 23, .shape = {}, .strides = {}}, storage), ElementsAre(23));
  EXPECT_THAT(Copied({.offset = 4, .shape = {3}, .strides = {0}}, storage), ElementsAre(4, 4, 4));
  EXPECT_THAT(Copied({.shape = {1, 2, 1}, .strides = {99, 3, 77}}, storage), ElementsAre(0, 3));
  EXPECT_THAT(Copied({.offset = 24, .shape = {2, 0}, .strides = {1, 1}}, storage), IsEmpty());
}

TEST(TensorViewTest, StridesOfAnEmptyTensorDoNotMatter) {
  // Found by the fuzzer: they overflowed.
  EXPECT_THAT(Copied({.shape = {0}, .strides = {INT64_MAX}}, ""), IsEmpty());
  EXPECT_THAT(Copied({.shape = {3, 0}, .strides = {0, INT64_MAX}}, ""), IsEmpty());
}

TEST(TensorViewTest, AnyStridesGiveWhatIndexingGives) {
  RandomStream random(7, "strides");
  for (int round = 0; round < 2000; ++round) {
    TensorPlace place{.offset = random.NextBelow(4)};
    int64_t last = place.offset;
    const uint32_t axes = random.NextBelow(5);
    for (uint32_t i = 0; i < axes; ++i) {
      place.shape.push_back(1 + random.NextBelow(4));
      place.strides.push_back(random.NextBelow(6));
      last += (place.shape.back() - 1) * place.strides.back();
    }
    const std::string storage = Counting(static_cast<int>(last) + 1);
    std::vector<float> expected;
    std::vector<int64_t> index(axes, 0);
    for (bool more = true; more;) {
      int64_t at = place.offset;
      for (uint32_t i = 0; i < axes; ++i) at += index[i] * place.strides[i];
      expected.push_back(static_cast<float>(at));
      more = false;
      for (uint32_t i = axes; i-- > 0 && !more;) {
        more = ++index[i] < place.shape[i];
        if (!more) index[i] = 0;
      }
    }
    ASSERT_EQ(Copied(place, storage), expected) << "round " << round;
    EXPECT_FALSE(MakeTensorView(place, storage.substr(0, storage.size() - 1)).ok()) << round;
  }
}

TEST(TensorViewTest, EveryFloat16IsItsValue) {
  std::vector<uint16_t> halves(65536);
  for (int i = 0; i < 65536; ++i) halves[i] = static_cast<uint16_t>(i);
  const std::vector<float> floats =
      Copied({.type = ElementType::kFloat16, .shape = {65536}, .strides = {1}}, BytesOf(halves));
  for (int i = 0; i < 65536; ++i) {
    const int exponent = i >> 10 & 31;
    const int fraction = i & 1023;
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(floats[i]), fraction != 0) << i;
      EXPECT_EQ(std::isinf(floats[i]), fraction == 0) << i;
    } else {
      // IEEE 754: 1.f times a power of two, or 0.f times the least one.
      const double value =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(std::fabs(floats[i]), value) << i;
    }
    EXPECT_EQ(std::signbit(floats[i]), i >= 32768) << i;
  }
}

TEST(TensorViewTest, OtherTypesAreRoundedToTheNearest) {
  const auto copied = [](ElementType type, const std::string& storage, int64_t count) {
    return Copied({.type = type, .shape = {count}, .strides = {1}}, storage);
  };
  EXPECT_THAT(copied(ElementType::kBfloat16, BytesOf<uint16_t>({0x3f80, 0xc040, 0x0001}), 3),
              ElementsAre(1.0f, -3.0f, std::bit_cast<float>(0x00010000u)));
  EXPECT_THAT(copied(ElementType::kFloat64, BytesOf<double>({0.1, 1e300, -1e-300, 16777217.0}), 4),
              ElementsAre(0.1f, std::numeric_limits<float>::infinity(), -0.0f, 16777216.0f));
  EXPECT_THAT(copied(ElementType::kBool, BytesOf<uint8_t>({0, 1}), 2), ElementsAre(0, 1));
  EXPECT_THAT(copied(ElementType::kUint8, BytesOf<uint8_t>({0, 255}), 2), ElementsAre(0, 255));
  EXPECT_THAT(copied(ElementType::kInt8, BytesOf<int8_t>({-128, 127}), 2), ElementsAre(-128, 127));
  EXPECT_THAT(copied(ElementType::kInt16, BytesOf<int16_t>({-32768, 7}), 2),
              ElementsAre(-32768, 7));
  EXPECT_THAT(copied(ElementType::kInt32, BytesOf<int32_t>({-5, 1 << 30}), 2),
              ElementsAre(-5, 1 << 30));
  EXPECT_THAT(copied(ElementType::kInt64, BytesOf<int64_t>({-5, int64_t{1} << 40}), 2),
              ElementsAre(-5, 1099511627776.0f));
}

TEST(TensorViewTest, EveryBitOfAFloat32IsKept) {
  const std::vector<uint32_t> words = {0x7fc12345, 0xff800001, 0x80000000, 0x00000001};
  const std::vector<float> copied = Copied({.shape = {4}, .strides = {1}}, BytesOf(words));
  EXPECT_EQ(std::memcmp(copied.data(), words.data(), sizeof(float) * 4), 0);
}

TEST(TensorViewTest, BytesNeedNoAlignment) {
  const std::string storage = "x" + BytesOf<double>({1.5, 2.5});
  const auto view = MakeTensorView({.type = ElementType::kFloat64, .shape = {2}, .strides = {1}},
                                   absl::string_view(storage).substr(1));
  ASSERT_TRUE(view.ok());
  std::vector<float> out(2);
  CopyAsFloat32(*view, out);
  EXPECT_THAT(out, ElementsAre(1.5f, 2.5f));
}

TEST(TensorViewTest, DenseStridesGoUpFromTheLastAxis) {
  EXPECT_THAT(DenseStrides(std::vector<int64_t>{2, 3, 4}), ElementsAre(12, 4, 1));
  EXPECT_THAT(DenseStrides(std::vector<int64_t>{}), IsEmpty());
  EXPECT_EQ(ShapeText(std::vector<int64_t>{64, 1, 3}), "[64, 1, 3]");
}

}  // namespace
}  // namespace gyrus
