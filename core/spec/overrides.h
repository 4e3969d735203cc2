// `--set a.b.c=value`: changes to the YAML tree before it is read.
#pragma once

#include "absl/strings/string_view.h"
#include "core/spec/problems.h"
#include "core/spec/source_map.h"
#include "core/spec/yaml_node.h"
#include "google/protobuf/descriptor.h"

namespace gyrus {

// Applies sources.overrides() in order to `root`, which holds a `type`.
//
// Each is PATH=VALUE. PATH is keys joined by dots; numbers, from 0, index
// lists; entries of a mapping of names go by name. Missing mappings are made,
// missing items and names are not: a slip would add a cohort. The field of a
// shorthand may be named or left out: `recipe.2` is `recipe.steps.2`. VALUE is
// YAML and replaces what was there. Unknown keys are left for the reader of the
// tree to find.
//
// What cannot be done is added to `problems`, and skipped.
void ApplyOverrides(const SourceMap& sources, const google::protobuf::Descriptor& type,
                    YamlNode& root, Problems& problems);

}  // namespace gyrus
