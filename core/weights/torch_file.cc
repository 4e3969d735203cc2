#include "core/weights/torch_file.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/weights/pickle.h"
#include "core/weights/zip_archive.h"

namespace gyrus {
namespace {

// The first pickle of the older format is a number that stands for it.
constexpr absl::string_view kOldFormat("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
                                       14);
constexpr absl::string_view kTar = "ustar";
constexpr size_t kTarPlace = 257;
constexpr absl::string_view kZip("PK\x03\x04", 4);

constexpr absl::string_view kUsualKeys[] = {"state_dict", "model_state_dict", "model",
                                            "network_weights", "net"};
// The prefixes that wrappers put before every name: DistributedDataParallel and
// DataParallel (also in MedicalNet's files), and torch.compile.
constexpr absl::string_view kWrappers[] = {"module.", "_orig_mod."};

constexpr int64_t kNewestVersion = 10;
constexpr uint64_t kMaxSmallEntry = 64;
constexpr size_t kMaxLeftAside = 1000;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(what); }
absl::Status Refused(absl::string_view what) { return absl::InvalidArgumentError(what); }

std::string Shown(absl::string_view name) { return absl::CHexEscape(name.substr(0, 100)); }

// Few and short: a pickle can name one long text a million times.
void LeaveAside(absl::string_view name, TorchFile& file) {
  if (file.left_aside.size() < kMaxLeftAside) file.left_aside.push_back(Shown(name));
}

bool IsTar(absl::string_view bytes) {
  return bytes.size() > kTarPlace && absl::StartsWith(bytes.substr(kTarPlace), kTar);
}

// The folder that holds data.pkl, with its slash.
absl::StatusOr<std::string> FindFolder(const ZipArchive& archive) {
  std::vector<std::string> folders;
  for (const auto& [name, size] : archive.sizes()) {
    if (absl::EndsWith(name, "/constants.pkl") || absl::StrContains(name, "/code/")) {
      return Refused("the file holds TorchScript; save model.state_dict() with torch.save");
    }
    const size_t slash = name.find('/');
    if (slash != std::string::npos && name.substr(slash) == "/data.pkl") {
      folders.push_back(name.substr(0, slash + 1));
    }
  }
  if (folders.empty()) return Refused("a zip archive without data.pkl, so not one of torch.save");
  if (folders.size() > 1) return Refused("a zip archive with more than one data.pkl");
  return folders[0];
}

// A small text that the archive must or may have.
absl::StatusOr<std::string> SmallEntry(ZipArchive& archive, const std::string& name) {
  const auto found = archive.sizes().find(name);
  if (found == archive.sizes().end()) return std::string();
  if (found->second > kMaxSmallEntry) return Damaged(absl::StrCat(name, " is no short text"));
  return archive.Read(name);
}

// Refuses files whose numbers would be misread, by byte order and version of the format.
absl::Status CheckForm(ZipArchive& archive, const std::string& folder) {
  GYRUS_ASSIGN_OR_RETURN(const std::string order, SmallEntry(archive, folder + "byteorder"));
  if (order == "big") {
    return Refused("the file was written on a big-endian machine; save it on another");
  }
  // Absent before PyTorch 2.1.
  if (!order.empty() && order != "little") return Damaged("its byte order is no known one");
  GYRUS_ASSIGN_OR_RETURN(std::string version, SmallEntry(archive, folder + "version"));
  if (version.empty()) {
    GYRUS_ASSIGN_OR_RETURN(version, SmallEntry(archive, folder + ".data/version"));
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(version, &number) || number < 1) return Damaged("it has no version");
  if (number > kNewestVersion) {
    return Refused(absl::StrCat("the file has version ", number, " of PyTorch's format; up to ",
                                kNewestVersion, " are read"));
  }
  return absl::OkStatus();
}

absl::StatusOr<PickleTree> ReadPickle(ZipArchive& archive, const std::string& folder) {
  const std::string name = folder + "data.pkl";
  const uint64_t size = archive.sizes().find(name)->second;
  if (size > kMaxPickleBytes) {
    return Refused(absl::StrCat("data.pkl of ", size, " bytes, more than weights need"));
  }
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, archive.Read(name));
  absl::StatusOr<PickleTree> tree = ParsePickle(bytes);
  if (!tree.ok()) return Annotate(tree.status(), "data.pkl");
  return tree;
}

bool HasTensor(const PickleTree& tree, const PickleDict& dict) {
  return std::any_of(dict.items.begin(), dict.items.end(), [&tree](const auto& item) {
    return tree.As<PickleTensor>(item.second) != nullptr;
  });
}

// The value under the first usual key that has a dict; null where none has.
const PickleDict* Inner(const PickleTree& tree, const PickleDict& dict, std::string& key) {
  for (const absl::string_view usual : kUsualKeys) {
    for (const auto& [name, value] : dict.items) {
      const auto* text = tree.As<std::string>(name);
      const auto* inner = tree.As<PickleDict>(value);
      if (text == nullptr || *text != usual || inner == nullptr) continue;
      key = *text;
      return inner;
    }
  }
  return nullptr;
}

// "epoch, optimizer and 3 more".
std::string KeysOf(const PickleTree& tree, const PickleDict& dict) {
  constexpr size_t kShown = 10;
  std::vector<std::string> keys;
  for (const auto& [name, value] : dict.items) {
    if (keys.size() == kShown) break;
    const auto* text = tree.As<std::string>(name);
    keys.push_back(text != nullptr ? Shown(text->substr(0, 30))
                                   : std::string(KindOf(tree.at(name))));
  }
  std::string shown = absl::StrJoin(keys, ", ");
  if (dict.items.size() > kShown) {
    absl::StrAppend(&shown, " and ", dict.items.size() - kShown, " more");
  }
  return shown;
}

// Goes down to the dict whose values are tensors.
absl::StatusOr<const PickleDict*> FindStateDict(const PickleTree& tree, TorchFile& file) {
  const auto* dict = tree.As<PickleDict>(tree.root);
  if (dict == nullptr) {
    return Refused(absl::StrCat("the file holds ", KindOf(tree.at(tree.root)),
                                ", not a state dict; save model.state_dict()"));
  }
  // Nesting is bounded, so this ends.
  std::string key;
  while (const PickleDict* inner = Inner(tree, *dict, key)) {
    for (const auto& [name, value] : dict->items) {
      const auto* text = tree.As<std::string>(name);
      if (text != nullptr && *text != key) LeaveAside(*text, file);
    }
    absl::StrAppend(&file.unwrapped, file.unwrapped.empty() ? "" : ".", key);
    dict = inner;
  }
  if (!HasTensor(tree, *dict)) {
    return Refused(absl::StrCat("the file holds no state dict: no tensors beside the keys ",
                                KeysOf(tree, *dict), ", and none under ",
                                absl::StrJoin(kUsualKeys, ", ")));
  }
  return dict;
}

// The state dict's tensors, in a zip archive that is being read.
class StateDictReader {
 public:
  StateDictReader(ZipArchive& archive, std::string folder, const PickleTree& tree, TorchFile& file)
      : archive_(archive), folder_(std::move(folder)), tree_(tree), file_(file) {}

  // `max_bytes` is what all tensors together may have as float32.
  absl::Status Read(const PickleDict& dict, uint64_t max_bytes) {
    std::set<absl::string_view> names;
    uint64_t bytes = 0;
    for (const auto& [key, value] : dict.items) {
      const auto* name = tree_.As<std::string>(key);
      if (name == nullptr) return Refused(absl::StrCat(KindOf(tree_.at(key)), " for a name"));
      if (!IsTensorName(*name)) {
        return Refused(absl::StrCat("the name ", Shown(*name), " is too long or no text"));
      }
      if (!names.insert(*name).second) {
        return Refused(absl::StrCat("the name ", Shown(*name), " is there twice"));
      }
      const auto* tensor = tree_.As<PickleTensor>(value);
      if (tensor == nullptr) {
        LeaveAside(*name, file_);
        continue;
      }
      absl::StatusOr<TensorView> view = View(*tensor);
      if (!view.ok()) return Annotate(view.status(), absl::StrCat("tensor ", Shown(*name)));
      if (__builtin_add_overflow(bytes, view->elements * sizeof(float), &bytes) ||
          bytes > max_bytes) {
        return Refused("its tensors are many times larger than the file");
      }
      file_.tensors.push_back({*name, *std::move(view)});
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<TensorView> View(const PickleTensor& tensor) {
    const auto& storage = *tree_.As<PickleStorage>(tensor.storage);
    auto found = file_.storages.find(storage.key);
    if (found == file_.storages.end()) {
      absl::StatusOr<std::string> bytes = archive_.Read(folder_ + "data/" + storage.key);
      if (absl::IsNotFound(bytes.status())) return Damaged(bytes.status().message());
      GYRUS_RETURN_IF_ERROR(bytes.status());
      found = file_.storages.emplace(storage.key, *std::move(bytes)).first;
    }
    const absl::string_view bytes = found->second;
    if (bytes.size() / ElementBytes(storage.type) != static_cast<uint64_t>(storage.elements)) {
      return Damaged(absl::StrCat("storage ", storage.key, " has ", bytes.size(), " bytes, not ",
                                  storage.elements, " of ", ElementName(storage.type)));
    }
    return MakeTensorView({.type = storage.type,
                           .offset = tensor.offset,
                           .shape = tensor.shape,
                           .strides = tensor.strides},
                          bytes);
  }

  ZipArchive& archive_;
  const std::string folder_;
  const PickleTree& tree_;
  TorchFile& file_;
};

// Wrappers may be nested, for example torch.compile around DataParallel.
void StripWrappers(TorchFile& file) {
  for (bool again = true; again;) {
    again = false;
    for (const absl::string_view wrapper : kWrappers) {
      const bool all =
          std::all_of(file.tensors.begin(), file.tensors.end(), [wrapper](const NamedView& tensor) {
            return absl::StartsWith(tensor.name, wrapper) && tensor.name.size() > wrapper.size();
          });
      if (!all) continue;
      for (NamedView& tensor : file.tensors) tensor.name.erase(0, wrapper.size());
      absl::StrAppend(&file.stripped, wrapper);
      again = true;
    }
  }
}

}  // namespace

bool LooksLikeTorch(absl::string_view bytes) {
  return absl::StartsWith(bytes, kZip) || absl::StartsWith(bytes, kOldFormat) || IsTar(bytes);
}

absl::StatusOr<TorchFile> ParseTorchFile(absl::string_view bytes) {
  if (absl::StartsWith(bytes, kOldFormat) || IsTar(bytes)) {
    return Refused(
        "the file is in PyTorch's format before version 1.6; load it there and save it again "
        "with torch.save of PyTorch 1.6 or newer, or as safetensors");
  }
  if (!absl::StartsWith(bytes, kZip)) return Refused("not a file of torch.save");
  GYRUS_ASSIGN_OR_RETURN(ZipArchive archive, ZipArchive::Open(bytes));
  GYRUS_ASSIGN_OR_RETURN(const std::string folder, FindFolder(archive));
  GYRUS_RETURN_IF_ERROR(CheckForm(archive, folder));
  GYRUS_ASSIGN_OR_RETURN(const PickleTree tree, ReadPickle(archive, folder));
  TorchFile file;
  GYRUS_ASSIGN_OR_RETURN(const PickleDict* const dict, FindStateDict(tree, file));
  GYRUS_RETURN_IF_ERROR(
      StateDictReader(archive, folder, tree, file)
          .Read(*dict, ZipArchive::kFreeBytes + ZipArchive::kMaxRatio * bytes.size()));
  StripWrappers(file);
  return file;
}

}  // namespace gyrus
