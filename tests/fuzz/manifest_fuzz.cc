// A manifest that nobody wrote. Nothing may crash or hang, and no message may hold
// more than the beginning of a cell, whatever the table is.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "dataloader/cohort/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  gyrus::v1::AdmitRequest request;
  request.mutable_cohort()->set_name("c");
  (*request.mutable_cohort()->mutable_images())["T1w"] = "{subject}.nii";
  (*request.mutable_cohort()->mutable_columns())["subject"] = "s";
  request.add_channels("T1w");
  request.add_optional_numeric_columns("age");
  request.add_text_columns("sex");
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto manifest = gyrus::ReadManifest(request, text, data[0] % 2 == 0 ? "m.csv" : "m.tsv");
  constexpr size_t kLongest = 2000;
  if (!manifest.ok()) {
    if (manifest.status().message().size() > kLongest) __builtin_trap();
    return 0;
  }
  for (const gyrus::v1::Reason& reason : manifest->reasons) {
    if (reason.message().size() > kLongest) __builtin_trap();
  }
  return 0;
}
