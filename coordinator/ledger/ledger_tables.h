// The tables of a ledger, as docs/formats.md describes them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace gyrus {

// Returns the SQL that creates all tables.
absl::string_view LedgerTables();

// SQLite checks the structure of its pages but not their content. Therefore each row
// with serialised bytes has a digest: the XXH3-128 of the numbers of its key, eight
// bytes each, little endian, followed by the bytes.
std::string RowDigest(std::initializer_list<uint64_t> key, absl::string_view bytes);

}  // namespace gyrus
