// Tests the assumptions of the experiment reader about the proto files, and that
// docs/experiment.md describes every field.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/testing/paths.h"
#include "core/spec/arm.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"
#include "core/spec/parse/scalar.h"
#include "core/spec/parse/spec_reader.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "gyrus/v1/options.pb.h"

namespace gyrus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Fields of the spec by the path that docs/experiment.md gives them, down to
// what is written as one value, a list of values or a mapping of texts. What an
// arm or a stage shares with the experiment is described once.
void CollectFields(const Descriptor& message, const std::string& path,
                   const FieldDescriptor* skipped,
                   std::vector<std::pair<std::string, const FieldDescriptor*>>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field == skipped) continue;
    const bool is_list_of_all = field == ShorthandOf(message) && field->message_type() != nullptr;
    const std::string field_path = is_list_of_all ? path : JoinPath(path, field->name());
    const Descriptor* below = field->is_map() ? nullptr : field->message_type();
    if (below == nullptr || below->field_count() == 0 || message.name() == "Arm" ||
        message.name() == "Stage") {
      fields.emplace_back(field_path, field);
      continue;
    }
    const FieldDescriptor* key = KeyFieldOf(*field);
    const std::string suffix = key != nullptr ? ".NAME" : field->is_repeated() ? ".N" : "";
    CollectFields(*below, field_path + suffix, key, fields);
  }
}

std::vector<std::pair<std::string, const FieldDescriptor*>> AllFields() {
  std::vector<std::pair<std::string, const FieldDescriptor*>> fields;
  CollectFields(*v1::ExperimentSpec::descriptor(), "", nullptr, fields);
  return fields;
}

TEST(SpecRulesTest, EveryFieldHasATypeThatCanBeWritten) {
  for (const auto& [path, field] : AllFields()) {
    const std::set<int> taken = {FieldDescriptor::CPPTYPE_UINT32, FieldDescriptor::CPPTYPE_UINT64,
                                 FieldDescriptor::CPPTYPE_DOUBLE, FieldDescriptor::CPPTYPE_ENUM,
                                 FieldDescriptor::CPPTYPE_STRING, FieldDescriptor::CPPTYPE_MESSAGE,
                                 FieldDescriptor::CPPTYPE_BOOL};
    EXPECT_TRUE(taken.count(field->cpp_type())) << path;
    if (field->is_map()) {
      EXPECT_EQ(field->message_type()->map_key()->type(), FieldDescriptor::TYPE_STRING) << path;
      EXPECT_EQ(field->message_type()->map_value()->type(), FieldDescriptor::TYPE_STRING) << path;
    }
  }
}

TEST(SpecRulesTest, NumbersKnowWhetherTheyAreSet) {
  for (const auto& [path, field] : AllFields()) {
    if (field->is_repeated() || field->message_type() != nullptr || field->enum_type() != nullptr ||
        field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    EXPECT_TRUE(field->has_presence()) << path << " has no `optional`: 0 would be its default";
  }
}

TEST(SpecRulesTest, EveryEnumBeginsWithUnspecified) {
  for (const auto& [path, field] : AllFields()) {
    if (field->enum_type() == nullptr) continue;
    EXPECT_EQ(field->enum_type()->value(0)->number(), 0) << path;
    EXPECT_TRUE(absl::EndsWith(field->enum_type()->value(0)->name(), "_UNSPECIFIED")) << path;
    for (const std::string& word : EnumWords(*field->enum_type())) {
      EXPECT_THAT(word, ::testing::Not(::testing::StartsWith(field->enum_type()->name()))) << path;
    }
  }
}

std::string ReadDocs() {
  std::ifstream file(SourceDir() + "/docs/experiment.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The rows of the tables of keys, by key. A row of `resnetXd` is one of resnet2d
// and one of resnet3d; a row that says "the keys of `B`" at key A has the rows of
// B as well, under A.
std::map<std::string, std::string> DocumentedKeys() {
  std::map<std::string, std::string> rows;
  std::stringstream docs(ReadDocs());
  const std::regex row("\\| `([A-Za-z0-9_.]+)` \\|.*");
  std::smatch match;
  for (std::string line; std::getline(docs, line);) {
    if (!std::regex_match(line, match, row)) continue;
    const std::string key = match[1];
    if (!absl::StrContains(key, "Xd")) rows[key] = line;
    for (const char* const axes : {"2d", "3d"}) {
      if (absl::StrContains(key, "Xd")) rows[absl::StrReplaceAll(key, {{"Xd", axes}})] = line;
    }
  }
  const std::regex same(".*[Tt]he keys of `([A-Za-z0-9_.]+)`.*");
  for (const auto& [key, line] : std::map(rows)) {
    if (!std::regex_match(line, match, same)) continue;
    const std::string base = match[1].str() + ".";
    for (const auto& [other, text] : std::map(rows)) {
      if (absl::StartsWith(other, base)) rows[key + "." + other.substr(base.size())] = text;
    }
  }
  return rows;
}

TEST(ExperimentDocsTest, DescribeEveryKeyAndNoOther) {
  std::set<std::string> keys;
  for (const auto& [path, field] : AllFields()) keys.insert(path);
  std::set<std::string> documented;
  for (const auto& [key, row] : DocumentedKeys()) {
    // Rows of a mapping as a whole are there beside those of its keys.
    const auto below = keys.lower_bound(key + ".");
    if (below == keys.end() || !absl::StartsWith(*below, key + ".")) documented.insert(key);
  }
  EXPECT_THAT(documented, ::testing::ElementsAreArray(keys));
  EXPECT_GT(keys.size(), 80);
}

TEST(ExperimentDocsTest, NameEveryWordOfAnEnumAndForZero) {
  const std::map<std::string, std::string> rows = DocumentedKeys();
  for (const auto& [path, field] : AllFields()) {
    const auto row = rows.find(path);
    ASSERT_NE(row, rows.end()) << path;
    std::vector<std::string> words;
    if (field->enum_type() != nullptr) words = EnumWords(*field->enum_type());
    const std::string& zero = field->options().GetExtension(v1::word_for_zero);
    if (!zero.empty()) words.push_back(zero);
    for (const std::string& word : words) {
      EXPECT_THAT(row->second, ::testing::HasSubstr(absl::StrCat("`", word, "`"))) << path;
    }
  }
}

std::vector<std::string> DocumentedExamples() {
  const std::string docs = ReadDocs();
  std::vector<std::string> examples;
  const std::string kFence = "```yaml\n";
  for (size_t begin = docs.find(kFence); begin != std::string::npos;
       begin = docs.find(kFence, begin)) {
    begin += kFence.size();
    examples.push_back(docs.substr(begin, docs.find("```\n", begin) - begin));
  }
  return examples;
}

v1::ExperimentSpec Parsed(const std::string& yaml) {
  auto parsed = ParseExperiment(yaml, "docs");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->spec : v1::ExperimentSpec();
}

TEST(ExperimentDocsTest, ExamplesAreTaken) {
  ASSERT_EQ(DocumentedExamples().size(), 3);
  for (const std::string& example : DocumentedExamples()) {
    v1::ExperimentSpec spec = Parsed(example);
    FillDefaults(spec);
    EXPECT_TRUE(CheckExperiment(spec).ok()) << CheckExperiment(spec);
  }
}

TEST(ExperimentDocsTest, DefaultsAreThoseThatAreFilledIn) {
  const std::vector<std::string> examples = DocumentedExamples();
  ASSERT_EQ(examples.size(), 3);
  v1::ExperimentSpec shortest = Parsed(examples[1]);
  FillDefaults(shortest);
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(Parsed(examples[2]), shortest)) << difference;
}

}  // namespace
}  // namespace gyrus
