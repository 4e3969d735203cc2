#include "dataloader/phantom/phantom_command.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/command_line/number_option.h"
#include "common/program.h"
#include "dataloader/phantom/phantom.h"

namespace gyrus {
namespace {

struct Request {
  PhantomOptions options;
  std::vector<int64_t> size;
  bool json = false;
};

int Write(const Request& request) {
  PhantomOptions options = request.options;
  if (request.size.size() == 3) options.size = {request.size[0], request.size[1], request.size[2]};
  const bool live = isatty(STDERR_FILENO) != 0 && !request.json;
  const absl::Status status = WritePhantoms(options, [live](int done, int total) {
    if (live) std::fprintf(stderr, "\r%d of %d subjects%s", done, total, done == total ? "\n" : "");
  });
  if (!status.ok()) {
    std::fprintf(stderr, "gyrus: %s\n", std::string(status.message()).c_str());
    return ExitCodeFor(status);
  }
  const std::string manifest = options.folder + "/participants.csv";
  if (request.json) {
    const nlohmann::json object = {{"folder", options.folder},
                                   {"manifest", manifest},
                                   {"subjects", options.subjects},
                                   {"sites", options.sites},
                                   {"seed", options.seed}};
    std::printf("%s\n",
                object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%d subjects of %d sites in %s\n", options.subjects, options.sites,
                manifest.c_str());
  }
  return 0;
}

}  // namespace

void AddPhantomCommand(CLI::App& app, int& exit_code) {
  auto request = std::make_shared<Request>();
  CLI::App* const phantom =
      app.add_subcommand("phantom", "Write a synthetic cohort: T1w and T2w brains and a manifest");
  phantom->add_option("DIR", request->options.folder, "New or empty folder")->required();
  AddNumberOption(*phantom, "--subjects", request->options.subjects, "How many");
  AddNumberOption(*phantom, "--sites", request->options.sites,
                  "Scanners that they are spread over");
  AddNumberOption(*phantom, "--seed", request->options.seed, "Another seed gives other subjects",
                  {.min = 0});
  phantom->add_option("--size", request->size, "Voxels along x, y, z")->expected(3);
  AddPositiveOption(*phantom, "--spacing-mm", request->options.spacing_mm, "Edge of a voxel");
  phantom->add_flag("--json", request->json, "Print one JSON object");
  phantom->footer("Example:\n  gyrus phantom cohort --subjects 24 --sites 3 --seed 1");
  phantom->callback([request, &exit_code] { exit_code = Write(*request); });
}

}  // namespace gyrus
