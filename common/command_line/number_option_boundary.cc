#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/command_line/number_option.h"

namespace gyrus {
namespace {

// The one-argument form, because the other one puts "--option: " before the text.
[[noreturn]] void Refuse(const std::string& option, const std::string& wanted,
                         const std::string& text) {
  throw CLI::ValidationError(absl::StrCat(option, " must be ", wanted, ", not ", text));
}

// An upper end that is only the type's own says nothing to a user.
std::string Describe(const WholeRange& range) {
  if (range.max >= std::numeric_limits<int32_t>::max()) {
    return absl::StrCat("a whole number of at least ", range.min);
  }
  return absl::StrCat("a whole number from ", range.min, " to ", range.max);
}

}  // namespace

namespace internal {

int64_t ParseWholeNumber(const std::string& option, const std::string& text,
                         const WholeRange& range) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < range.min || number > range.max) {
    Refuse(option, Describe(range), text);
  }
  return number;
}

CLI::Option* AddWholeNumber(CLI::App& app, const std::string& option, const WholeRange& range,
                            std::function<void(int64_t)> set, const std::string& description) {
  return app
      .add_option_function<std::string>(
          option,
          [option, range, set = std::move(set)](const std::string& text) {
            set(ParseWholeNumber(option, text, range));
          },
          description)
      ->type_name("N");
}

}  // namespace internal

CLI::Option* AddPositiveOption(CLI::App& app, const std::string& option, double& value,
                               const std::string& description) {
  CLI::Option* const added = app.add_option_function<std::string>(
      option,
      [option, &value](const std::string& text) {
        double number = 0;
        // Written so that NaN is refused too.
        if (!absl::SimpleAtod(text, &number) || !(number > 0) || !std::isfinite(number)) {
          Refuse(option, "a number above 0", text);
        }
        value = number;
      },
      description);
  return added->type_name("NUMBER")->default_str(absl::StrCat(value));
}

CLI::Option* AddDurationOption(CLI::App& app, const std::string& option, absl::Duration& value,
                               const std::string& description) {
  CLI::Option* const added = app.add_option_function<std::string>(
      option,
      [option, &value](const std::string& text) {
        absl::Duration duration;
        if (!absl::ParseDuration(text, &duration) || duration <= absl::ZeroDuration() ||
            duration == absl::InfiniteDuration()) {
          Refuse(option, "a duration above 0 with its unit (500ms, 20s, 2m)", text);
        }
        value = duration;
      },
      description);
  return added->type_name("DURATION")->default_str(absl::FormatDuration(value));
}

}  // namespace gyrus
