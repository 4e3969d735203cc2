#include "core/weights/pickle.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/weights/pickle_opcode.h"
#include "core/weights/testing/torch_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PickleTree Parsed(const std::string& program, int protocol = 2) {
  const auto tree = ParsePickle(Pickled(program, protocol));
  EXPECT_TRUE(tree.ok()) << tree.status();
  return tree.ok() ? *tree : PickleTree{.values = {PickleNone()}};
}

template <typename T>
T Value(const std::string& program) {
  const PickleTree tree = Parsed(program);
  const T* value = tree.As<T>(tree.root);
  EXPECT_NE(value, nullptr) << "it is " << KindOf(tree.at(tree.root));
  return value == nullptr ? T() : *value;
}

TEST(PickleTest, NumbersOfEverySize) {
  EXPECT_EQ(Value<int64_t>("K\xff"), 255);
  EXPECT_EQ(Value<int64_t>("M\xff\xfe"), 65279);
  EXPECT_EQ(Value<int64_t>("J\xfe\xff\xff\xff"), -2);
  EXPECT_EQ(Value<int64_t>("J\x04\x03\x02\x01"), 0x01020304);
  EXPECT_EQ(Value<int64_t>(std::string("\x8a\x00", 2)), 0);
  EXPECT_EQ(Value<int64_t>("\x8a\x01\xff"), -1);
  EXPECT_EQ(Value<int64_t>(std::string("\x8a\x02\xff\x00", 4)), 255);
  EXPECT_EQ(Value<int64_t>("\x8a\x05\x01\x02\x03\x04\x05"), 0x0504030201);
  EXPECT_EQ(Value<int64_t>(std::string("\x8a\x08\0\0\0\0\0\0\0\x80", 10)), INT64_MIN);
  EXPECT_EQ(Value<double>(std::string("G\xc0\x04\0\0\0\0\0\0", 9)), -2.5);
  EXPECT_TRUE(Value<bool>("\x88"));
  EXPECT_FALSE(Value<bool>("\x89"));
}

TEST(PickleTest, TextsOfEverySize) {
  EXPECT_EQ(Value<std::string>("\x8c\x03"
                               "abc"),
            "abc");
  EXPECT_EQ(Value<std::string>(std::string("X\x03\0\0\0abc", 8)), "abc");
  EXPECT_EQ(Value<std::string>(std::string("\x8d\x03\0\0\0\0\0\0\0abc", 12)), "abc");
  EXPECT_EQ(Value<std::string>(PickledText(std::string(70000, 'a'))), std::string(70000, 'a'));
}

TEST(PickleTest, ContainersHoldWhatWasPutIn) {
  EXPECT_THAT(Value<PickleTuple>(")").items, IsEmpty());
  EXPECT_THAT(Value<PickleTuple>("K\1K\2\x86").items, ElementsAre(0, 1));
  EXPECT_THAT(Value<PickleTuple>("K\1K\2K\3\x87").items, ElementsAre(0, 1, 2));
  EXPECT_THAT(Value<PickleTuple>("(K\1K\2K\3K\4t").items, SizeIs(4));
  const PickleTree list = Parsed("]K\7a(K\5K\6e");
  const auto* items = list.As<PickleList>(list.root);
  ASSERT_NE(items, nullptr);
  ASSERT_THAT(items->items, SizeIs(3));
  EXPECT_EQ(*list.As<int64_t>(items->items[0]), 7);
  EXPECT_EQ(*list.As<int64_t>(items->items[2]), 6);
  const PickleTree dict = Parsed("}K\1K\2s(K\3K\4K\5K\6u");
  const auto* pairs = dict.As<PickleDict>(dict.root);
  ASSERT_NE(pairs, nullptr);
  ASSERT_THAT(pairs->items, SizeIs(3));
  EXPECT_EQ(*dict.As<int64_t>(pairs->items[0].first), 1);
  EXPECT_EQ(*dict.As<int64_t>(pairs->items[2].second), 6);
}

TEST(PickleTest, TheMemoGivesTheSameValueAgain) {
  const std::string zero("\0", 1);
  for (const std::string& put : {"q" + zero, "r" + std::string(4, '\0'), std::string("\x94")}) {
    for (const std::string& get : {"h" + zero, "j" + std::string(4, '\0')}) {
      const PickleTree tree = Parsed("(K\7" + put + "K\1" + get + "t");
      const auto* tuple = tree.As<PickleTuple>(tree.root);
      ASSERT_NE(tuple, nullptr);
      EXPECT_EQ(tuple->items[0], tuple->items[2]);
      EXPECT_EQ(*tree.As<int64_t>(tuple->items[2]), 7);
    }
  }
}

TEST(PickleTest, ATensorIsAReferenceToItsStorage) {
  const PickleTree tree =
      Parsed(PickledTensor(PickledStorage("12", 99, "HalfStorage"), 3, {4, 5}, {5, 1}));
  const auto* tensor = tree.As<PickleTensor>(tree.root);
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->offset, 3);
  EXPECT_THAT(tensor->shape, ElementsAre(4, 5));
  EXPECT_THAT(tensor->strides, ElementsAre(5, 1));
  const auto* storage = tree.As<PickleStorage>(tensor->storage);
  ASSERT_NE(storage, nullptr);
  EXPECT_EQ(storage->key, "12");
  EXPECT_EQ(storage->elements, 99);
  EXPECT_EQ(storage->type, ElementType::kFloat16);
}

TEST(PickleTest, EveryProtocolFromTwoToFive) {
  const std::string framed = absl::StrCat("\x95", std::string("\x02\0\0\0\0\0\0\0", 8), "K\7");
  for (int protocol = 2; protocol <= 5; ++protocol) {
    const PickleTree tree = Parsed(framed, protocol);
    EXPECT_EQ(*tree.As<int64_t>(tree.root), 7);
  }
  const std::string stacked =
      absl::StrCat(PickledText("collections"), PickledText("OrderedDict"), "\x93");
  const PickleTree tree = Parsed(PickledCall(stacked, ")"), 4);
  ASSERT_NE(tree.As<PickleDict>(tree.root), nullptr);
  EXPECT_TRUE(tree.As<PickleDict>(tree.root)->ordered);
}

TEST(PickleTest, MetadataOfAStateDictIsLeftOut) {
  const PickleTree tree = Parsed(
      PickledOrderedDict({{"a", "K\1"}}) +
      PickledDict({{"_metadata", PickledOrderedDict({{"", PickledDict({{"version", "K\1"}})}})}}) +
      "b");
  const auto* dict = tree.As<PickleDict>(tree.root);
  ASSERT_NE(dict, nullptr);
  EXPECT_THAT(dict->items, SizeIs(1));
}

TEST(PickleTest, NestingIsFineUpToItsBound) {
  const auto nested = [](int depth) {
    std::string program;
    for (int i = 0; i < depth; ++i) program += ']';
    for (int i = 0; i < depth - 1; ++i) program += 'a';
    return ParsePickle(Pickled(program)).status();
  };
  EXPECT_TRUE(nested(kMaxPickleDepth).ok()) << nested(kMaxPickleDepth);
  EXPECT_THAT(std::string(nested(kMaxPickleDepth + 1).message()), HasSubstr("nested"));
  // The longest way counts, also where a shorter one was gone first.
  std::string twice = "(" + std::string(40, ']') + std::string(39, 'a') + "q" +
                      std::string(1, '\0') + "h" + std::string(1, '\0');
  for (int i = 0; i < kMaxPickleDepth - 41; ++i) twice += "\x85";
  EXPECT_TRUE(ParsePickle(Pickled(twice + "t")).ok());
  EXPECT_FALSE(ParsePickle(Pickled(twice + "\x85t")).ok());
}

TEST(PickleTest, SizeIsBounded) {
  const auto status = [](size_t bytes) {
    const std::string empty = Pickled(PickledText(""));
    return ParsePickle(Pickled(PickledText(std::string(bytes - empty.size(), 'a')))).status();
  };
  EXPECT_TRUE(status(kMaxPickleBytes).ok());
  EXPECT_EQ(status(kMaxPickleBytes + 1).code(), absl::StatusCode::kInvalidArgument);
}

TEST(PickleTest, ARefusalSaysWhatAndWhere) {
  const absl::Status status =
      ParsePickle(Pickled(PickledCall(PickledGlobal("posix", "system"), "(X\1"))).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "byte 2, GLOBAL: the file wants to call posix.system, which is not executed; save the "
            "state dict alone: torch.save(model.state_dict(), ...)");
  const absl::Status opcode = ParsePickle(Pickled("NN\x81")).status();
  EXPECT_EQ(opcode.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(opcode.message(), "byte 4: the instruction NEWOBJ is not executed");
}

TEST(PickleTest, OpcodesHaveTheNamesOfPython) {
  EXPECT_EQ(PickleOpcodeName('R'), "REDUCE");
  EXPECT_EQ(PickleOpcodeName(0x92), "NEWOBJ_EX");
  EXPECT_EQ(PickleOpcodeName(0x99), "0x99, which is no opcode");
}

TEST(PickleTest, AnyBytesAreAStatus) {
  // All pairs of instructions, and all triples that begin with a container.
  int read = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string pair = {static_cast<char>(a), static_cast<char>(b)};
      for (const char* before : {"", "(", "]N", "}NN", "NNN"}) {
        read += ParsePickle(Pickled(before + pair)).ok();
      }
    }
  }
  EXPECT_GT(read, 10);
}

}  // namespace
}  // namespace gyrus
