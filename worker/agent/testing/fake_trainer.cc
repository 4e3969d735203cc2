// A trainer that does what the name of its arm says, word by word:
//   steps      a record of one step
//   finish     the last record, with the file "weights"
//   fail       the last record, with a reason
//   junk       bytes that are no record
//   checkpoint leaves a resume checkpoint of its newest step
//   pid=PATH   writes its process number there
//   until=PATH waits until there is such a file
//   kill       ends by SIGKILL
//   wait       waits until it is ended
// Then it exits with 3.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/digest.h"
#include "common/files.h"
#include "gyrus/v1/workers.pb.h"
#include "worker/spool/record_log.h"
#include "worker/spool/resume_folders.h"

namespace gyrus {
namespace {

class FakeTrainer {
 public:
  explicit FakeTrainer(const v1::RankAssignment& assignment)
      : assignment_(assignment),
        folder_(assignment.spool_folder()),
        log_(*RecordLogWriter::Create(absl::StrCat(folder_, "/records.log"))) {}

  void Do(absl::string_view word) {
    v1::Record record;
    if (word == "steps") {
      record.mutable_steps()->set_first_step(step_++);
      Report(record);
    } else if (word == "finish") {
      const std::string weights(3 << 20, 'w');
      if (!WriteFileAtomically(absl::StrCat(folder_, "/weights"), weights).ok()) std::abort();
      v1::Artifact& artifact = *record.mutable_finished()->add_artifacts();
      artifact.set_kind(v1::ARTIFACT_KIND_WEIGHTS);
      artifact.set_path("weights");
      artifact.set_sha256(Sha256Of(weights));
      Report(record);
    } else if (word == "diverge") {
      for (const char* const file : {"weights", "checkpoint"}) {
        if (!WriteFileAtomically(absl::StrCat(folder_, "/", file), file).ok()) std::abort();
        v1::Artifact& artifact = *record.add_last_finite();
        artifact.set_path(file);
        artifact.set_sha256(Sha256Of(file));
      }
      record.mutable_failed()->set_code(v1::REASON_CODE_TRAINER_FAILED);
      Report(record);
    } else if (word == "diverge_without") {  // Its files.
      record.add_last_finite()->set_path("nothing");
      record.mutable_failed()->set_code(v1::REASON_CODE_TRAINER_FAILED);
      Report(record);
    } else if (word == "fail") {
      record.mutable_failed()->set_code(v1::REASON_CODE_TRAINER_FAILED);
      Report(record);
    } else if (word == "checkpoint") {
      WriteCheckpoint();
    } else if (word == "junk") {
      std::FILE* const file = std::fopen(absl::StrCat(folder_, "/records.log").c_str(), "ab");
      for (int i = 0; i < 100; ++i) std::fputc(0x7f, file);
      std::fclose(file);
      Ring();
    } else if (absl::ConsumePrefix(&word, "pid=")) {
      if (!WriteFileAtomically(std::string(word), absl::StrCat(getpid())).ok()) std::abort();
    } else if (absl::ConsumePrefix(&word, "until=")) {
      while (access(std::string(word).c_str(), F_OK) != 0) absl::SleepFor(absl::Milliseconds(2));
    } else if (word == "kill") {
      std::raise(SIGKILL);
    } else if (word == "wait") {
      // As every program of ours: the end of its standard input is its end.
      char byte;
      while (read(STDIN_FILENO, &byte, 1) > 0) {
      }
    }
  }

 private:
  void Report(const v1::Record& record) {
    if (!log_.Append(record).ok()) std::abort();
    Ring();
  }
  void WriteCheckpoint() {
    const v1::RankId& rank = assignment_.start().rank();
    v1::ResumeHead head;
    head.set_experiment_id(rank.experiment_id());
    head.set_trial_id(rank.trial_id());
    head.set_attempt(rank.attempt());
    head.set_step(step_);
    const std::string folder =
        absl::StrCat(assignment_.checkpoint_folder(), "/",
                     StepFolder{.step = step_, .identity = "00000000"}.Name());
    if (!MakeFolders(folder).ok() || !WriteResumeHead(folder, head).ok()) std::abort();
  }
  static void Ring() {
    std::putchar('\n');
    std::fflush(stdout);
  }

  const v1::RankAssignment assignment_;
  const std::string folder_;
  RecordLogWriter log_;
  uint32_t step_ = 0;
};

int Main(const char* assignment_file) {
  v1::RankAssignment assignment;
  if (!assignment.ParseFromString(*ReadFile(assignment_file))) return 1;
  FakeTrainer trainer(assignment);
  for (const absl::string_view word : absl::StrSplit(assignment.start().trial().arm(), ' ')) {
    trainer.Do(word);
  }
  return 3;
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return argc == 3 ? gyrus::Main(argv[2]) : 2; }
