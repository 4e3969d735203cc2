#include "coordinator/ledger/sqlite.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status.h"

namespace gyrus {
namespace {

// The low byte of SQLite's code is the kind of the error; the other bytes are details.
absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

// `database` may be null: then only the code is known.
absl::Status ToStatus(int sqlite_code, sqlite3* database) {
  const char* const message =
      database == nullptr ? sqlite3_errstr(sqlite_code) : sqlite3_errmsg(database);
  return absl::Status(CodeOf(sqlite_code), absl::StrCat("SQLite: ", message));
}

int FlagsOf(SqliteDatabase::Mode mode) {
  switch (mode) {
    case SqliteDatabase::Mode::kRead:
      return SQLITE_OPEN_READONLY;
    case SqliteDatabase::Mode::kReadImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case SqliteDatabase::Mode::kWrite:
      return SQLITE_OPEN_READWRITE;
    case SqliteDatabase::Mode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return 0;
}

// The name by which SQLite opens the file.
std::string NameOf(const std::string& path, SqliteDatabase::Mode mode) {
  if (mode != SqliteDatabase::Mode::kReadImmutable) return path;
  return absl::StrCat(
      "file:", absl::StrReplaceAll(path, {{"%", "%25"}, {"?", "%3f"}, {"#", "%23"}}),
      "?immutable=1");
}

}  // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bind_error_ = SQLITE_OK;
}

void SqliteStatement::Note(int code) {
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
}

void SqliteStatement::BindInt(int index, int64_t value) {
  Note(sqlite3_bind_int64(statement_.get(), index, value));
}

void SqliteStatement::BindAt(int index, double value) {
  Note(sqlite3_bind_double(statement_.get(), index, value));
}

void SqliteStatement::BindAt(int index, absl::string_view text) {
  // A null pointer would be NULL instead of the empty string.
  const char* const data = text.data() == nullptr ? "" : text.data();
  Note(sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
}

void SqliteStatement::BindAt(int index, SqliteBlob blob) {
  const char* const data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  Note(sqlite3_bind_blob64(statement_.get(), index, data, blob.bytes.size(), SQLITE_TRANSIENT));
}

absl::StatusOr<bool> SqliteStatement::Step() {
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (bind_error_ != SQLITE_OK) return ToStatus(bind_error_, nullptr);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const absl::Status status = code == SQLITE_DONE ? absl::OkStatus() : ToStatus(code, database);
  Reset();
  if (!status.ok()) return status;
  return false;
}

absl::Status SqliteStatement::Finish() {
  while (true) {
    GYRUS_ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

int64_t SqliteStatement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::Double(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

absl::string_view SqliteStatement::Bytes(int column) const {
  // In this order: the pointer's conversion decides the size.
  const void* const data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

void SqliteDatabase::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

absl::StatusOr<SqliteDatabase> SqliteDatabase::Open(const std::string& path, Mode mode) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(NameOf(path, mode).c_str(), &raw,
                      FlagsOf(mode) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  SqliteDatabase database(raw);  // Also a failed opening must be closed.
  if (code != SQLITE_OK) return ToStatus(code, raw);
  sqlite3_busy_timeout(raw, 10'000);
  // SQLite's manual recommends these settings for files that may be damaged.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  GYRUS_RETURN_IF_ERROR(database.Execute("PRAGMA cell_size_check = ON"));
  return database;
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(absl::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return ToStatus(code, database_.get());
  return SqliteStatement(raw);
}

absl::Status SqliteDatabase::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ToStatus(code, database_.get());
}

absl::StatusOr<std::string> SqliteDatabase::Ask(absl::string_view sql) {
  GYRUS_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  GYRUS_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? std::string(statement.Bytes(0)) : std::string();
}

}  // namespace gyrus
