#include "common/program.h"

#include "common/files.h"

namespace gyrus {

absl::Status WriteAddressFile(const std::string& path, const std::string& address) {
  if (path.empty()) return absl::OkStatus();
  return WriteFileAtomically(path, address + "\n");
}

}  // namespace gyrus
