#include "coordinator/ledger/ledger_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"
#include "coordinator/ledger/ledger_events.h"
#include "coordinator/ledger/ledger_tables.h"
#include "coordinator/ledger/record_rows.h"
#include "coordinator/ledger/sqlite.h"
#include "coordinator/ledger/unknown_fields.h"

namespace gyrus {
namespace {

// Beside `path`, then renamed, so that a file of that name is always whole. An
// empty file would otherwise pass for a new database.
absl::Status Create(const std::string& path) {
  const std::string fresh = absl::StrCat(path, ".new");
  GYRUS_RETURN_IF_ERROR(RemoveAll(fresh));
  GYRUS_RETURN_IF_ERROR(RemoveAll(absl::StrCat(fresh, "-journal")));
  {
    GYRUS_ASSIGN_OR_RETURN(SqliteDatabase database,
                           SqliteDatabase::Open(fresh, SqliteDatabase::Mode::kCreate));
    GYRUS_RETURN_IF_ERROR(database.Execute(
        absl::StrCat("PRAGMA synchronous = FULL; BEGIN;", LedgerTables(),
                     "INSERT INTO meta VALUES ('format', ", LedgerStore::kFormat,
                     "), ('written_by', '", GYRUS_VERSION, "'), ('incarnation', 0); COMMIT;")));
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return absl::ErrnoToStatus(errno, "naming it");
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return SyncFolder(folder.empty() ? "." : folder);
}

// Creates the database unless it exists. An empty file and a log without its database are
// treated as damage: a new ledger in their place would hide that all experiments are lost.
absl::Status CreateIfMissing(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0) {
    return info.st_size > 0 ? absl::OkStatus() : DamagedLedger("it is empty");
  }
  if (errno != ENOENT) return absl::ErrnoToStatus(errno, "looking for it");
  const std::string log = absl::StrCat(path, "-wal");
  // SQLite would take an old log for that of the new file.
  if (access(log.c_str(), F_OK) == 0)
    return DamagedLedger(absl::StrCat("only its log ", log, " is left"));
  return Create(path);
}

// Sets the durability of commits and checks the structure of all pages, once for each
// opening.
absl::Status SetUp(SqliteDatabase& database) {
  GYRUS_RETURN_IF_ERROR(CheckLedgerFormat(database));
  GYRUS_ASSIGN_OR_RETURN(const std::string mode, database.Ask("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return absl::FailedPreconditionError(
        "the filesystem has no shared memory for SQLite's log; put the run folder on a local disk");
  }
  // Full: each commit is synced, not only each checkpoint.
  GYRUS_RETURN_IF_ERROR(
      database.Execute("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864"));
  GYRUS_ASSIGN_OR_RETURN(const std::string verdict, database.Ask("PRAGMA quick_check(1)"));
  return verdict == "ok" ? absl::OkStatus() : DamagedLedger(verdict);
}

// Not a number is no SQL value; RowsOf's reader makes it one again.
std::optional<double> NumberOrNull(double value) {
  return std::isnan(value) ? std::nullopt : std::make_optional(value);
}

// Keeps the marks of all ranks in memory, so that a commit reads nothing from the disk.
class SqliteLedgerStore final : public LedgerStore {
 public:
  SqliteLedgerStore(std::string path, SqliteDatabase database)
      : path_(std::move(path)), database_(std::move(database)) {}

  // Checks everything, then writes for the first time.
  absl::Status Start();

  uint64_t incarnation() const override { return incarnation_; }
  absl::Status ReadEvents(absl::FunctionRef<absl::Status(const v1::Event&)> replay) override;
  absl::StatusOr<RecordMarks> ReadMarks() override;
  absl::Status Commit(const LedgerBatch& batch) override;

 private:
  absl::Status Prepare();
  absl::Status ReadRanks();
  absl::Status RaiseIncarnation();
  absl::Status Write(const LedgerBatch& batch);
  absl::Status InsertEvent(const v1::Event& event);
  absl::Status InsertRecord(const v1::SpooledRecord& record);
  // The rank's number in the tables, its mark raised to `sequence`.
  absl::StatusOr<int64_t> RaiseMark(const v1::RankId& rank, uint64_t sequence);
  absl::Status InsertBytes(SqliteStatement& insert, int64_t rank_id, uint64_t sequence,
                           uint32_t epoch, const std::string& bytes);

  const std::string path_;
  SqliteDatabase database_;
  std::optional<SqliteStatement> begin_, commit_, select_ranks_, insert_event_, insert_rank_,
      raise_rank_, insert_metric_, insert_items_seen_, insert_validation_;
  uint64_t incarnation_ = 0;
  uint64_t last_event_ = 0;
  struct Rank {
    int64_t id;
    uint64_t sequence;
  };
  absl::flat_hash_map<RankKey, Rank> ranks_;
  absl::Status broken_;
};

// Statements are compiled once. A commit then only binds parameters.
absl::Status SqliteLedgerStore::Prepare() {
  const std::pair<std::optional<SqliteStatement>*, const char*> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&select_ranks_, "SELECT id, experiment_id, trial_id, attempt, rank, sequence FROM ranks"},
      {&insert_event_, "INSERT INTO events VALUES (?, ?, ?, ?)"},
      {&insert_rank_, "INSERT INTO ranks VALUES (?, ?, ?, ?, ?, ?)"},
      {&raise_rank_, "UPDATE ranks SET sequence = ? WHERE id = ?"},
      {&insert_metric_, "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?)"},
      {&insert_items_seen_, "INSERT INTO items_seen VALUES (?, ?, ?, ?, ?)"},
      {&insert_validation_, "INSERT INTO validations VALUES (?, ?, ?, ?, ?)"},
  };
  for (const auto& [statement, sql] : statements) {
    GYRUS_ASSIGN_OR_RETURN(*statement, database_.Prepare(sql));
  }
  return absl::OkStatus();
}

absl::Status SqliteLedgerStore::Start() {
  const auto check = [this]() -> absl::Status {
    GYRUS_RETURN_IF_ERROR(SetUp(database_));
    GYRUS_RETURN_IF_ERROR(Prepare());
    GYRUS_RETURN_IF_ERROR(ReadRanks());
    return ReadEvents([](const v1::Event&) { return absl::OkStatus(); });
  };
  GYRUS_RETURN_IF_ERROR(BlameFile(check()));
  return RaiseIncarnation();
}

// Every start of a coordinator gets a number of its own, by which workers recognise that it
// was restarted.
absl::Status SqliteLedgerStore::RaiseIncarnation() {
  GYRUS_RETURN_IF_ERROR(
      database_.Execute(absl::StrCat("BEGIN IMMEDIATE;"
                                     "UPDATE meta SET value = value + 1 WHERE name = 'incarnation';"
                                     "UPDATE meta SET value = '",
                                     GYRUS_VERSION, "' WHERE name = 'written_by'; COMMIT")));
  GYRUS_ASSIGN_OR_RETURN(const std::string text,
                         database_.Ask("SELECT value FROM meta WHERE name = 'incarnation'"));
  if (absl::SimpleAtoi(text, &incarnation_) && incarnation_ > 0) return absl::OkStatus();
  return DamagedLedger(absl::StrCat("its incarnation is \"", text, "\""));
}

absl::Status SqliteLedgerStore::ReadEvents(
    absl::FunctionRef<absl::Status(const v1::Event&)> replay) {
  GYRUS_ASSIGN_OR_RETURN(last_event_, ReadLedgerEvents(database_, replay));
  return absl::OkStatus();
}

absl::Status SqliteLedgerStore::ReadRanks() {
  select_ranks_->Bind();
  while (true) {
    GYRUS_ASSIGN_OR_RETURN(const bool row, select_ranks_->Step());
    if (!row) return absl::OkStatus();
    RankKey key{std::string(select_ranks_->Bytes(1)), std::string(select_ranks_->Bytes(2)),
                static_cast<uint32_t>(select_ranks_->Int(3)),
                static_cast<uint32_t>(select_ranks_->Int(4))};
    ranks_[std::move(key)] = {select_ranks_->Int(0), static_cast<uint64_t>(select_ranks_->Int(5))};
  }
}

absl::StatusOr<RecordMarks> SqliteLedgerStore::ReadMarks() {
  RecordMarks marks;
  for (const auto& [key, rank] : ranks_) marks.Set(key, rank.sequence);
  return marks;
}

absl::Status SqliteLedgerStore::Commit(const LedgerBatch& batch) {
  if (broken_.ok()) broken_ = Annotate(Write(batch), absl::StrCat("writing the ledger ", path_));
  return broken_;
}

absl::Status SqliteLedgerStore::Write(const LedgerBatch& batch) {
  GYRUS_RETURN_IF_ERROR(begin_->Run());
  for (const v1::Event& event : batch.events) GYRUS_RETURN_IF_ERROR(InsertEvent(event));
  for (const v1::SpooledRecord& record : batch.records) {
    GYRUS_RETURN_IF_ERROR(InsertRecord(record));
  }
  return commit_->Run();
}

absl::Status SqliteLedgerStore::InsertEvent(const v1::Event& event) {
  const std::string bytes = event.SerializeAsString();
  ++last_event_;
  return insert_event_->Run(last_event_, event.experiment_id(), SqliteBlob{bytes},
                            SqliteBlob{RowDigest({last_event_}, bytes)});
}

// Raises the mark of a rank in the same transaction that stores its record. A gap here
// means that the ledger thread has accepted a record out of order, which is an error of
// Gyrus.
absl::StatusOr<int64_t> SqliteLedgerStore::RaiseMark(const v1::RankId& rank, uint64_t sequence) {
  const auto [it, added] = ranks_.try_emplace(KeyOf(rank), Rank{int64_t(ranks_.size()) + 1, 0});
  if (sequence != it->second.sequence + 1) {
    return absl::InternalError(absl::StrCat("record ", sequence, " after record ",
                                            it->second.sequence, " of ", rank.ShortDebugString()));
  }
  it->second.sequence = sequence;
  if (added) {
    GYRUS_RETURN_IF_ERROR(insert_rank_->Run(it->second.id, rank.experiment_id(), rank.trial_id(),
                                            rank.attempt(), rank.rank(), sequence));
  } else {
    GYRUS_RETURN_IF_ERROR(raise_rank_->Run(sequence, it->second.id));
  }
  return it->second.id;
}

absl::Status SqliteLedgerStore::InsertRecord(const v1::SpooledRecord& record) {
  const uint64_t sequence = record.record().sequence();
  GYRUS_ASSIGN_OR_RETURN(const int64_t rank_id, RaiseMark(record.rank(), sequence));
  const RecordRows rows = RowsOf(record);
  int position = 0;
  for (const MetricRow& metric : rows.metrics) {
    GYRUS_RETURN_IF_ERROR(insert_metric_->Run(rank_id, sequence, position++, metric.step,
                                              metric.epoch, metric.name,
                                              NumberOrNull(metric.value)));
  }
  if (rows.items_seen.has_value()) {
    GYRUS_RETURN_IF_ERROR(InsertBytes(*insert_items_seen_, rank_id, sequence,
                                      rows.items_seen->epoch(),
                                      rows.items_seen->SerializeAsString()));
  }
  if (!rows.validation.has_value()) return absl::OkStatus();
  return InsertBytes(*insert_validation_, rank_id, sequence, rows.validation->epoch(),
                     rows.validation->SerializeAsString());
}

absl::Status SqliteLedgerStore::InsertBytes(SqliteStatement& insert, int64_t rank_id,
                                            uint64_t sequence, uint32_t epoch,
                                            const std::string& bytes) {
  return insert.Run(rank_id, sequence, epoch, SqliteBlob{bytes},
                    SqliteBlob{RowDigest({static_cast<uint64_t>(rank_id), sequence}, bytes)});
}

}  // namespace

absl::Status CheckEvent(const v1::Event& event) {
  const std::string unknown = FindUnknown(event);
  if (!unknown.empty()) return NewerVersion(unknown);
  if (event.event_case() == v1::Event::EVENT_NOT_SET) return DamagedLedger("it says nothing");
  // Text that is not UTF-8 is written, but not read.
  return v1::Event().ParseFromString(event.SerializeAsString())
             ? absl::OkStatus()
             : DamagedLedger("text that is no UTF-8");
}

absl::StatusOr<std::unique_ptr<LedgerStore>> LedgerStore::Open(const std::string& path) {
  const auto open = [&path]() -> absl::StatusOr<std::unique_ptr<SqliteLedgerStore>> {
    GYRUS_RETURN_IF_ERROR(CreateIfMissing(path));
    GYRUS_ASSIGN_OR_RETURN(SqliteDatabase database,
                           SqliteDatabase::Open(path, SqliteDatabase::Mode::kWrite));
    auto store = std::make_unique<SqliteLedgerStore>(path, std::move(database));
    GYRUS_RETURN_IF_ERROR(store->Start());
    return store;
  };
  auto store = open();
  if (!store.ok()) {
    return Annotate(store.status(), absl::StrCat("cannot open the ledger ", path));
  }
  return std::unique_ptr<LedgerStore>(*std::move(store));
}

}  // namespace gyrus
