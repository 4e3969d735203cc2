// Options of a command line that take a number or a duration within limits. A
// value outside of them ends the program with exit code 2 and a sentence that
// names the option, what it takes and what was given:
//
//   --workers must be a whole number of at least 1, not 0
//
// `value` holds the default, which --help shows; it must outlive `app`. The
// functions return the option for further settings, such as group("") to hide it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/time/time.h"

namespace gyrus {

// Both ends may be given.
struct WholeRange {
  int64_t min = 1;
  int64_t max = std::numeric_limits<int64_t>::max();
};

namespace internal {

// Throws CLI::ValidationError, which ParseLine() catches.
int64_t ParseWholeNumber(const std::string& option, const std::string& text,
                         const WholeRange& range);
CLI::Option* AddWholeNumber(CLI::App& app, const std::string& option, const WholeRange& range,
                            std::function<void(int64_t)> set, const std::string& description);

}  // namespace internal

// Takes a whole number. `Number` is an integer type; the range is cut to what the
// type can hold.
template <typename Number>
CLI::Option* AddNumberOption(CLI::App& app, const std::string& option, Number& value,
                             const std::string& description, WholeRange range = {}) {
  using Limits = std::numeric_limits<Number>;
  if (!Limits::is_signed && range.min < 0) range.min = 0;
  if (sizeof(Number) < sizeof(int64_t) && range.max > static_cast<int64_t>(Limits::max())) {
    range.max = static_cast<int64_t>(Limits::max());
  }
  CLI::Option* const added = internal::AddWholeNumber(
      app, option, range, [&value](int64_t number) { value = static_cast<Number>(number); },
      description);
  added->default_str(std::to_string(value));
  return added;
}

// The same for an optional number: `value` stays as it is when the option is not
// given, and --help shows no default.
template <typename Number>
CLI::Option* AddOptionalNumberOption(CLI::App& app, const std::string& option, Number& value,
                                     const std::string& description, WholeRange range = {}) {
  return AddNumberOption(app, option, value, description, range)->default_str("");
}

// Takes a number above 0 that need not be whole.
CLI::Option* AddPositiveOption(CLI::App& app, const std::string& option, double& value,
                               const std::string& description);

// Takes a duration above 0 with its unit, such as 500ms, 20s, 2m or 1h30m. `inf` is
// no duration here: every wait of a program ends.
CLI::Option* AddDurationOption(CLI::App& app, const std::string& option, absl::Duration& value,
                               const std::string& description);

}  // namespace gyrus
