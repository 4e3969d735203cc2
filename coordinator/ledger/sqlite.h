// A thin wrapper of SQLite's C interface: errors become statuses, and objects own the
// database and its statements.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gyrus {

// A value that is bound as bytes. A string is bound as text.
struct SqliteBlob {
  absl::string_view bytes;
};

// A prepared statement. One thread at a time, the same as its database, which
// must outlive it.
class SqliteStatement {
 public:
  // Binds the parameters, from the first on, and clears earlier ones. Text and bytes are
  // copied. Errors are returned by the next Step.
  template <typename... Values>
  void Bind(const Values&... values) {
    Reset();
    int index = 0;
    (BindAt(++index, values), ...);
  }

  // Returns true when there is a row to read. Returns false after the last row; the
  // statement is then reset.
  absl::StatusOr<bool> Step();

  // Ends reading before the last row, and clears the parameters.
  void Reset();

  // Binds the parameters and runs a statement that returns no rows.
  template <typename... Values>
  absl::Status Run(const Values&... values) {
    Bind(values...);
    return Finish();
  }

  // The values of the current row; columns count from 0. The bytes are valid until the
  // next Step.
  int64_t Int(int column) const;
  double Double(int column) const;
  bool IsNull(int column) const;
  absl::string_view Bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  absl::Status Finish();
  template <std::integral T>
  void BindAt(int index, T value) {
    BindInt(index, static_cast<int64_t>(value));
  }
  void BindAt(int index, double value);
  void BindAt(int index, absl::string_view text);
  void BindAt(int index, SqliteBlob blob);
  template <typename T>
  void BindAt(int index, const std::optional<T>& value) {
    if (value.has_value()) BindAt(index, *value);  // Otherwise it stays NULL.
  }
  void BindInt(int index, int64_t value);
  void Note(int code);

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  int bind_error_ = 0;
};

// A connection. One thread at a time. Errors:
//  * DATA_LOSS: the file is damaged or is no database.
//  * RESOURCE_EXHAUSTED: the disk is full, or memory.
//  * FAILED_PRECONDITION: it cannot be opened, or is read-only.
//  * UNAVAILABLE: the disk failed, or another connection was in the way.
//  * INTERNAL: anything else, such as SQL that does not fit the tables.
class SqliteDatabase {
 public:
  enum class Mode {
    kRead,
    // For a file that nobody can be writing, in a folder that cannot be written: SQLite
    // then makes no file beside it, and takes no lock.
    kReadImmutable,
    kWrite,
    kCreate
  };
  static absl::StatusOr<SqliteDatabase> Open(const std::string& path, Mode mode);

  absl::StatusOr<SqliteStatement> Prepare(absl::string_view sql);
  // Runs one or several statements and ignores their rows.
  absl::Status Execute(const std::string& sql);
  // Returns the first column of the first row as text; empty where there is no row.
  absl::StatusOr<std::string> Ask(absl::string_view sql);

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  explicit SqliteDatabase(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace gyrus
