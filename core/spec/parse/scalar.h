// Readers of single values of an experiment file: numbers, flags, words. They are
// strict, so that a typing error is not taken for another value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/spec/parse/yaml_node.h"
#include "google/protobuf/descriptor.h"

namespace gyrus {

// Every error is INVALID_ARGUMENT and says what is wanted and what was found,
// without a place. `node` is a scalar.

// Digits only. Quotes make text of a number, here and in ParseNumber.
absl::StatusOr<uint64_t> ParseUnsigned(const YamlNode& node, uint64_t largest);

// Decimal, with or without exponent; finite.
absl::StatusOr<double> ParseNumber(const YamlNode& node);

// `true` or `false`.
absl::StatusOr<bool> ParseFlag(const YamlNode& node);

// METRIC_MAE is written `mae`, CROP_CENTRE_GRID `grid`. The value for 0, unset,
// has no word.
std::string EnumWord(const google::protobuf::EnumValueDescriptor& value);
std::vector<std::string> EnumWords(const google::protobuf::EnumDescriptor& type);
absl::StatusOr<int> ParseEnumWord(const YamlNode& node,
                                  const google::protobuf::EnumDescriptor& type);

}  // namespace gyrus
