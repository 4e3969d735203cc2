#include "tests/cluster/tables.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

std::vector<std::string> Lines(const std::string& file) {
  const auto text = ReadFile(file);
  EXPECT_TRUE(text.ok()) << text.status();
  return absl::StrSplit(text.value_or(""), '\n', absl::SkipEmpty());
}

std::vector<std::string> Columns(const std::vector<std::string>& lines, char separator) {
  EXPECT_FALSE(lines.empty());
  if (lines.empty()) return {};
  return absl::StrSplit(lines[0], separator);
}

}  // namespace

std::vector<Row> ReadTable(const std::string& file, char separator) {
  const std::vector<std::string> lines = Lines(file);
  const std::vector<std::string> columns = Columns(lines, separator);
  std::vector<Row> rows;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], separator);
    EXPECT_EQ(cells.size(), columns.size()) << file << ": " << lines[i];
    Row& row = rows.emplace_back();
    for (size_t c = 0; c < columns.size() && c < cells.size(); ++c) row[columns[c]] = cells[c];
  }
  return rows;
}

void EditManifest(const std::string& file, const std::function<void(int, Row&)>& change) {
  const std::vector<std::string> columns = Columns(Lines(file), ',');
  std::string text = absl::StrJoin(columns, ",") + "\n";
  int number = 0;
  for (Row& row : ReadTable(file, ',')) {
    change(number++, row);
    std::vector<std::string> cells;
    for (const std::string& name : columns) cells.push_back(row[name]);
    absl::StrAppend(&text, absl::StrJoin(cells, ","), "\n");
  }
  EXPECT_TRUE(WriteFileAtomically(file, text).ok());
}

double Number(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

}  // namespace gyrus
