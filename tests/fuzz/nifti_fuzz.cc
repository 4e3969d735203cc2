// An image file that nobody wrote: nothing may crash, hang or leak, and what is
// taken must survive being written and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/volume/image.h"
#include "core/volume/nifti.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Most images are random bytes behind a header that is nearly right: magic
  // and size are set for those that begin with an odd byte.
  std::string file(reinterpret_cast<const char*>(data), size);
  if (size >= 352 && file[0] % 2 != 0) {
    file.replace(0, 4, std::string("\x5c\x01\0\0", 4));
    file.replace(344, 4, std::string("n+1\0", 4));
  }
  const auto image = gyrus::ReadCanonicalNifti(file, {.digest = false});
  if (!image.ok()) return 0;
  const auto again = gyrus::ParseNifti(gyrus::SerializeNifti(image->volume));
  if (again.ok() && again->voxels != image->volume.voxels) __builtin_trap();
  return 0;
}
