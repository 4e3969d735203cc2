// gyrus phantom: the command of the same name of gyrus-dataloader, which links the
// code that writes volumes.
#include "absl/strings/str_cat.h"
#include "cli/exec_program.h"

namespace gyrus::cli {

void AddPhantom(CLI::App& app, const Environment& environment, Action& chosen) {
  AddProgram(app, "phantom", "Write a synthetic cohort; all options are the data loader's",
             absl::StrCat(environment.program_folder, "/gyrus-dataloader"), {"phantom"}, chosen);
}

}  // namespace gyrus::cli
