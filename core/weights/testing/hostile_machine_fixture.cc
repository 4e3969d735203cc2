#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/weights/testing/hostile_fixture.h"
#include "core/weights/testing/torch_fixture.h"

namespace gyrus {
namespace {

using Files = std::vector<HostileFile>;

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();

void AddPickle(const std::string& title, const std::string& pickle, const std::string& why,
               Files& files) {
  files.push_back({title, TorchFileOf(pickle, SampleStorages()), why});
}

// One whose pickle is this program.
void Add(const std::string& title, const std::string& program, const std::string& why,
         Files& files) {
  AddPickle(title, Pickled(program), why, files);
}

std::string Times(int count, const std::string& program) {
  std::string text;
  for (int i = 0; i < count; ++i) text += program;
  return text;
}

const std::string kZero("\0", 1);

void AddNesting(Files& files) {
  constexpr int kDeep = 100000;
  Add("deep lists", Times(kDeep, "]") + Times(kDeep - 1, "a"), "nested", files);
  Add("deep tuples", ")" + Times(kDeep, "\x85"), "nested", files);
  Add("deep dicts", "}" + Times(kDeep, "K\1}") + Times(kDeep, "s"), "nested", files);
  Add("deep keys", Times(kDeep, "}") + "N" + Times(kDeep, "Ns"), "nested", files);
  Add("deep marks", Times(kDeep, "("), "more than one value", files);
  Add("deep beside a state dict",
      PickledDict({{"a", Times(100, "]") + Times(99, "a")}, {"b", "K\1"}}), "nested", files);
  Add("a list in itself", "]q" + kZero + "h" + kZero + "a", "holds itself", files);
  Add("a dict in itself", "}q" + kZero + "K\1h" + kZero + "s", "holds itself", files);
  Add("a dict that is its key", "}q" + kZero + "h" + kZero + "Ns", "holds itself", files);
  Add("a list in its tuple", "]q" + kZero + "h" + kZero + "\x85" + "a", "holds itself", files);
  Add("lists in each other", "]q" + kZero + "]q\1h" + kZero + "ah\1a", "more than one", files);
  Add("lists that hold each other", "]q" + kZero + "]q\1h" + kZero + "aa", "holds itself", files);
  // Each holds the one before ten times: 10^40 values, were they copied.
  std::string bomb = "]q" + kZero;
  for (char i = 0; i < 40; ++i) {
    const std::string get = std::string("h") + i;
    bomb += "](" + Times(10, get) + "eq" + std::string(1, static_cast<char>(i + 1));
  }
  Add("a memo bomb", "(" + bomb + "t", "a tuple", files);
  const std::string long_text = PickledText(std::string(1 << 20, 'a'));
  Add("one long name, many times",
      long_text + "q" + kZero + "}(" + Times(100000, "h" + kZero + "N") + "u\x86", "a tuple",
      files);
  Add("one long name, many times in the dict",
      "}(" + long_text + "q" + kZero + "N" + Times(100000, "h" + kZero + "N") + "u",
      "no state dict", files);
}

void AddLimits(Files& files) {
  Add("two million values", Times(2000000, "N"), "values", files);
  Add("two million memos", "N" + Times(2000000, "\x94"), "memos", files);
  Add("17 MiB of pickle", PickledText(std::string(17 << 20, 'a')), "more than weights need", files);
  Add("a memo far away", std::string("Nr\xff\xff\xff\x7f"), "memo", files);
  Add("a memo of nothing", "q" + kZero, "missing", files);
  Add("a memo that is not there", "h\5", "no memo 5", files);
  Add("a far memo that is not there", "j\xff\xff\xff\xff", "no memo", files);
  Add("text of 4 GiB",
      "X\xff\xff\xff\xff"
      "abc",
      "cut short", files);
  Add("text of 2^64 bytes", "\x8d" + std::string(8, '\xff') + "abc", "cut short", files);
  Add("short text, cut",
      "\x8c\xff"
      "abc",
      "cut short", files);
  Add("a frame of 2^64 bytes", "\x95" + std::string(8, '\xff') + "N", "cut short", files);
  Add("an integer of 9 bytes", "\x8a\t" + std::string(9, '\1'), "integer of 9", files);
  Add("an integer of 255 bytes", "\x8a\xff" + std::string(255, '\1'), "integer of 255", files);
  Add("an integer of 2^31 bytes", "\x8b\xff\xff\xff\x7f", "LONG4", files);
  Add("bytes of 2^64", "\x8e" + std::string(8, '\xff'), "BINBYTES8", files);
  Add("a byte array of 2^64", "\x96" + std::string(8, '\xff'), "BYTEARRAY8", files);
  Add("a name without end", "cos.system", "no end", files);
  AddPickle("bytes behind the end", Pickled("}") + "N", "behind its end", files);
  AddPickle("no end", std::string("\x80\x02}"), "no end", files);
  AddPickle("empty pickle", "", "protocol", files);
  AddPickle("only a protocol", "\x80\x02", "no end", files);
  Add("no value", "", "more than one value", files);
  Add("two values", "NN", "more than one value", files);
  for (const std::string opcode :
       {"a", "e", "s", "u", "t", "R", "b", "Q", "\x85", "\x86", "\x87", "\x93", "\x94"}) {
    Add("empty stack for " + opcode, opcode, "missing", files);
    // Only what takes all down to the mark may meet it.
    const bool takes_mark = opcode == "e" || opcode == "u" || opcode == "t";
    Add("stack ends at a mark for " + opcode, "NNN(" + opcode, takes_mark ? "" : "missing", files);
  }
  Add("a key without value", "}(K\1u", "no value", files);
  Add("an item for None", "NNa", "wants a list", files);
  Add("an item for a list", "]NNs", "wants a dict", files);
  Add("numbers for a name", "K\1K\1\x93", "no text", files);
}

void AddCalls(Files& files) {
  const std::string ordered = PickledGlobal("collections", "OrderedDict");
  Add("OrderedDict with arguments", PickledCall(ordered, PickledTuple({PickledList({})})),
      "arguments of OrderedDict", files);
  Add("arguments that are a list", PickledCall(ordered, "]"), "with a list", files);
  Add("a text that is called", PickledCall(PickledText("os.system"), ")"), "calls a text", files);
  for (const char* attribute : {"__class__", "__dict__", "__setstate__", "__reduce__", ""}) {
    Add(absl::StrCat("sets ", attribute),
        PickledOrderedDict({{"a", "N"}}) + PickledDict({{attribute, "N"}}) + "b", "_metadata",
        files);
  }
  Add("sets _metadata twice",
      PickledOrderedDict({}) + PickledDict({{"_metadata", "N"}, {"_metadata", "N"}}) + "b",
      "_metadata", files);
  Add("sets a number", PickledOrderedDict({}) + "}K\1K\1sb", "_metadata", files);
  Add("attributes of a dict", "}" + PickledDict({{"_metadata", "N"}}) + "b", "of a dict", files);
  Add("attributes of a list", "]" + PickledDict({{"_metadata", "N"}}) + "b", "of a list", files);
  Add("attributes that are a tuple", PickledOrderedDict({}) + ")b", "attributes", files);

  // Each argument in turn is what it never is.
  const std::string empty = PickledCall(ordered, ")");
  const std::vector<std::string> good = {PickledStorage("1", 2), PickledInt(0), PickledInts({2}),
                                         PickledInts({1}),       "\x89",        empty};
  const std::string rebuild = PickledGlobal("torch._utils", "_rebuild_tensor_v2");
  for (size_t i = 0; i <= good.size(); ++i) {
    for (const std::string& odd : {PickledText("x"),
                                   std::string("G\x7f\xf0"
                                               "123456"),
                                   PickledDict({{"hook", "N"}}), PickledList({"N"})}) {
      std::vector<std::string> arguments = good;
      arguments.resize(std::max(i + 1, good.size()));
      arguments[i] = odd;
      Add(absl::StrCat("argument ", i, " of a tensor"),
          PickledDict({{"a", PickledCall(rebuild, PickledTuple(arguments))}}),
          "arguments of _rebuild_tensor_v2", files);
    }
  }
  const std::string parameter = PickledGlobal("torch._utils", "_rebuild_parameter");
  const std::string tensor = PickledTensor(PickledStorage("1", 2), 0, {2}, {1});
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{tensor, "\x88"},
                                             {tensor, "K\1", empty},
                                             {tensor, "\x88", PickledDict({{"hook", "N"}})},
                                             {PickledStorage("1", 2), "\x88", empty}}) {
    Add("odd parameter", PickledCall(parameter, PickledTuple(arguments)),
        "arguments of _rebuild_parameter", files);
  }
}

void AddPersistentIds(Files& files) {
  const std::string tag = PickledText("storage");
  const std::string type = PickledGlobal("torch", "FloatStorage");
  const std::string key = PickledText("0");
  const std::string device = PickledText("cpu");
  const std::vector<std::string> programs = {
      PickledText("0"),
      PickledList({tag, type, key, device, "K\4"}),
      PickledTuple({}),
      PickledTuple({tag, type, key, device}),
      PickledTuple({tag, type, key, device, "K\4", "N"}),
      PickledTuple({PickledText("module"), type, key, device, "K\4"}),
      PickledTuple({"N", type, key, device, "K\4"}),
      PickledTuple({tag, PickledText("FloatStorage"), key, device, "K\4"}),
      PickledTuple({tag, PickledGlobal("collections", "OrderedDict"), key, device, "K\4"}),
      PickledTuple({tag, type, PickledInt(0), device, "K\4"}),
      PickledTuple({tag, type, PickledText(""), device, "K\4"}),
      PickledTuple({tag, type, PickledText("../version"), device, "K\4"}),
      PickledTuple({tag, type, PickledText("/etc/passwd"), device, "K\4"}),
      PickledTuple({tag, type, PickledText("0/../1"), device, "K\4"}),
      PickledTuple({tag, type, PickledText(std::string("0\0", 2)), device, "K\4"}),
      PickledTuple({tag, type, PickledText(std::string(21, '1')), device, "K\4"}),
      PickledTuple({tag, type, key, "N", "K\4"}),
      PickledTuple({tag, type, key, device, PickledInt(-1)}),
      PickledTuple({tag, type, key, device, "\x88"}),
      PickledTuple({tag, type, key, device, PickledText("4")}),
  };
  for (const std::string& program : programs) {
    Add("persistent id", PickledDict({{"a", program + "Q"}}), "persistent ids", files);
  }
}

void AddPlaces(Files& files) {
  struct Place {
    const char* title;
    int64_t offset;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
    const char* why;
  };
  const std::vector<Place> places = {
      {"negative length", 0, {-2}, {1}, "negative"},
      {"negative lengths, positive product", 0, {-2, -2}, {1, 1}, "negative"},
      {"negative stride", 1, {2}, {-1}, "negative"},
      {"negative offset", -1, {2}, {1}, "beyond"},
      {"huge offset", kHuge, {2}, {1}, "beyond"},
      {"least offset", -kHuge - 1, {2}, {1}, "beyond"},
      {"offset at the end", 4, {1}, {1}, "beyond"},
      {"offset behind the end, empty", 5, {0}, {1}, "beyond"},
      {"one too long", 0, {5}, {1}, "beyond"},
      {"one too long by offset", 1, {4}, {1}, "beyond"},
      {"one too long by stride", 0, {2}, {4}, "beyond"},
      {"huge length", 0, {kHuge}, {1}, "beyond"},
      {"huge stride", 0, {2}, {kHuge}, "beyond"},
      {"overflowing stride", 0, {3}, {kHuge}, "beyond"},
      {"overflowing sum", 0, {2, 2}, {kHuge, kHuge}, "beyond"},
      {"overflowing product", 0, {int64_t{1} << 32, int64_t{1} << 32}, {0, 0}, "beyond"},
      {"overflowing bytes", 0, {int64_t{1} << 61}, {0}, "beyond"},
      {"empty, overflowing otherwise", 0, {0, int64_t{1} << 62, 4}, {1, 1, 1}, "beyond"},
      {"a terabyte of one number", 0, {1000000, 250000}, {0, 0}, "larger than the file"},
      {"too few strides", 0, {2, 2}, {1}, "strides"},
      {"too many strides", 0, {2}, {1, 1}, "strides"},
      {"nine axes", 0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, "arguments"},
  };
  for (const Place& place : places) {
    Add(place.title,
        PickledDict({{"conv1.weight", PickledTensor(PickledStorage("0", 4), place.offset,
                                                    place.shape, place.strides)}}),
        place.why, files);
  }
  PickledItems many;
  for (int i = 0; i < 10; ++i) {
    many.emplace_back(absl::StrCat("a", i),
                      PickledTensor(PickledStorage("0", 4), 0, {3000000}, {0}));
  }
  Add("large together", PickledDict(many), "larger than the file", files);
  for (const auto& [key, elements, type] :
       std::vector<std::tuple<const char*, int, const char*>>{{"7", 4, "FloatStorage"},
                                                              {"0", 3, "FloatStorage"},
                                                              {"0", 5, "FloatStorage"},
                                                              {"0", 4, "DoubleStorage"},
                                                              {"0", 4, "HalfStorage"},
                                                              {"00", 4, "FloatStorage"}}) {
    Add(absl::StrCat("storage ", key, " of ", elements, " in ", type),
        PickledDict({{"a", PickledTensor(PickledStorage(key, elements, type), 0, {1}, {1})}}), "",
        files);
  }
}

}  // namespace

std::vector<HostileFile> HostileMachine() {
  Files files;
  AddNesting(files);
  AddLimits(files);
  AddCalls(files);
  AddPersistentIds(files);
  AddPlaces(files);
  return files;
}

}  // namespace gyrus
