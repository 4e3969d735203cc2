#include "cli/connection.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

// The first line that the program writes; empty if it ends without one.
std::string FirstLine(int fd) {
  std::string line;
  char c = 0;
  while (true) {
    const ssize_t got = read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') return line;
    line.push_back(c);
  }
}

// The address in "address HOST:PORT", or the error in "error CODE MESSAGE".
absl::StatusOr<std::string> ParseLine(absl::string_view line) {
  if (absl::ConsumePrefix(&line, "address ")) return std::string(line);
  const std::pair<absl::string_view, absl::string_view> error =
      absl::StrSplit(absl::StripPrefix(line, "error "), absl::MaxSplits(' ', 1));
  int code = 0;
  std::string message;
  if (!absl::SimpleAtoi(error.first, &code) || !absl::CUnescape(error.second, &message)) {
    return absl::UnavailableError("the program that reads the run folder gave no address");
  }
  return absl::Status(static_cast<absl::StatusCode>(code), message);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Read(const std::string& run_folder,
                                                             const std::string& program_folder,
                                                             const ClientTimeouts& timeouts) {
  UniqueFd output;
  auto reader = Child::Start({.arguments = {absl::StrCat(program_folder, "/gyrus-coordinator"),
                                            "read", "--dir", run_folder, "--end-with-parent"},
                              .output = &output});
  if (!reader.ok()) return absl::UnavailableError(reader.status().message());
  GYRUS_ASSIGN_OR_RETURN(std::string address, ParseLine(FirstLine(output.get())));
  return std::unique_ptr<Connection>(new Connection(
      *std::move(reader), std::make_unique<CoordinatorClient>(std::move(address), timeouts)));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ClientOptions& options,
                                                             const Subject& subject) {
  auto client = Connect(options, subject);
  if (client.ok()) {
    return std::unique_ptr<Connection>(new Connection(std::nullopt, *std::move(client)));
  }
  const bool may_read = !subject.run_folder.empty() && absl::IsFailedPrecondition(client.status());
  if (!may_read) return client.status();
  return Read(subject.run_folder, options.program_folder, options.timeouts);
}

}  // namespace gyrus::cli
