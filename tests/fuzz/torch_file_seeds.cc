// Writes the hostile files, the pickles in them, and good ones into a folder: the
// corpus that torch_file_fuzz starts from.
//
//   torch_file_seeds FOLDER
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "core/weights/testing/hostile_fixture.h"
#include "core/weights/testing/torch_fixture.h"
#include "core/weights/zip_archive.h"

namespace gyrus {
namespace {

constexpr size_t kMaxSeedBytes = 4096;

int Run(const std::string& folder) {
  std::vector<std::string> seeds = {
      SampleTorchFile(), Pickled(SampleStateDict()), Pickled(SampleStateDict(), 5),
      Pickled(PickledDict({{"epoch", PickledInt(7)}, {"state_dict", SampleStateDict()}}))};
  for (const HostileFile& file : HostileFiles()) {
    seeds.push_back(file.bytes);
    auto archive = ZipArchive::Open(file.bytes);
    if (!archive.ok()) continue;
    if (const auto pickle = archive->Read("sample/data.pkl"); pickle.ok()) seeds.push_back(*pickle);
  }
  // The fuzzer adds to its corpus; it begins with the same one every time.
  if (!RemoveAll(folder).ok() || !MakeFolders(folder).ok()) return 1;
  int count = 0;
  for (const std::string& seed : seeds) {
    if (seed.size() > kMaxSeedBytes) continue;
    const absl::Status status = WriteFileAtomically(absl::StrCat(folder, "/seed-", count++), seed);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) {
  if (argc == 2) return gyrus::Run(argv[1]);
  std::fprintf(stderr, "torch_file_seeds FOLDER\n");
  return 2;
}
