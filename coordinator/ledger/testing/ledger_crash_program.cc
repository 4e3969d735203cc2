// Fills a ledger until it is killed, and says on standard output what it was
// told is durable: "event <name>" and "record <rank> <sequence>", a line each.
//
//   ledger_crash_program ledger.db
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/files.h"
#include "coordinator/ledger/ledger.h"
#include "coordinator/ledger/testing/ledger_fixture.h"

namespace gyrus {
namespace {

constexpr int kOutstanding = 16;
constexpr int kRanks = 3;

struct Count {
  int events = 0;
  absl::Status Apply(const v1::Event&) {
    ++events;
    return absl::OkStatus();
  }
};

// Says `line` once the command is durable, and lets another one in.
auto Say(absl::Mutex& mu, int& running, std::string line) {
  return [&mu, &running, line = std::move(line)](const absl::Status& status) {
    const std::string said = status.ok() ? line : absl::StrCat("error ", status.ToString());
    if (!WriteAll(STDOUT_FILENO, absl::StrCat(said, "\n"), "answering").ok()) _exit(1);
    absl::MutexLock lock(&mu);
    --running;
  };
}

absl::Status Fill(const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(auto store, LedgerStore::Open(path));
  GYRUS_ASSIGN_OR_RETURN(const RecordMarks marks, store->ReadMarks());
  std::vector<uint64_t> sequences;
  for (int rank = 0; rank < kRanks; ++rank) {
    sequences.push_back(marks.Of(KeyOf(RecordOf(rank, 1).rank())));
  }
  GYRUS_ASSIGN_OR_RETURN(auto ledger,
                         Ledger<Count>::Start(std::move(store), std::make_unique<Count>()));
  absl::Mutex mu;
  int running = 0;
  while (true) {
    for (int rank = 0; rank < kRanks; ++rank) {
      {
        absl::MutexLock lock(&mu);
        mu.Await(absl::Condition(
            +[](int* r) { return *r < kOutstanding; }, &running));
        running += 2;
      }
      const uint64_t sequence = ++sequences[rank];
      // The last life may have submitted this without its record.
      const std::string name = absl::StrCat("r", rank, "-", sequence);
      const std::string its_name = absl::StrCat(name, "-life", ledger->incarnation());
      ledger->Run([its_name](Count&) { return LedgerEvents{Submitted(its_name)}; },
                  Say(mu, running, absl::StrCat("event ", its_name)));
      ledger->RunRecord(
          EpochRecord(rank, sequence, sequence),
          [name](Count&, const v1::SpooledRecord&) {
            return LedgerEvents{Submitted(absl::StrCat("of ", name))};
          },
          Say(mu, running, absl::StrCat("record ", rank, " ", sequence)));
    }
  }
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::cerr << gyrus::Fill(argv[1]) << "\n";
  return 1;
}
