#include "coordinator/ledger/ledger_tables.h"

#include "common/digest.h"

namespace gyrus {
absl::string_view LedgerTables() {
  return R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,  -- format, written_by, incarnation
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,  -- from 1, without a gap
  experiment_id TEXT NOT NULL,
  event BLOB NOT NULL,           -- gyrus.v1.Event
  digest BLOB NOT NULL           -- XXH3-128 of sequence, event
) STRICT;

CREATE TABLE ranks (
  id INTEGER PRIMARY KEY,
  experiment_id TEXT NOT NULL,
  trial_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  sequence INTEGER NOT NULL,     -- of the last record that was applied
  UNIQUE (experiment_id, trial_id, attempt, rank)
) STRICT;

CREATE TABLE metrics (
  rank_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,     -- of the record
  position INTEGER NOT NULL,     -- in the record
  step INTEGER,
  epoch INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL,                    -- NULL: not a number
  PRIMARY KEY (rank_id, sequence, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE items_seen (
  rank_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  items_seen BLOB NOT NULL,          -- gyrus.v1.EpochItemsSeen
  digest BLOB NOT NULL,          -- XXH3-128 of rank_id, sequence, items_seen
  PRIMARY KEY (rank_id, sequence)
) STRICT;

CREATE TABLE validations (
  rank_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  predictions BLOB NOT NULL,     -- gyrus.v1.EpochDone with epoch and validation
  digest BLOB NOT NULL,
  PRIMARY KEY (rank_id, sequence)
) STRICT;
)sql";
}

std::string RowDigest(std::initializer_list<uint64_t> key, absl::string_view bytes) {
  std::string all;
  for (const uint64_t number : key) {
    for (int i = 0; i < 8; ++i) all.push_back(static_cast<char>(number >> (8 * i)));
  }
  all.append(bytes.data(), bytes.size());
  return Xxh3Of(all);
}

}  // namespace gyrus
