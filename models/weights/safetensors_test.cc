#include "models/weights/safetensors.h"

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Written(const NamedTensors& tensors) {
  std::string bytes;
  const absl::Status status = WriteSafetensors(tensors, [&bytes](absl::string_view piece) {
    absl::StrAppend(&bytes, piece);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

// A file of this header and data, without padding, as others may write it.
std::string File(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof(length));
  return absl::StrCat(bytes, header, data);
}

std::string Floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::vector<float> ValuesOf(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), tensor.data_ptr<float>() + tensor.numel()};
}

NamedTensors Sample() {
  return {{"fc.weight", torch::arange(6, torch::kFloat32).view({2, 3})},
          {"fc.bias", torch::tensor({0.5f})},
          {"conv1.weight", torch::arange(24, torch::kFloat32).view({2, 1, 2, 3, 2})},
          {"step", torch::tensor(7.0f)}};
}

// Returns the error with which the reader refuses a file.
absl::Status Refusal(const std::string& bytes) { return ParseSafetensors(bytes).status(); }

void ExpectDamaged(const std::string& bytes, const std::string& why) {
  const absl::Status status = Refusal(bytes);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status << " " << why;
  EXPECT_THAT(std::string(status.message()), HasSubstr(why));
}

// A header of one tensor `stem`.
std::string One(const std::string& shape, const std::string& offsets,
                const std::string& dtype = "\"F32\"") {
  return absl::StrCat(R"({"stem":{"dtype":)", dtype, R"(,"shape":)", shape, R"(,"data_offsets":)",
                      offsets, "}}");
}

TEST(SafetensorsTest, WhatWasWrittenIsRead) {
  const NamedTensors tensors = Sample();
  const auto read = ParseSafetensors(Written(tensors));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor& other = read->at(name);
    EXPECT_EQ(other.scalar_type(), torch::kFloat32);
    EXPECT_EQ(other.sizes(), tensor.sizes()) << name;
    EXPECT_EQ(ValuesOf(other), ValuesOf(tensor)) << name;
  }
}

TEST(SafetensorsTest, EveryBitOfANumberIsKept) {
  // NaNs with their payload, signed zeros, subnormal numbers.
  const std::vector<uint32_t> words = {0x7fc12345, 0xff800001, 0x80000000,
                                       0x00000001, 0x7f800000, 0x3eaaaaab};
  torch::Tensor tensor = torch::empty({6});
  std::memcpy(tensor.data_ptr(), words.data(), tensor.nbytes());
  const auto read = ParseSafetensors(Written({{"a", tensor}}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(std::memcmp(read->at("a").data_ptr(), words.data(), tensor.nbytes()), 0);
}

TEST(SafetensorsTest, HasTheBytesOfTheFormat) {
  // https://huggingface.co/docs/safetensors: length, header, data.
  const std::string bytes =
      Written({{"b", torch::tensor({1.0f, 2.0f})}, {"a", torch::tensor({3.0f}).view({1, 1})}});
  const std::string header = R"({"__metadata__":{"format":"pt"},)"
                             R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},)"
                             R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})";
  const std::string padded = header + std::string(184 - header.size(), ' ');
  EXPECT_EQ(bytes, File(padded, Floats({3, 1, 2})));
}

TEST(SafetensorsTest, DataBeginsAtAMultipleOf64) {
  NamedTensors tensors;
  for (int i = 0; i < 70; ++i) {
    tensors[std::string(i + 1, 'a')] = torch::tensor({static_cast<float>(i)});
    const std::string bytes = Written(tensors);
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    EXPECT_EQ((length + sizeof(length)) % 64, 0);
    EXPECT_EQ(bytes.size(), sizeof(length) + length + tensors.size() * sizeof(float));
    EXPECT_TRUE(nlohmann::json::accept(bytes.substr(sizeof(length), length)));
  }
}

TEST(SafetensorsTest, EqualTensorsGiveEqualBytesInAnyOrder) {
  NamedTensors backwards;
  const NamedTensors tensors = Sample();
  for (auto it = tensors.rbegin(); it != tensors.rend(); ++it) {
    backwards[it->first] = it->second.clone();
  }
  EXPECT_EQ(Written(backwards), Written(tensors));
}

TEST(SafetensorsTest, NamesNeedNoCare) {
  const NamedTensors tensors = {{"quo\"te \\ \n", torch::ones({1})}, {"größe", torch::ones({2})}};
  const auto read = ParseSafetensors(Written(tensors));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at("quo\"te \\ \n").numel(), 1);
  EXPECT_EQ(read->at("größe").numel(), 2);
}

TEST(SafetensorsTest, NoTensorsAndEmptyTensorsAreFiles) {
  const auto none = ParseSafetensors(Written({}));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->empty());
  const auto empty = ParseSafetensors(
      Written({{"a", torch::ones({1})}, {"b", torch::ones({0, 3})}, {"c", torch::ones({2})}}));
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_THAT(empty->at("b").sizes(), ElementsAre(0, 3));
  EXPECT_EQ(empty->at("c").numel(), 2);
}

TEST(SafetensorsTest, TheFirstErrorOfTheWriterIsTheResult) {
  for (int good = 0; good < 5; ++good) {
    int pieces = 0;
    const absl::Status status = WriteSafetensors(Sample(), [&](absl::string_view) -> absl::Status {
      if (pieces++ < good) return absl::OkStatus();
      return absl::ResourceExhaustedError("disk full");
    });
    EXPECT_EQ(status, absl::ResourceExhaustedError("disk full"));
    EXPECT_EQ(pieces, good + 1) << "went on after the error";
  }
}

TEST(SafetensorsTest, ReadsFilesOfOthers) {
  // Without padding or metadata, in another order than by name.
  const auto read =
      ParseSafetensors(File(R"({"b":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"},)"
                            R"("a":{"data_offsets":[8,12],"shape":[],"dtype":"F32"}})",
                            Floats({1, 2, 3})));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(ValuesOf(read->at("b")), ElementsAre(1, 2));
  EXPECT_THAT(ValuesOf(read->at("a")), ElementsAre(3));
  EXPECT_EQ(read->at("a").dim(), 0);
}

TEST(SafetensorsTest, TensorsOwnTheirMemory) {
  std::string bytes = Written(Sample());
  const auto read = ParseSafetensors(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  bytes.assign(bytes.size(), '\xff');
  EXPECT_EQ(ValuesOf(read->at("fc.bias")), std::vector<float>{0.5f});
}

TEST(SafetensorsTest, AFileCutShortAnywhereIsDamaged) {
  const std::string bytes = Written(Sample());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Refusal(bytes.substr(0, size)).code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(SafetensorsTest, BytesBehindTheLastTensorAreDamage) {
  ExpectDamaged(Written(Sample()) + '\0', "no tensor");
  ExpectDamaged(File("{}", Floats({1})), "no tensor");
}

TEST(SafetensorsTest, AHeaderThatIsNoneIsDamaged) {
  ExpectDamaged(File("", ""), "header");
  ExpectDamaged(File("[]", ""), "header");
  ExpectDamaged(File("null", ""), "header");
  ExpectDamaged(File("{", ""), "header");
  ExpectDamaged(File("{}}", ""), "header");
  ExpectDamaged(File("{\"\xff\":1}", ""), "header");
  ExpectDamaged(File(std::string(100000, '['), ""), "header");
  std::string huge = Written(Sample());
  huge.replace(0, 8, 8, '\xff');
  ExpectDamaged(huge, "header");
}

TEST(SafetensorsTest, ATensorThatIsNotDescribedIsDamage) {
  const std::string data = Floats({1, 2});
  ExpectDamaged(File(R"({"stem":7})", data), "stem");
  ExpectDamaged(File(R"({"stem":{}})", data), "stem");
  ExpectDamaged(File(R"({"stem":{"shape":[2],"data_offsets":[0,8]}})", data), "stem");
  ExpectDamaged(File(R"({"stem":{"dtype":"F32","data_offsets":[0,8]}})", data), "stem");
  ExpectDamaged(File(R"({"stem":{"dtype":"F32","shape":[2]}})", data), "stem");
  for (const char* shape : {"2", "[-2]", "[2.0]", "[\"2\"]", "[null]", "[[2]]", "{}"}) {
    ExpectDamaged(File(One(shape, "[0,8]"), data), "stem");
  }
  for (const char* offsets :
       {"8", "[0]", "[0,8,8]", "[-1,7]", "[0.0,8.0]", "[\"0\",\"8\"]", "{}"}) {
    ExpectDamaged(File(One("[2]", offsets), data), "stem");
  }
}

TEST(SafetensorsTest, AShapeThatIsNotThatOfItsDataIsDamage) {
  const std::string data = Floats({1, 2, 3});
  EXPECT_TRUE(ParseSafetensors(File(One("[3]", "[0,12]"), data)).ok());
  for (const char* shape : {"[2]", "[4]", "[3,2]", "[]", "[0]"}) {
    ExpectDamaged(File(One(shape, "[0,12]"), data), "stem");
  }
}

TEST(SafetensorsTest, AShapeBeyondAllMemoryIsDamage) {
  for (const char* shape :
       {"[18446744073709551615]", "[4294967296,4294967296]", "[4611686018427387904]",
        "[4611686018427387904,4]", "[9223372036854775807]"}) {
    ExpectDamaged(File(One(shape, "[0,0]"), ""), "stem");
  }
  // An axis of none makes the whole empty, whatever the others are.
  for (const char* shape : {"[0,18446744073709551615]", "[18446744073709551615,0]",
                            "[0,9223372036854775808]", "[0,4294967296,4294967296,4294967296]"}) {
    ExpectDamaged(File(One(shape, "[0,0]"), ""), "stem");
  }
}

TEST(SafetensorsTest, DataOutsideTheFileIsDamage) {
  const std::string data = Floats({1, 2, 3});
  for (const char* offsets : {"[4,16]", "[12,24]", "[12,0]", "[8,4]", "[0,18446744073709551615]",
                              "[18446744073709551608,4]", "[18446744073709551615,11]"}) {
    ExpectDamaged(File(One("[3]", offsets), data), "stem");
  }
}

std::string Two(const std::string& a, const std::string& b) {
  return absl::StrCat(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)", a,
                      R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)", b, "}}");
}

TEST(SafetensorsTest, TensorsThatOverlapAreDamage) {
  EXPECT_TRUE(ParseSafetensors(File(Two("[0,8]", "[8,16]"), Floats({1, 2, 3, 4}))).ok());
  ExpectDamaged(File(Two("[0,8]", "[4,12]"), Floats({1, 2, 3})), "place of b");
  ExpectDamaged(File(Two("[0,8]", "[0,8]"), Floats({1, 2})), "place of b");
}

TEST(SafetensorsTest, DataOfNoTensorIsDamage) {
  ExpectDamaged(File(Two("[0,8]", "[12,20]"), Floats({1, 2, 3, 4, 5})), "place of b");
  ExpectDamaged(File(Two("[4,12]", "[12,20]"), Floats({1, 2, 3, 4, 5})), "place of a");
}

TEST(SafetensorsTest, OtherTypesAreNotThere) {
  const std::string data = Floats({1, 2});
  const std::vector<std::pair<std::string, std::string>> types = {
      {"\"F16\"", "[4]"}, {"\"BF16\"", "[4]"}, {"\"I32\"", "[2]"}, {"\"F8_E4M3\"", "[8]"},
      {"\"f32\"", "[2]"}, {"\"\"", "[2]"},     {"32", "[2]"},      {"null", "[2]"}};
  for (const auto& [dtype, shape] : types) {
    const absl::Status status = Refusal(File(One(shape, "[0,8]", dtype), data));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << dtype;
    EXPECT_THAT(std::string(status.message()), HasSubstr("stem"));
  }
}

TEST(SafetensorsTest, AnyDamageIsAStatus) {
  // Neither a crash nor an exception, whatever the bytes; a file that is still
  // taken says what it holds.
  const std::string good = Written(Sample());
  RandomStream random(1, "damage");
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = good;
    for (uint32_t n = 0; n <= random.NextBelow(3); ++n) {
      // Mostly in the header, where it matters.
      bytes[random.NextBelow(i % 4 == 0 ? bytes.size() : 400)] =
          static_cast<char>(random.NextUint32());
    }
    const auto read = ParseSafetensors(bytes);
    refused += !read.ok();
    if (!read.ok()) continue;
    size_t values = 0;
    for (const auto& [name, tensor] : *read) values += tensor.numel();
    EXPECT_EQ(values, 32);
  }
  EXPECT_GT(refused, 5000);
}

}  // namespace
}  // namespace gyrus
