// gyrus-explain: where in a brain a network's answer comes from. Started by
// `gyrus gradcam`, which alone has no torch.
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/command_line/parse_line.h"
#include "common/files.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/status.h"
#include "explain/checkpoint.h"
#include "explain/explanation.h"
#include "explain/subject.h"

namespace gyrus {
namespace {

struct Request {
  std::string checkpoint;
  std::vector<std::string> images;      // CHANNEL=FILE
  std::vector<std::string> covariates;  // COLUMN=NUMBER
  std::string out;
  std::string layer;
  std::string answer;  // A class.
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

void Print(const Request& request, const Explanation& explanation,
           const std::vector<std::string>& files) {
  if (request.json) {
    nlohmann::ordered_json object = {{"prediction", explanation.prediction}};
    if (!explanation.answer.empty()) object["class"] = explanation.answer;
    if (!explanation.unit.empty()) object["unit"] = explanation.unit;
    object["layer"] = explanation.layer;
    object["layer_shape"] = explanation.layer_shape;
    object["folder"] = request.out;
    object["files"] = files;
    std::printf("%s\n",
                object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  const std::string of = explanation.answer.empty()
                             ? explanation.unit
                             : absl::StrCat("probability of ", explanation.answer);
  std::printf("prediction  %.6g %s\nlayer       %s, %s\nfiles       %s/{%s}\n",
              explanation.prediction, of.c_str(), explanation.layer.c_str(),
              absl::StrJoin(explanation.layer_shape, "x").c_str(), request.out.c_str(),
              absl::StrJoin(files, ",").c_str());
}

absl::Status Run(const Request& request) {
  GYRUS_ASSIGN_OR_RETURN(const auto images, ByName(request.images, "--image"));
  GYRUS_ASSIGN_OR_RETURN(const auto covariates, ByName(request.covariates, "--covariate"));
  GYRUS_ASSIGN_OR_RETURN(TrainedNetwork trained, LoadCheckpoint(request.checkpoint));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Volume> subject,
                         PrepareSubject(trained.head.trial(), images));
  GYRUS_ASSIGN_OR_RETURN(const Explanation explanation,
                         Explain(trained, subject, covariates, request.layer, request.answer));
  GYRUS_RETURN_IF_ERROR(MakeFolders(request.out));
  std::vector<std::string> names;
  GYRUS_ASSIGN_OR_RETURN(const std::vector<NamedFile> files, FilesOf(explanation, subject.front()));
  for (const auto& [name, content] : files) {
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(request.out, "/", name), content));
    names.push_back(name);
  }
  Print(request, explanation, names);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app{"Where in a brain a network's answer comes from (Grad-CAM)", "gyrus gradcam"};
  Request request;
  app.add_option("CHECKPOINT", request.checkpoint, "Folder with checkpoint.pb and its weights")
      ->required();
  app.add_option("--image", request.images, "An image of the subject; once for each channel")
      ->type_name("CHANNEL=FILE")
      ->allow_extra_args(false)
      ->required();
  app.add_option("--covariate", request.covariates, "A number that FiLM takes beside the image")
      ->type_name("COLUMN=NUMBER")
      ->allow_extra_args(false);
  app.add_option("--out", request.out, "Folder to write to")->required();
  app.add_option("--layer", request.layer,
                 "Look at the last layer whose name begins so: layer3. Default: the one that is "
                 "pooled for the answer");
  app.add_option("--class", request.answer, "Of a classification; default: the class that is told");
  app.add_flag("--json", request.json, "Print one JSON object");
  app.footer(
      "Writes volume.nii (the brain as the network sees it), gradcam.nii (what speaks for a "
      "larger\n"
      "number above 0, for a smaller one below), gradcam_larger.nii and gradcam_smaller.nii (each\n"
      "from 0 to 1) and overlay.png.\n\n"
      "Example:\n  gyrus gradcam runs/age/checkpoints/T1w/r0-f0 --image T1w=sub-01_T1w.nii.gz "
      "--out cam/sub-01");
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Run(request);
  if (!status.ok()) std::fprintf(stderr, "gyrus: %s\n", std::string(status.message()).c_str());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
