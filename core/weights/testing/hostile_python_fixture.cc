#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/weights/pickle_opcode.h"
#include "core/weights/testing/hostile_fixture.h"
#include "core/weights/testing/torch_fixture.h"

namespace gyrus {
namespace {

using Files = std::vector<HostileFile>;

// A file with this pickle and the sample's storages.
void AddPickle(const std::string& title, const std::string& pickle, const std::string& why,
               Files& files) {
  files.push_back({title, TorchFileOf(pickle, SampleStorages()), why});
}

// One whose state dict has this value.
void AddValue(const std::string& title, const std::string& value, const std::string& why,
              Files& files) {
  AddPickle(title, Pickled(PickledDict({{"conv1.weight", value}})), why, files);
}

std::string Byte(int value) { return std::string(1, static_cast<char>(value)); }

void AddOpcodes(Files& files) {
  // The instructions that the reader knows. It refuses all others by name.
  const std::string known = ".\x95N\x88\x89JKM\x8aG\x8cX\x8d()t\x85\x86\x87]ae}suqr\x94hjc\x93RbQ";
  for (int opcode = 0; opcode < 256; ++opcode) {
    if (known.find(Byte(opcode)) != std::string::npos) continue;
    const std::string name = PickleOpcodeName(opcode);
    AddPickle(absl::StrCat("opcode ", name),
              Pickled(absl::StrCat("NN(", Byte(opcode), std::string(16, '\0'))), name, files);
  }
  const std::string command = absl::StrCat("touch ", kHostileTrace);
  AddPickle("INST of os.system", Pickled(absl::StrCat("(", PickledText(command), "ios\nsystem\n")),
            "INST", files);
  AddPickle("OBJ of a text", Pickled(absl::StrCat("(", PickledText("os"), "o")), "OBJ", files);
  AddPickle("STRING that Python evaluates", Pickled("S'os'\n"), "STRING", files);
  AddPickle("old integer", Pickled("I1\n"), "INT", files);
  AddPickle("old persistent id", Pickled("P0\n"), "PERSID", files);
  for (const int protocol : {0, 1, 6, 255}) {
    AddPickle(absl::StrCat("protocol ", protocol), Pickled(SampleStateDict(), protocol), "protocol",
              files);
  }
  AddPickle("no protocol", SampleStateDict() + ".", "protocol", files);
  AddPickle("a second protocol", Pickled(Byte(0x80) + Byte(2) + SampleStateDict()), "PROTO", files);
}

void AddGlobals(Files& files) {
  const std::pair<const char*, const char*> names[] = {
      {"os", "system"},
      {"posix", "system"},
      {"nt", "system"},
      {"builtins", "eval"},
      {"builtins", "exec"},
      {"__builtin__", "getattr"},
      {"builtins", "__import__"},
      {"importlib", "import_module"},
      {"subprocess", "Popen"},
      {"runpy", "_run_code"},
      {"torch", "load"},
      {"torch.serialization", "load"},
      {"torch.hub", "load"},
      {"torch._utils", "_rebuild_tensor"},
      {"torch._utils", "_rebuild_tensor_v2.__globals__"},
      {"torch._utils", "_rebuild_tensor_v2\t"},
      {"torch.jit", "_load_from_bytes"},
      {"torch", "FloatStorage.from_file"},
      {"collections", "OrderedDict.fromkeys"},
      {"collections", "defaultdict"},
      {"numpy.core.multiarray", "_reconstruct"},
      {"_codecs", "encode"},
      {"copyreg", "_reconstructor"},
      {"evil", "OrderedDict"},
      {"evil._utils", "_rebuild_tensor_v2"},
      {"evil", "FloatStorage"},
      {"", ""},
  };
  const std::string argument = PickledText(absl::StrCat("touch ", kHostileTrace));
  for (const auto& [module, name] : names) {
    const std::string what = absl::StrCat(module, ".", name);
    const std::string why = absl::StrCat(module, ".", absl::CHexEscape(name));
    const std::string global = PickledGlobal(module, name);
    const std::string stacked = absl::StrCat(PickledText(module), PickledText(name), Byte(0x93));
    AddValue("GLOBAL " + what, global, why, files);
    AddValue("call of " + what, PickledCall(global, PickledTuple({argument})), why, files);
    AddPickle("STACK_GLOBAL " + what, Pickled(PickledCall(stacked, PickledTuple({argument})), 4),
              why, files);
    AddValue("attributes by " + what,
             absl::StrCat(PickledOrderedDict({{"__setstate__", global}}), argument, "b"), why,
             files);
    AddValue("storage of " + what,
             PickledTuple({PickledText("storage"), global, PickledText("0"), PickledText("cpu"),
                           PickledInt(4)}) +
                 "Q",
             why, files);
  }
}

// Files that mean well, of kinds that are not read: the refusal says which.
void AddKinds(Files& files) {
  const std::tuple<const char*, const char*, const char*> kinds[] = {
      {"torch.nn.modules.conv", "Conv3d", "whole model"},
      {"torchvision.models.resnet", "ResNet", "whole model"},
      {"monai.networks.nets.resnet", "ResNet", "whole model"},
      {"__main__", "Net", "whole model"},
      {"torch._utils", "_rebuild_qtensor", "quantized"},
      {"torch", "QInt8Storage", "quantized"},
      {"torch._utils", "_rebuild_sparse_tensor", "sparse"},
      {"torch._utils", "_rebuild_nested_tensor", "nested"},
      {"torch._utils", "_rebuild_tensor_v3", "type that is not read"},
      {"torch", "ComplexFloatStorage", "complex"},
      {"torch._tensor", "_rebuild_from_type_v2", "attributes"},
      {"torch.distributed._shard.sharded_tensor.api", "ShardedTensor", "sharded"},
      {"torch.distributed.tensor", "DTensor", "sharded"},
      {"torch.storage", "UntypedStorage", "UntypedStorage"},
  };
  for (const auto& [module, name, why] : kinds) {
    AddValue(absl::StrCat("kind ", name), PickledGlobal(module, name), why, files);
  }
  AddValue("a storage class that is called",
           PickledCall(PickledGlobal("torch", "FloatStorage"), PickledInts({4})), "storage class",
           files);
  AddPickle("no dict", Pickled(PickledList({})), "a list, not a state dict", files);
  AddPickle("a text", Pickled(PickledText("weights")), "a text, not a state dict", files);
  AddPickle("a function", Pickled(PickledGlobal("collections", "OrderedDict")), "a function",
            files);
  AddPickle("empty dict", Pickled("}"), "no state dict", files);
  AddPickle("no tensors", Pickled(PickledDict({{"epoch", "K\1"}, {"optimizer", "}"}})),
            "epoch, optimizer", files);
}

void AddNames(Files& files) {
  const std::string tensor = PickledTensor(PickledStorage("1", 2), 0, {2}, {1});
  AddPickle("a number for a name",
            Pickled(absl::StrCat("}(", PickledText("a"), tensor, "K\1", tensor, "u")),
            "an integer for a name", files);
  AddPickle("a name twice", Pickled(PickledDict({{"a", tensor}, {"a", tensor}})), "twice", files);
  AddPickle("a name that is no text", Pickled(PickledDict({{"a\x1b[2J", tensor}})), "no text",
            files);
  AddPickle("a name of 8-bit bytes", Pickled(PickledDict({{"a\xff", tensor}})), "no text", files);
  AddPickle("a long name", Pickled(PickledDict({{std::string(5000, 'a'), tensor}})), "too long",
            files);
}

}  // namespace

std::vector<HostileFile> HostilePython() {
  Files files;
  AddOpcodes(files);
  AddGlobals(files);
  AddKinds(files);
  AddNames(files);
  return files;
}

}  // namespace gyrus
