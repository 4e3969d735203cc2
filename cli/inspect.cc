// gyrus inspect: shows how Gyrus reads a volume, or why it refuses it.
#include <algorithm>
#include <array>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/program.h"
#include "common/status.h"
#include "core/volume/image.h"
#include "core/volume/nifti.h"

namespace gyrus::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InspectOptions {
  std::vector<std::string> files;
  std::string write;
  bool json = false;
};

struct Intensity {
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  double mean = 0;
  double zero_share = 0;
};

Intensity IntensityOf(const Volume& volume) {
  Intensity intensity;
  double sum = 0;
  size_t zeros = 0;
  for (const float v : volume.voxels) {
    intensity.min = std::min(intensity.min, v);
    intensity.max = std::max(intensity.max, v);
    sum += v;
    zeros += v == 0;
  }
  intensity.mean = sum / static_cast<double>(volume.size());
  intensity.zero_share = static_cast<double>(zeros) / static_cast<double>(volume.size());
  return intensity;
}

// One file, and what was read from it.
struct Finding {
  std::string path;
  absl::StatusOr<CanonicalImage> image;
};

Finding Inspect(const std::string& path, ReadBuffers& buffers) {
  const auto read = [&]() -> absl::StatusOr<CanonicalImage> {
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    auto image = ReadCanonicalNifti(file.bytes(), {.digest = false, .buffers = &buffers});
    if (!image.ok()) return Annotate(image.status(), path);
    return image;
  };
  return {path, read()};
}

std::string Orientation(const NiftiHeader& header) {
  return absl::StrCat(OrientationOf(header.affine), " (",
                      header.affine_from == NiftiHeader::AffineFrom::kSform ? "sform" : "qform",
                      ")");
}

std::string Scaling(const NiftiHeader& header) {
  if (header.slope == 1 && header.inter == 0) return "not scaled";
  return absl::StrFormat("scaled: value * %g + %g", header.slope, header.inter);
}

std::string Text(const std::string& path, const CanonicalImage& image) {
  const NiftiHeader& header = image.header;
  const Intensity intensity = IntensityOf(image.volume);
  const auto spacing = SpacingOf(header.affine);
  std::string text = absl::StrCat(path, "\n");
  const auto line = [&text](absl::string_view name, absl::string_view value) {
    absl::StrAppendFormat(&text, "  %-12s  %s\n", name, value);
  };
  line("type", absl::StrCat(NameOf(header.type), ", ", header.big_endian ? "big" : "little",
                            " endian, ", Scaling(header)));
  line("shape", absl::StrJoin(header.shape, " x "));
  line("spacing", absl::StrFormat("%.6g x %.6g x %.6g mm", spacing[0], spacing[1], spacing[2]));
  line("orientation", absl::StrCat(Orientation(header), ", becomes RAS with shape ",
                                   absl::StrJoin(image.volume.shape, " x ")));
  for (int row = 0; row < 3; ++row) {
    const auto& a = header.affine[row];
    line(row == 0 ? "affine" : "",
         absl::StrFormat("%10.5g %10.5g %10.5g %10.5g", a[0], a[1], a[2], a[3]));
  }
  line("intensity", absl::StrFormat("%g to %g, mean %.6g, %.1f %% zeros", intensity.min,
                                    intensity.max, intensity.mean, 100 * intensity.zero_share));
  line("voxel digest", Hex(VoxelDigest(image.volume)));
  return text;
}

Json ToJson(const Finding& finding) {
  Json json = {{"path", finding.path}, {"ok", finding.image.ok()}};
  if (!finding.image.ok()) {
    json["error"] = std::string(finding.image.status().message());
    return json;
  }
  const NiftiHeader& header = finding.image->header;
  const Volume& volume = finding.image->volume;
  const Intensity intensity = IntensityOf(volume);
  json["type"] = std::string(NameOf(header.type));
  json["endianness"] = header.big_endian ? "big" : "little";
  json["scaling"] = {{"slope", header.slope}, {"inter", header.inter}};
  json["shape"] = header.shape;
  json["spacing_mm"] = SpacingOf(header.affine);
  json["orientation"] = OrientationOf(header.affine);
  json["affine_from"] = header.affine_from == NiftiHeader::AffineFrom::kSform ? "sform" : "qform";
  json["affine"] = header.affine;
  json["canonical"] = {{"orientation", "RAS"}, {"shape", volume.shape}, {"affine", volume.affine}};
  json["intensity"] = {{"min", intensity.min},
                       {"max", intensity.max},
                       {"mean", intensity.mean},
                       {"zero_share", intensity.zero_share}};
  json["voxel_digest"] = Hex(VoxelDigest(volume));
  return json;
}

// The extension of `path` decides whether the file is compressed.
int Write(const std::string& path, const Volume& volume) {
  const std::string bytes = SerializeNifti(volume);
  const absl::Status status =
      WriteFileAtomically(path, absl::EndsWith(path, ".gz") ? Gzip(bytes) : bytes);
  if (status.ok()) return kExitSuccess;
  PrintError(status.message());
  return ExitCodeFor(status);
}

int Run(const InspectOptions& options) {
  if (!options.write.empty() && options.files.size() != 1) {
    PrintError("inspect: --write takes one FILE");
    return kExitUsage;
  }
  int code = kExitSuccess;
  Json files = Json::array();
  ReadBuffers buffers;
  for (const std::string& path : options.files) {
    const Finding finding = Inspect(path, buffers);
    if (!finding.image.ok()) {
      code = kExitData;
      PrintError(finding.image.status().message());
    } else if (!options.write.empty()) {
      code = Write(options.write, finding.image->volume);
    }
    if (options.json) {
      files.push_back(ToJson(finding));
    } else if (finding.image.ok()) {
      std::cout << Text(path, *finding.image);
    }
  }
  if (options.json) {
    // A path need not be UTF-8, but JSON must be.
    std::cout << Json{{"files", files}}.dump(-1, ' ', false, Json::error_handler_t::replace)
              << "\n";
  }
  return code;
}

std::string CheckOutName(const std::string& path) {
  if (absl::EndsWith(path, ".nii") || absl::EndsWith(path, ".nii.gz")) return "";
  return "does not end in .nii or .nii.gz";
}

}  // namespace

void AddInspect(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* const command =
      app.add_subcommand("inspect", "Show how Gyrus reads volumes, or why it refuses them");
  command->add_option("FILE", options->files, "NIfTI-1 files (.nii, .nii.gz)")
      ->type_name("")
      ->required();
  command
      ->add_option("--write", options->write,
                   "Save the one FILE as canonical (RAS) float32: OUT.nii or OUT.nii.gz")
      ->type_name("OUT")
      ->check(CheckOutName);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Example:\n"
      "  gyrus inspect sub-01_T1w.nii.gz sub-02_T1w.nii.gz\n"
      "  gyrus inspect sub-01_T1w.nii.gz --write sub-01_ras.nii\n"
      "Ends with 3 when a file is refused.");
  command->callback([options, &chosen] { chosen = [options] { return Run(*options); }; });
}

}  // namespace gyrus::cli
