// The tables of a ledger, as docs/formats.md describes them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace gyrus {

// SQL that makes them all.
absl::string_view LedgerTables();

// SQLite checks its pages' structure but not their content, so each row of
// bytes that matters has its digest: XXH3-128 of the numbers of its key, eight
// bytes each, little endian, and of the bytes.
std::string RowDigest(std::initializer_list<uint64_t> key, absl::string_view bytes);

}  // namespace gyrus
