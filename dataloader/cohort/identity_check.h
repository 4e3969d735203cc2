// Finds names in a cohort's table that differ but look the same ("12" and "12.0",
// "s01" and "S01"): of subjects, of the sessions of one subject, of sites and
// families, and texts of one column. Taken as two, such names would let one person
// be trained on and tested, or divide one site.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/look_alikes.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// Thread-compatible.
class IdentityCheck {
 public:
  // Notes the names of a sample, which are canonical.
  void Add(const v1::Sample& sample);

  // A sentence for each column in which names look alike, beginning with `file` and
  // the line of the later one; it names the first two with their lines and counts
  // the others. Empty: there are none.
  std::vector<std::string> Problems(absl::string_view file) const;

 private:
  struct Column {
    // Names are told apart within their scope: sessions within their subject.
    std::map<std::string, LookAlikes> by_scope;
    std::string problem;  // Describes the first two names that look alike.
    uint32_t line = 0;
    int more = 0;
  };

  void Note(const std::string& column, const std::string& scope, absl::string_view name,
            uint32_t line);

  std::map<std::string, Column> columns_;
};

}  // namespace gyrus
