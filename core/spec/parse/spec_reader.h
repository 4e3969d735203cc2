// Reads the tree of an experiment file into a message. It follows the descriptors
// of the messages and the options of options.proto, so that a new field needs no
// code here.
#pragma once

#include <string>
#include <vector>

#include "core/spec/parse/yaml_node.h"
#include "core/spec/problems.h"
#include "core/spec/source_map.h"
#include "google/protobuf/message.h"

namespace gyrus {

// The rules: a message is a mapping; a repeated field is a list, or with `keyed_by`
// a mapping; `map<string, …>` is a mapping; a `oneof` takes at most one of its keys,
// and exactly one where the message has nothing else; enums are lower-case words; a
// message with a `shorthand` may be the bare value of that field. Nothing may be
// empty.
//
// After a problem it goes on, to find the others. One thread.
class SpecReader {
 public:
  // Both must outlive this.
  SpecReader(SourceMap& sources, Problems& problems) : sources_(sources), problems_(problems) {}

  // `path` is the message's place: "arms.T1w.train", or empty for the experiment.
  // `skipped` is a field that may not be written, or null.
  void ReadMessage(const YamlNode& node, google::protobuf::Message& message,
                   const std::string& path,
                   const google::protobuf::FieldDescriptor* skipped = nullptr);

 private:
  void ReadEntry(const YamlNode& entry, google::protobuf::Message& message, const std::string& path,
                 const google::protobuf::FieldDescriptor* skipped);
  void ReadField(const YamlNode& node, google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field, const std::string& path);
  void ReadList(const YamlNode& node, google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field, const std::string& path);
  void ReadKeyed(const YamlNode& node, google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field, const std::string& path);
  void ReadTextMap(const YamlNode& node, google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, const std::string& path);
  void ReadScalar(const YamlNode& node, google::protobuf::Message& message,
                  const google::protobuf::FieldDescriptor& field, const std::string& path);

  // Returns false and adds a problem when `node` is of another kind or empty.
  bool IsFilled(const YamlNode& node, YamlNode::Kind kind, absl::string_view wanted,
                const std::string& path);
  // The entries of a mapping. A key that is there again is a problem.
  std::vector<const YamlNode*> UniqueEntries(const YamlNode& node, const std::string& path);
  // The same where the keys are names that the operator chose.
  std::vector<const YamlNode*> NamedEntries(const YamlNode& node, const std::string& path);

  SourceMap& sources_;
  Problems& problems_;
};

// Keys that may be written for `message`, in the order of its fields.
std::vector<std::string> KeysOf(const google::protobuf::Descriptor& message,
                                const google::protobuf::FieldDescriptor* skipped = nullptr);

// The shorthand field of a message, or null.
const google::protobuf::FieldDescriptor* ShorthandOf(const google::protobuf::Descriptor& message);

// The field that the key of a `keyed_by` field goes into, or null.
const google::protobuf::FieldDescriptor* KeyFieldOf(const google::protobuf::FieldDescriptor& field);

// "train.epochs" for "train" and "epochs".
std::string JoinPath(absl::string_view path, absl::string_view key);

}  // namespace gyrus
