// Overrides of the command line, `--set a.b.c=value`: changes to the tree of an
// experiment file before it is read into a message.
#pragma once

#include "absl/strings/string_view.h"
#include "core/spec/parse/yaml_node.h"
#include "core/spec/problems.h"
#include "core/spec/source_map.h"
#include "google/protobuf/descriptor.h"

namespace gyrus {

// Applies sources.overrides() in order to `root`, which holds a `type`.
//
// Each is PATH=VALUE. PATH is keys joined by dots; a number, from 0, is an index
// into a list; an entry of a mapping of names goes by its name. Missing mappings are
// made, but missing items and names are not, because a slip of the pen would then
// add a cohort. The field of a shorthand may be named or left out: `recipe.2` is
// `recipe.steps.2`. VALUE is YAML and replaces what was there. The reader of the
// tree reports unknown keys.
//
// An override that cannot be applied is added to `problems` and skipped.
void ApplyOverrides(const SourceMap& sources, const google::protobuf::Descriptor& type,
                    YamlNode& root, Problems& problems);

}  // namespace gyrus
