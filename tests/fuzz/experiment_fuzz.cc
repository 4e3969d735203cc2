// An experiment file and overrides that nobody wrote. Nothing may crash,
// hang or leak; what is taken must stay as it is when filled twice.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/spec/check/check.h"
#include "core/spec/check/warnings.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The file, then lines that are overrides, parted by a byte that no text has.
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\xff'), input.size());
  std::vector<std::string> overrides;
  if (end < input.size()) overrides = absl::StrSplit(input.substr(end + 1), '\n');

  auto parsed = gyrus::ParseExperiment(input.substr(0, end), "fuzz", overrides);
  if (!parsed.ok()) return 0;
  gyrus::Warnings(parsed->spec);
  gyrus::FillDefaults(parsed->spec);
  const bool passes = gyrus::CheckExperiment(parsed->spec, parsed->sources).ok();
  const std::string once = parsed->spec.ShortDebugString();
  gyrus::FillDefaults(parsed->spec);
  if (passes && parsed->spec.ShortDebugString() != once) __builtin_trap();
  return 0;
}
