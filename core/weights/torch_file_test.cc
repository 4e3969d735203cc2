#include "core/weights/torch_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/weights/testing/torch_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Names, shapes and values: all that a reader may see.
std::string Seen(const TorchFile& file) {
  std::string text;
  for (const auto& [name, view] : file.tensors) {
    std::vector<float> values(view.elements);
    CopyAsFloat32(view, values);
    absl::StrAppend(&text, name, " ", ElementName(view.type), " ", ShapeText(view.shape));
    for (const float value : values) absl::StrAppend(&text, " ", value);
    absl::StrAppend(&text, "\n");
  }
  return absl::StrCat(text, file.unwrapped, "\n", file.stripped);
}

constexpr char kSample[] =
    "conv1.weight float32 [2, 1, 1, 1, 2] 0.5 1.5 2.5 3.5\nfc.bias float32 [2] 4.5 5.5\n\n";

TorchFile Parsed(const std::string& bytes) {
  auto file = ParseTorchFile(bytes);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : TorchFile();
}

std::string Tensor(const std::string& key = "1") {
  return PickledTensor(PickledStorage(key, key == "1" ? 2 : 4), 0, {2}, {1});
}

TorchFile ParsedPickle(const std::string& value) {
  return Parsed(TorchFileOf(Pickled(value), SampleStorages()));
}

std::vector<std::string> NamesOf(const TorchFile& file) {
  std::vector<std::string> names;
  for (const NamedView& tensor : file.tensors) names.push_back(tensor.name);
  return names;
}

TEST(TorchFileTest, ReadsAStateDict) { EXPECT_EQ(Seen(Parsed(SampleTorchFile())), kSample); }

TEST(TorchFileTest, MovingTheFileKeepsItsBytes) {
  TorchFile file = Parsed(SampleTorchFile());
  const TorchFile moved = std::move(file);
  EXPECT_EQ(Seen(moved), kSample);
}

TEST(TorchFileTest, AnArchiveThatWasPackedAgainIsRead) {
  std::vector<ZipEntry> entries = TorchEntries(Pickled(SampleStateDict()), SampleStorages());
  for (ZipEntry& entry : entries) entry.deflate = true;
  EXPECT_EQ(Seen(Parsed(ZipOf(entries, /*zip64=*/true))), kSample);
}

TEST(TorchFileTest, OlderAndNewerArchivesOfTheFormatAreRead) {
  std::vector<ZipEntry> entries = TorchEntries(Pickled(SampleStateDict()), SampleStorages());
  entries.erase(entries.begin() + 1);  // No byte order, before 2.1.
  entries.push_back({.name = "sample/.data/serialization_id", .data = "123"});
  EXPECT_EQ(Seen(Parsed(ZipOf(entries))), kSample);
  entries.insert(entries.begin(), {.name = "sample/.data/version", .data = "10\n"});
  std::erase_if(entries, [](const ZipEntry& entry) { return entry.name == "sample/version"; });
  EXPECT_EQ(Seen(Parsed(ZipOf(entries))), kSample);
}

TEST(TorchFileTest, ACheckpointIsUnwrapped) {
  for (const char* key : {"state_dict", "model_state_dict", "model", "network_weights", "net"}) {
    const TorchFile file =
        ParsedPickle(PickledDict({{"epoch", "K\3"}, {key, SampleStateDict()}, {"best", Tensor()}}));
    EXPECT_EQ(file.unwrapped, key);
    EXPECT_THAT(NamesOf(file), ElementsAre("conv1.weight", "fc.bias"));
    EXPECT_THAT(file.left_aside, ElementsAre("epoch", "best"));
  }
  const TorchFile nested =
      ParsedPickle(PickledDict({{"model", PickledDict({{"state_dict", SampleStateDict()}})}}));
  EXPECT_EQ(nested.unwrapped, "model.state_dict");
  EXPECT_THAT(NamesOf(nested), SizeIs(2));
}

TEST(TorchFileTest, ATensorNamedAsAUsualKeyIsATensor) {
  const TorchFile file = ParsedPickle(PickledDict({{"model", Tensor()}, {"net", Tensor()}}));
  EXPECT_EQ(file.unwrapped, "");
  EXPECT_THAT(NamesOf(file), ElementsAre("model", "net"));
}

TEST(TorchFileTest, WrappersAreStrippedFromAllNamesOrNone) {
  const TorchFile all =
      ParsedPickle(PickledDict({{"module.fc.bias", Tensor()}, {"module.a", Tensor()}}));
  EXPECT_EQ(all.stripped, "module.");
  EXPECT_THAT(NamesOf(all), ElementsAre("fc.bias", "a"));
  const TorchFile some =
      ParsedPickle(PickledDict({{"module.fc.bias", Tensor()}, {"fc.bias", Tensor()}}));
  EXPECT_EQ(some.stripped, "");
  EXPECT_THAT(NamesOf(some), ElementsAre("module.fc.bias", "fc.bias"));
  const TorchFile both = ParsedPickle(PickledDict({{"_orig_mod.module.fc.bias", Tensor()}}));
  EXPECT_EQ(both.stripped, "_orig_mod.module.");
  EXPECT_THAT(NamesOf(both), ElementsAre("fc.bias"));
  EXPECT_THAT(NamesOf(ParsedPickle(PickledDict({{"module.", Tensor()}}))), ElementsAre("module."));
}

TEST(TorchFileTest, TensorsMayShareAStorage) {
  const TorchFile file =
      ParsedPickle(PickledDict({{"a", PickledTensor(PickledStorage("0", 4), 0, {2, 2}, {2, 1})},
                                {"b", PickledTensor(PickledStorage("0", 4), 0, {2, 2}, {1, 2})},
                                {"c", PickledTensor(PickledStorage("0", 4), 2, {2}, {1})}}));
  EXPECT_EQ(Seen(file),
            "a float32 [2, 2] 0.5 1.5 2.5 3.5\nb float32 [2, 2] 0.5 2.5 1.5 3.5\n"
            "c float32 [2] 2.5 3.5\n\n");
  EXPECT_THAT(file.storages, SizeIs(1));
}

TEST(TorchFileTest, ParametersAreTensorsAndTheRestIsLeftAside) {
  const std::string parameter =
      PickledCall(PickledGlobal("torch._utils", "_rebuild_parameter"),
                  PickledTuple({Tensor(), "\x88",
                                PickledCall(PickledGlobal("collections", "OrderedDict"), ")")}));
  const TorchFile file = ParsedPickle(
      PickledDict({{"weight", parameter}, {"_extra_state", "N"}, {"lr", PickledList({"K\1"})}}));
  EXPECT_EQ(Seen(file), "weight float32 [2] 4.5 5.5\n\n");
  EXPECT_THAT(file.left_aside, ElementsAre("_extra_state", "lr"));
}

TEST(TorchFileTest, StoragesOfOthersAreNotUnpacked) {
  // The optimiser's state may be damaged: no weight depends on it.
  std::vector<ZipEntry> entries =
      TorchEntries(Pickled(PickledDict({{"state_dict", PickledDict({{"a", Tensor("1")}})},
                                        {"optimizer", PickledDict({{"a", Tensor("0")}})}})),
                   SampleStorages());
  entries[2].crc = 7;
  EXPECT_THAT(Parsed(ZipOf(entries)).storages, SizeIs(1));
}

TEST(TorchFileTest, EveryElementTypeHasItsStorage) {
  for (const auto& [storage, type, bytes] :
       std::vector<std::tuple<const char*, const char*, int>>{{"HalfStorage", "float16", 2},
                                                              {"BFloat16Storage", "bfloat16", 2},
                                                              {"FloatStorage", "float32", 4},
                                                              {"DoubleStorage", "float64", 8},
                                                              {"BoolStorage", "bool", 1},
                                                              {"ByteStorage", "uint8", 1},
                                                              {"CharStorage", "int8", 1},
                                                              {"ShortStorage", "int16", 2},
                                                              {"IntStorage", "int32", 4},
                                                              {"LongStorage", "int64", 8}}) {
    const TorchFile file = Parsed(TorchFileOf(
        Pickled(PickledDict({{"a", PickledTensor(PickledStorage("0", 3, storage), 0, {3}, {1})}})),
        {{"0", std::string(3 * bytes, '\0')}}));
    ASSERT_THAT(file.tensors, SizeIs(1));
    EXPECT_EQ(ElementName(file.tensors[0].view.type), type);
  }
}

TEST(TorchFileTest, AnyBitThatFlipsIsNoticedOrDoesNotMatter) {
  const std::string good = SampleTorchFile();
  int refused = 0;
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto file = ParseTorchFile(bytes);
    refused += !file.ok();
    if (!file.ok()) {
      ASSERT_THAT(std::string(file.status().message()), testing::Not(IsEmpty())) << bit;
    } else {
      ASSERT_EQ(Seen(*file), kSample) << "bit " << bit;
    }
  }
  EXPECT_GT(refused, static_cast<int>(good.size() * 4));
}

TEST(TorchFileTest, AFileCutShortAnywhereIsRefused) {
  const std::string good = SampleTorchFile();
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseTorchFile(good.substr(0, size)).ok()) << size;
  }
}

TEST(TorchFileTest, AMissingStorageIsNamed) {
  const absl::Status status =
      ParseTorchFile(TorchFileOf(Pickled(SampleStateDict()), {SampleStorages()[0]})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tensor fc.bias"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("sample/data/1"));
}

}  // namespace
}  // namespace gyrus
