#include "core/spec/parse/experiment.h"

#include <utility>

#include "common/status.h"
#include "core/spec/parse/overrides.h"
#include "core/spec/parse/spec_reader.h"
#include "core/spec/parse/yaml_boundary.h"
#include "core/spec/problems.h"

namespace gyrus {

absl::StatusOr<ParsedExperiment> ParseExperiment(absl::string_view yaml_text,
                                                 absl::string_view file_name,
                                                 std::vector<std::string> overrides) {
  ParsedExperiment parsed;
  parsed.sources = SourceMap(file_name, std::move(overrides));
  GYRUS_ASSIGN_OR_RETURN(YamlNode root, ParseYaml(yaml_text, parsed.sources));

  Problems problems(parsed.sources);
  ApplyOverrides(parsed.sources, *v1::ExperimentSpec::descriptor(), root, problems);
  SpecReader(parsed.sources, problems).ReadMessage(root, parsed.spec, "");
  GYRUS_RETURN_IF_ERROR(problems.ToStatus());
  return parsed;
}

}  // namespace gyrus
