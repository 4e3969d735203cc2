#include "core/weights/testing/torch_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gyrus {
namespace {

std::string Little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

std::string Items(const PickledItems& items) {
  std::string program = "(";
  for (const auto& [name, value] : items) absl::StrAppend(&program, PickledText(name), value);
  return program + "u";
}

}  // namespace

std::string PickledText(const std::string& text) {
  return absl::StrCat("X", Little(text.size(), 4), text);
}

std::string PickledInt(int64_t number) {
  if (number >= 0 && number < 256) return absl::StrCat("K", Little(number, 1));
  if (number >= INT32_MIN && number <= INT32_MAX) return absl::StrCat("J", Little(number, 4));
  return absl::StrCat("\x8a\x08", Little(number, 8));
}

std::string PickledTuple(const std::vector<std::string>& items) {
  return absl::StrCat("(", absl::StrJoin(items, ""), "t");
}

std::string PickledInts(const std::vector<int64_t>& numbers) {
  std::vector<std::string> items;
  for (const int64_t number : numbers) items.push_back(PickledInt(number));
  return PickledTuple(items);
}

std::string PickledList(const std::vector<std::string>& items) {
  return absl::StrCat("](", absl::StrJoin(items, ""), "e");
}

std::string PickledDict(const PickledItems& items) { return "}" + Items(items); }

std::string PickledOrderedDict(const PickledItems& items) {
  return PickledCall(PickledGlobal("collections", "OrderedDict"), ")") + Items(items);
}

std::string PickledGlobal(const std::string& module, const std::string& name) {
  return absl::StrCat("c", module, "\n", name, "\n");
}

std::string PickledCall(const std::string& function, const std::string& arguments) {
  return absl::StrCat(function, arguments, "R");
}

std::string PickledStorage(const std::string& key, int64_t elements, const std::string& type) {
  return PickledTuple({PickledText("storage"), PickledGlobal("torch", type), PickledText(key),
                       PickledText("cpu"), PickledInt(elements)}) +
         "Q";
}

std::string PickledTensor(const std::string& storage, int64_t offset,
                          const std::vector<int64_t>& shape, const std::vector<int64_t>& strides) {
  return PickledCall(
      PickledGlobal("torch._utils", "_rebuild_tensor_v2"),
      PickledTuple({storage, PickledInt(offset), PickledInts(shape), PickledInts(strides), "\x89",
                    PickledCall(PickledGlobal("collections", "OrderedDict"), ")")}));
}

std::string Pickled(const std::string& value, int protocol) {
  return absl::StrCat("\x80", Little(protocol, 1), value, ".");
}

std::string FloatBytes(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::vector<ZipEntry> TorchEntries(const std::string& pickle, const PickledStorages& storages) {
  std::vector<ZipEntry> entries = {{.name = "sample/data.pkl", .data = pickle},
                                   {.name = "sample/byteorder", .data = "little"}};
  for (const auto& [key, bytes] : storages) {
    entries.push_back({.name = "sample/data/" + key, .data = bytes});
  }
  entries.push_back({.name = "sample/version", .data = "3\n"});
  return entries;
}

std::string TorchFileOf(const std::string& pickle, const PickledStorages& storages) {
  return ZipOf(TorchEntries(pickle, storages));
}

std::string SampleStateDict() {
  return PickledOrderedDict(
      {{"conv1.weight", PickledTensor(PickledStorage("0", 4), 0, {2, 1, 1, 1, 2}, {2, 2, 2, 2, 1})},
       {"fc.bias", PickledTensor(PickledStorage("1", 2), 0, {2}, {1})}});
}

PickledStorages SampleStorages() {
  return {{"0", FloatBytes({0.5f, 1.5f, 2.5f, 3.5f})}, {"1", FloatBytes({4.5f, 5.5f})}};
}

std::string SampleTorchFile() { return TorchFileOf(Pickled(SampleStateDict()), SampleStorages()); }

}  // namespace gyrus
