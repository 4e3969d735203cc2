// A .nii.gz to RAS float32, from a file in the page cache: against ITK, and
// against libdeflate that only decompresses it.
#include <libdeflate.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "core/volume/image.h"
#include "tests/bench/paired.h"
#ifdef GYRUS_WITH_ITK
#include "tests/bench/itk_reader.h"
#endif

namespace gyrus {
namespace {

[[noreturn]] void Stop(const std::string& why) {
  fprintf(stderr, "nifti_bench: %s\n", why.c_str());
  std::exit(1);
}

// Keeps its memory from one file to the next, as the loader does.
class Reader {
 public:
  void Read(const std::string& path) {
    const auto file = ReadFile(path);
    if (!file.ok()) Stop(file.status().ToString());
    auto image = ReadCanonicalNifti(*file, {.digest = false, .buffers = &buffers_});
    if (!image.ok()) Stop(image.status().ToString());
    benchmark::DoNotOptimize(image->volume.voxels.data());
    buffers_.voxels = std::move(image->volume.voxels);
  }

 private:
  ReadBuffers buffers_;
};

// Decompresses into memory that is there already: what no reader can be under.
class Decompressor {
 public:
  ~Decompressor() { libdeflate_free_decompressor(decompressor_); }

  void Read(const std::string& path) {
    const auto file = ReadFile(path);
    if (!file.ok()) Stop(file.status().ToString());
    uint32_t size = 0;  // The last four bytes of a gzip file.
    std::memcpy(&size, file->data() + file->size() - sizeof(size), sizeof(size));
    if (out_.size() < size) out_.resize(size);
    if (libdeflate_gzip_decompress(decompressor_, file->data(), file->size(), out_.data(), size,
                                   nullptr) != LIBDEFLATE_SUCCESS) {
      Stop(path + " cannot be decompressed");
    }
    benchmark::DoNotOptimize(out_.data());
  }

 private:
  libdeflate_decompressor* const decompressor_ = libdeflate_alloc_decompressor();
  std::vector<char> out_;
};

void RegisterFile(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  RegisterPairs("bare_libdeflate/" + name, [path](benchmark::State& state) {
    Reader reader;
    Decompressor bare;
    RunPairs(
        state, [&] { reader.Read(path); }, [&] { bare.Read(path); });
  });
#ifdef GYRUS_WITH_ITK
  RegisterPairs("itk/" + name, [path](benchmark::State& state) {
    Reader reader;
    RunPairs(
        state, [&] { reader.Read(path); }, [&] { benchmark::DoNotOptimize(ReadWithItk(path)); });
  });
#endif
}

}  // namespace
}  // namespace gyrus

// nifti_bench [benchmark options] FILE.nii.gz...
int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc < 2) gyrus::Stop("name one or more .nii.gz files");
  for (int i = 1; i < argc; ++i) gyrus::RegisterFile(argv[i]);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
