// gyrus gradcam: the program gyrus-attribution, because `gyrus` does not link torch.
#include "absl/strings/str_cat.h"
#include "cli/exec_program.h"

namespace gyrus::cli {

void AddGradcam(CLI::App& app, const Environment& environment, Action& chosen) {
  AddProgram(app, "gradcam", "Show which part of a brain a network's output depends on",
             absl::StrCat(environment.program_folder, "/gyrus-attribution"), {}, chosen);
}

}  // namespace gyrus::cli
