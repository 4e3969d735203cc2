#include "coordinator/ledger/ledger_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/ledger/ledger_events.h"
#include "coordinator/ledger/ledger_tables.h"

namespace gyrus {
namespace {

constexpr char kOfAttempt[] =
    " JOIN ranks ON ranks.id = rank_id WHERE experiment_id = ? AND trial_id = ? AND attempt = ?";

// A message in columns 0 to 3: rank id, sequence, bytes, digest.
template <typename Message>
absl::StatusOr<Message> MessageOfRow(const SqliteStatement& row) {
  const absl::string_view bytes = row.Bytes(2);
  const auto rank_id = static_cast<uint64_t>(row.Int(0));
  const auto sequence = static_cast<uint64_t>(row.Int(1));
  Message message;
  if (RowDigest({rank_id, sequence}, bytes) != row.Bytes(3) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat("what record ", sequence, " left is damaged"));
  }
  return message;
}

// A ledger that was closed properly is one file. To read one that was not, SQLite must
// be able to make a file beside it, unless its files are all there.
SqliteDatabase::Mode ModeFor(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct stat log;
  const bool has_log = stat(absl::StrCat(path, "-wal").c_str(), &log) == 0 && log.st_size > 0;
  const bool can_write = access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
  return has_log || can_write ? SqliteDatabase::Mode::kRead : SqliteDatabase::Mode::kReadImmutable;
}

// Puts one metric into the point of its epoch. Metrics of steps have no place there.
void AddMetric(const std::string& name, double value, v1::EpochPoint& point) {
  if (name == "epoch_train_loss") point.set_train_loss(value);
  if (name == "validation_loss") point.set_validation_loss(value);
  if (name == "learning_rate") point.set_learning_rate(value);
  if (name == "epoch_seconds") point.set_seconds(value);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LedgerReader>> LedgerReader::Open(const std::string& path) {
  const auto open = [&path]() -> absl::StatusOr<SqliteDatabase> {
    GYRUS_ASSIGN_OR_RETURN(SqliteDatabase database, SqliteDatabase::Open(path, ModeFor(path)));
    GYRUS_RETURN_IF_ERROR(BlameFile(CheckLedgerFormat(database)));
    return database;
  };
  auto database = open();
  if (!database.ok()) {
    return Annotate(database.status(), absl::StrCat("cannot read the ledger ", path));
  }
  return std::unique_ptr<LedgerReader>(new LedgerReader(path, *std::move(database)));
}

absl::Status LedgerReader::Select(absl::string_view sql, const AttemptId& attempt,
                                  absl::FunctionRef<absl::Status(const SqliteStatement&)> row) {
  const auto select = [&]() -> absl::Status {
    absl::MutexLock lock(&mu_);
    // Made for each call: one that lived on would hold back checkpoints if it
    // was left between two rows.
    GYRUS_ASSIGN_OR_RETURN(SqliteStatement statement, database_.Prepare(sql));
    statement.Bind(attempt.experiment_id, attempt.trial_id, attempt.attempt);
    while (true) {
      GYRUS_ASSIGN_OR_RETURN(const bool more, statement.Step());
      if (!more) return absl::OkStatus();
      GYRUS_RETURN_IF_ERROR(row(statement));
    }
  };
  return Annotate(select(), absl::StrCat("reading the ledger ", path_, " for ", attempt.trial_id,
                                         " attempt ", attempt.attempt));
}

absl::Status LedgerReader::Events(absl::FunctionRef<absl::Status(const v1::Event&)> replay) {
  absl::MutexLock lock(&mu_);
  return Annotate(BlameFile(ReadLedgerEvents(database_, replay).status()),
                  absl::StrCat("reading the ledger ", path_));
}

absl::StatusOr<std::vector<v1::EpochPoint>> LedgerReader::Epochs(const std::string& experiment_id,
                                                                 const std::string& trial_id) {
  std::vector<v1::EpochPoint> points;
  const auto select = [&]() -> absl::Status {
    absl::MutexLock lock(&mu_);
    GYRUS_ASSIGN_OR_RETURN(
        SqliteStatement row,
        database_.Prepare("SELECT attempt, epoch, name, value FROM metrics JOIN ranks "
                          "ON ranks.id = rank_id WHERE experiment_id = ? AND trial_id = ? "
                          "AND step IS NULL ORDER BY attempt, rank, metrics.sequence, position"));
    row.Bind(experiment_id, trial_id);
    while (true) {
      GYRUS_ASSIGN_OR_RETURN(const bool more, row.Step());
      if (!more) return absl::OkStatus();
      const auto attempt = static_cast<uint32_t>(row.Int(0));
      const auto epoch = static_cast<uint32_t>(row.Int(1));
      if (points.empty() || points.back().attempt() != attempt || points.back().epoch() != epoch) {
        points.emplace_back().set_attempt(attempt);
        points.back().set_epoch(epoch);
      }
      AddMetric(std::string(row.Bytes(2)),
                row.IsNull(3) ? std::numeric_limits<double>::quiet_NaN() : row.Double(3),
                points.back());
    }
  };
  GYRUS_RETURN_IF_ERROR(
      Annotate(select(), absl::StrCat("reading the ledger ", path_, " for ", trial_id)));
  return points;
}

absl::StatusOr<std::vector<MetricRow>> LedgerReader::Metrics(const AttemptId& attempt) {
  std::vector<MetricRow> metrics;
  const std::string sql = absl::StrCat("SELECT step, epoch, name, value FROM metrics", kOfAttempt,
                                       " ORDER BY rank, metrics.sequence, position");
  GYRUS_RETURN_IF_ERROR(Select(sql, attempt, [&metrics](const SqliteStatement& row) {
    MetricRow& metric = metrics.emplace_back();
    if (!row.IsNull(0)) metric.step = static_cast<uint32_t>(row.Int(0));
    metric.epoch = static_cast<uint32_t>(row.Int(1));
    metric.name = std::string(row.Bytes(2));
    metric.value = row.IsNull(3) ? std::numeric_limits<double>::quiet_NaN() : row.Double(3);
    return absl::OkStatus();
  }));
  return metrics;
}

absl::StatusOr<std::vector<RankItemsSeen>> LedgerReader::ItemsSeen(const AttemptId& attempt) {
  std::vector<RankItemsSeen> ranks;
  const std::string sql =
      absl::StrCat("SELECT rank_id, items_seen.sequence, items_seen, digest, rank FROM items_seen",
                   kOfAttempt, " ORDER BY rank, items_seen.sequence");
  GYRUS_RETURN_IF_ERROR(Select(sql, attempt, [&ranks](const SqliteStatement& row) -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(v1::EpochItemsSeen epoch, MessageOfRow<v1::EpochItemsSeen>(row));
    const auto rank = static_cast<uint32_t>(row.Int(4));
    if (ranks.empty() || ranks.back().rank != rank) ranks.push_back({rank, {}});
    ranks.back().epochs.push_back(std::move(epoch));
    return absl::OkStatus();
  }));
  return ranks;
}

absl::StatusOr<std::vector<v1::EpochDone>> LedgerReader::Validations(const AttemptId& attempt) {
  std::vector<v1::EpochDone> epochs;
  const std::string sql =
      absl::StrCat("SELECT rank_id, validations.sequence, predictions, digest FROM validations",
                   kOfAttempt, " ORDER BY validations.sequence");
  GYRUS_RETURN_IF_ERROR(Select(sql, attempt, [&epochs](const SqliteStatement& row) -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(epochs.emplace_back(), MessageOfRow<v1::EpochDone>(row));
    return absl::OkStatus();
  }));
  return epochs;
}

}  // namespace gyrus
