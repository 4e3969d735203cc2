// gyrus-attribution: shows which part of a brain a network's output depends on.
// `gyrus gradcam` starts it, because `gyrus` itself does not link torch.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "attribution/attribution.h"
#include "attribution/checkpoint.h"
#include "attribution/subject.h"
#include "attribution/trained_range.h"
#include "common/command_line/parse_line.h"
#include "common/files.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/run_folder.h"
#include "common/status.h"

namespace gyrus {
namespace {

// The configuration of this program, as the command line gives it.
struct Config {
  std::string checkpoint;
  std::vector<std::string> images;      // CHANNEL=FILE
  std::vector<std::string> covariates;  // COLUMN=NUMBER
  std::string out;
  std::string layer;
  std::string class_name;
  bool json = false;
};

absl::StatusOr<std::map<std::string, std::string>> ByName(const std::vector<std::string>& pairs,
                                                          absl::string_view option) {
  std::map<std::string, std::string> named;
  for (const std::string& pair : pairs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty() || !named.insert(parts).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(option, " ", pair, ": must be NAME=VALUE, each name once"));
    }
  }
  return named;
}

void Print(const Config& config, const Attribution& attribution,
           const std::optional<TrainedRange>& range, const std::vector<std::string>& files) {
  const std::string warning =
      range.has_value() ? WarningOf(*range, attribution.prediction) : std::string();
  if (config.json) {
    nlohmann::ordered_json object = {{"prediction", attribution.prediction}};
    if (!attribution.class_name.empty()) object["class"] = attribution.class_name;
    if (!attribution.unit.empty()) object["unit"] = attribution.unit;
    if (range.has_value()) {
      object["trained_on"] = {{"n", range->n}, {"least", range->least}, {"most", range->most}};
    }
    if (!warning.empty()) object["warning"] = warning;
    object["layer"] = attribution.layer;
    object["layer_shape"] = attribution.layer_shape;
    object["folder"] = config.out;
    object["files"] = files;
    std::printf("%s\n",
                object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  const std::string unit = attribution.class_name.empty()
                               ? attribution.unit
                               : absl::StrCat("probability of ", attribution.class_name);
  std::printf("prediction  %.6g %s\nlayer       %s, %s\nfiles       %s/{%s}\n",
              attribution.prediction, unit.c_str(), attribution.layer.c_str(),
              absl::StrJoin(attribution.layer_shape, "x").c_str(), config.out.c_str(),
              absl::StrJoin(files, ",").c_str());
  if (range.has_value()) std::printf("trained on  %s\n", Describe(*range).c_str());
  if (!warning.empty()) std::printf("warning: %s\n", warning.c_str());
}

// The folders below `folder` that hold a checkpoint, sorted.
std::vector<std::string> CheckpointsBelow(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename() == "checkpoint.pb")
      found.push_back(it->path().parent_path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The checkpoints to choose from, where a folder is given that has none itself, such
// as that of a whole run. Empty: it has one, or there are none below it either.
std::vector<std::string> ChoicesBelow(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path path(folder);
  if (std::filesystem::exists(path / "checkpoint.pb", error)) return {};
  if (!RunFolder::IsRunFolder(folder)) return CheckpointsBelow(folder);
  std::vector<std::string> choices = CheckpointsBelow((path / "checkpoints").string());
  for (std::string& further : CheckpointsBelow((path / "experiments").string())) {
    choices.push_back(std::move(further));
  }
  return choices;
}

// What the command line must name besides, when it names a checkpoint.
absl::Status CheckComplete(const Config& config) {
  if (const auto choices = ChoicesBelow(config.checkpoint); !choices.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(config.checkpoint, " is no checkpoint itself; give one of those in it:\n  ",
                     absl::StrJoin(choices, "\n  ")));
  }
  if (RunFolder::IsRunFolder(config.checkpoint)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no training of ", config.checkpoint, " has left a checkpoint yet"));
  }
  if (config.images.empty()) {
    return absl::InvalidArgumentError("--image CHANNEL=FILE is missing: the brain to be explained");
  }
  if (config.out.empty()) {
    return absl::InvalidArgumentError("--out DIR is missing: the folder to write to");
  }
  return absl::OkStatus();
}

absl::Status Run(const Config& config) {
  GYRUS_RETURN_IF_ERROR(CheckComplete(config));
  GYRUS_ASSIGN_OR_RETURN(const auto images, ByName(config.images, "--image"));
  GYRUS_ASSIGN_OR_RETURN(auto covariates, ByName(config.covariates, "--covariate"));
  const AttributionOptions options = {
      .covariates = std::move(covariates), .layer = config.layer, .class_name = config.class_name};
  GYRUS_ASSIGN_OR_RETURN(TrainedNetwork trained, LoadCheckpoint(config.checkpoint));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Volume> subject,
                         PrepareSubject(trained.head.trial(), images));
  GYRUS_ASSIGN_OR_RETURN(const Attribution attribution,
                         ComputeAttribution(trained, subject, options));
  GYRUS_RETURN_IF_ERROR(MakeFolders(config.out));
  std::vector<std::string> names;
  GYRUS_ASSIGN_OR_RETURN(const std::vector<NamedFile> files,
                         AttributionFiles(attribution, subject.front()));
  for (const auto& [name, content] : files) {
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(config.out, "/", name), content));
    names.push_back(name);
  }
  Print(config, attribution, TrainedRangeOf(trained.head.trial()), names);
  return absl::OkStatus();
}

void AddOptions(CLI::App& app, Config& config) {
  app.add_option("CHECKPOINT", config.checkpoint,
                 "Folder with checkpoint.pb and its weights; of a run folder, its checkpoints are "
                 "listed")
      ->required();
  app.add_option("--image", config.images, "An image of the subject; once for each channel")
      ->type_name("CHANNEL=FILE")
      ->allow_extra_args(false);
  app.add_option("--covariate", config.covariates, "A number that FiLM takes beside the image")
      ->type_name("COLUMN=NUMBER")
      ->allow_extra_args(false);
  app.add_option("--out", config.out, "Folder to write to");
  app.add_option("--layer", config.layer,
                 "Use the last layer whose name begins with this, for example layer3. Default: "
                 "the layer that the head pools");
  app.add_option("--class", config.class_name,
                 "The class whose probability is followed; default: the predicted class");
  app.add_flag("--json", config.json, "Print one JSON object");
  app.footer(
      "Writes volume.nii (the brain as the network sees it), gradcam.nii (above 0 what makes the\n"
      "output larger, below 0 what makes it smaller), gradcam_larger.nii and gradcam_smaller.nii\n"
      "(each from 0 to 1) and overlay.png.\n\n"
      "Example:\n  gyrus gradcam runs/age/checkpoints/T1w/r0-f0 --image T1w=sub-01_T1w.nii.gz "
      "--out cam/sub-01");
}

int Main(int argc, char** argv) {
  CLI::App app{"Shows which part of a brain a network's output depends on (Grad-CAM)",
               "gyrus gradcam"};
  Config config;
  AddOptions(app, config);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Run(config);
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    if (!status.ok()) std::fprintf(stderr, "gyrus: %s\n", std::string(line).c_str());
  }
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
