#include "common/testing/paths.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gyrus {

std::string BinaryDir() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path().string();
}

std::string SourceDir() {
  const std::string record = BinaryDir() + "/source_dir.txt";
  std::ifstream file(record);
  std::string folder;
  if (!std::getline(file, folder)) {
    std::fprintf(stderr, "%s is missing: configure the build again\n", record.c_str());
    std::abort();
  }
  return folder;
}

}  // namespace gyrus
