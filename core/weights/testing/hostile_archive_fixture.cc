#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/weights/testing/hostile_fixture.h"
#include "core/weights/testing/torch_fixture.h"

namespace gyrus {
namespace {

using Files = std::vector<HostileFile>;

std::vector<ZipEntry> SampleEntries() {
  return TorchEntries(Pickled(SampleStateDict()), SampleStorages());
}

// The sample after `change`.
void Add(const std::string& title, const std::function<void(std::vector<ZipEntry>&)>& change,
         const std::string& why, Files& files) {
  std::vector<ZipEntry> entries = SampleEntries();
  change(entries);
  files.push_back({title, ZipOf(entries), why});
}

// The sample with one entry more.
void AddEntry(const std::string& title, const ZipEntry& entry, const std::string& why,
              Files& files) {
  Add(
      title, [&entry](auto& entries) { entries.push_back(entry); }, why, files);
}

void AddCuts(Files& files) {
  const std::string good = SampleTorchFile();
  for (int i = 0; i < 60; ++i) {
    files.push_back({absl::StrCat("cut at ", i, "/60"), good.substr(0, good.size() * i / 60), ""});
  }
  files.push_back({"without its beginning", good.substr(1), ""});
  files.push_back({"bytes before it", "PK\3\4" + good, ""});
  files.push_back({"bytes behind it", good + "more", ""});
}

void AddEntries(Files& files) {
  AddEntry("a name twice", {.name = "sample/data/0", .data = "abcd"}, "", files);
  AddEntry("a name that leaves", {.name = "sample/../../evil", .data = "abcd"}, "leaves", files);
  AddEntry("an absolute name", {.name = "/etc/passwd", .data = "abcd"}, "leaves", files);
  AddEntry("a name of Windows", {.name = "sample\\..\\evil", .data = "abcd"}, "leaves", files);
  AddEntry("no name", {.name = "", .data = "abcd"}, "", files);
  for (const uint16_t method : {1, 9, 12, 14, 93, 95}) {
    AddEntry(absl::StrCat("method ", method), {.name = "sample/x", .data = "a", .method = method},
             absl::StrCat("method ", method), files);
  }
  AddEntry("another encryption", {.name = "sample/x", .data = "a", .method = 99}, "", files);
  for (size_t i = 0; i < SampleEntries().size(); ++i) {
    const std::string name = SampleEntries()[i].name;
    const auto change = [i](auto edit) {
      return [i, edit](std::vector<ZipEntry>& entries) { edit(entries[i]); };
    };
    Add("encrypted " + name, change([](ZipEntry& e) { e.flags = 1; }), "encrypted", files);
    Add("another CRC of " + name, change([](ZipEntry& e) { e.crc = 12345; }), "CRC", files);
    Add("longer than it is: " + name,
        change([](ZipEntry& e) { e.unpacked_bytes = e.data.size() + 1; }), "", files);
    Add("of 4 GiB: " + name, change([](ZipEntry& e) {
          e.unpacked_bytes = 0xfffffffe;
          e.packed_bytes = 0xfffffffe;
        }),
        "", files);
    Add("deflated, longer than it says: " + name, change([](ZipEntry& e) {
          e.deflate = true;
          e.unpacked_bytes = e.data.size() - 1;
        }),
        "", files);
    Add("deflated, shorter than it says: " + name, change([](ZipEntry& e) {
          e.deflate = true;
          e.unpacked_bytes = e.data.size() + 1;
        }),
        "", files);
    Add("said to be deflated: " + name, change([](ZipEntry& e) { e.method = 8; }), "", files);
    Add("another name before the data of " + name,
        change([](ZipEntry& e) { e.local_name = "sample/other"; }), "", files);
  }
}

void AddBombs(Files& files) {
  AddEntry("a zip bomb",
           {.name = "sample/data/9", .data = std::string(80 << 20, '\0'), .deflate = true},
           "unpacks to", files);
  Add(
      "many entries",
      [](auto& entries) {
        for (int i = 0; i < 66000; ++i) entries.push_back({.name = absl::StrCat("sample/", i)});
      },
      "", files);
  // One entry's data are the header and data of another.
  ZipEntry inner{.name = "sample/inner", .data = std::string(10000, 'a')};
  const std::string archive = ZipOf({inner});
  ZipEntry outer{.name = "sample/outer",
                 .data = archive.substr(0, 30 + inner.name.size() + inner.data.size())};
  inner.offset = 30 + outer.name.size();
  files.push_back({"entries in each other", ZipOf({outer, inner}), "overlap"});
}

void AddForms(Files& files) {
  const auto text = [](size_t i, const std::string& data) {
    return [i, data](std::vector<ZipEntry>& entries) { entries[i].data = data; };
  };
  Add("big endian", text(1, "big"), "big-endian", files);
  Add("middle endian", text(1, "middle"), "byte order", files);
  Add("a byte order of many bytes", text(1, std::string(1000, 'l')), "short text", files);
  for (const char* version : {"", "0", "-1", "three", "99999999999999999999"}) {
    Add(absl::StrCat("version ", version), text(4, version), "version", files);
  }
  Add("a newer version", text(4, "11"), "version 11", files);
  Add(
      "no pickle", [](auto& entries) { entries[0].name = "sample/data.txt"; }, "data.pkl", files);
  Add(
      "a pickle in a deeper folder", [](auto& entries) { entries[0].name = "a/b/data.pkl"; },
      "data.pkl", files);
  Add(
      "a pickle in no folder", [](auto& entries) { entries[0].name = "data.pkl"; }, "data.pkl",
      files);
  AddEntry("two pickles", {.name = "other/data.pkl", .data = "N."}, "more than one", files);
  AddEntry("constants", {.name = "sample/constants.pkl", .data = "N."}, "TorchScript", files);
  AddEntry("code", {.name = "sample/code/__torch__.py", .data = ""}, "TorchScript", files);
  const std::string old("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  files.push_back({"the format before 1.6", old + SampleTorchFile(), "before version 1.6"});
  files.push_back({"a tar of long ago", std::string(257, 'a') + "ustar", "before version 1.6"});
  files.push_back({"arrays of NumPy", ZipOf({{.name = "a.npy", .data = "x"}}), "data.pkl"});
  files.push_back({"no entries", ZipOf({}), ""});
  files.push_back({"nothing", "", "neither"});
  files.push_back({"a text", "weights, all of them", "neither"});
  files.push_back({"HDF5", "\x89HDF\r\n\x1a\n", "neither"});
}

}  // namespace

std::vector<HostileFile> HostileArchives() {
  Files files;
  AddCuts(files);
  AddEntries(files);
  AddBombs(files);
  AddForms(files);
  return files;
}

std::vector<HostileFile> HostileFiles() {
  Files files = HostilePython();
  for (const Files& part : {HostileMachine(), HostileArchives()}) {
    files.insert(files.end(), part.begin(), part.end());
  }
  return files;
}

}  // namespace gyrus
