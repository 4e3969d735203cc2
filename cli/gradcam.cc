// gyrus gradcam: gyrus-explain, which links torch.
#include "absl/strings/str_cat.h"
#include "cli/exec_program.h"

namespace gyrus::cli {

void AddGradcam(CLI::App& app, const Environment& environment, Action& chosen) {
  AddProgram(app, "gradcam", "Show where in a brain a network's answer comes from",
             absl::StrCat(environment.program_folder, "/gyrus-explain"), {}, chosen);
}

}  // namespace gyrus::cli
