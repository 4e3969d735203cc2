#include "cli/recorded_result.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "cli/client_options.h"
#include "cli/connection.h"
#include "common/files.h"
#include "common/status.h"
#include "core/report/curves.h"
#include "core/report/result_json.h"

namespace gyrus::cli {

absl::Status WriteRecordedResult(const RunFolder& run, const std::string& program_folder) {
  if (access(run.ledger_file().c_str(), F_OK) != 0) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const auto connection,
                         Connection::Read(run.path(), program_folder, ClientTimeouts()));
  CoordinatorClient& client = connection->client();
  const auto id = FindExperiment(client, Subject{.run_folder = run.path()});
  if (absl::IsNotFound(id.status())) return absl::OkStatus();
  GYRUS_RETURN_IF_ERROR(id.status());
  const auto result = client.GetResult(*id);
  if (absl::IsFailedPrecondition(result.status())) return absl::OkStatus();  // Not planned.
  GYRUS_RETURN_IF_ERROR(result.status());
  GYRUS_RETURN_IF_ERROR(
      WriteFileAtomically(run.result_file(), absl::StrCat(ResultToJson(*result), "\n")));
  GYRUS_ASSIGN_OR_RETURN(const v1::Curves curves, client.GetCurves(*id));
  return WriteFileAtomically(run.curves_file(), FormatCurves(curves));
}

}  // namespace gyrus::cli
