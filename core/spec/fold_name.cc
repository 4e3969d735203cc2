#include "core/spec/fold_name.h"

#include "absl/strings/str_cat.h"

namespace gyrus {

std::string FoldName(uint32_t repeat, uint32_t fold) {
  return absl::StrCat("r", repeat, "/f", fold);
}

std::string FoldFileName(uint32_t repeat, uint32_t fold) {
  return absl::StrCat("r", repeat, "-f", fold);
}

std::string FoldInWords(uint32_t repeat, uint32_t fold) {
  return absl::StrCat("repeat ", repeat, " fold ", fold);
}

}  // namespace gyrus
