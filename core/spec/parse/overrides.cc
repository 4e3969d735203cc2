#include "core/spec/parse/overrides.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status.h"
#include "core/spec/parse/spec_reader.h"
#include "core/spec/parse/yaml_boundary.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// One override on its way down the tree: the node where it is, and the message or
// field that the node holds. A repeated field stands for all of its values. With
// neither, the path has left what the descriptors know. One thread.
class Walk {
 public:
  Walk(YamlNode& root, const Descriptor& type, int override_index)
      : node_(&root), message_(&type), override_index_(override_index) {}

  YamlNode& node() { return *node_; }

  // `is_last`: the value goes here, so that a new name is allowed.
  absl::Status Step(absl::string_view key, bool is_last) {
    path_ = JoinPath(path_, key);
    if (message_ != nullptr) UseShorthand(key);
    if (field_ != nullptr && field_->is_repeated()) return StepIntoRepeated(key, is_last);
    if (field_ != nullptr) return Error("has nothing below it");
    GYRUS_RETURN_IF_ERROR(FindOrAdd(key));
    Enter(message_ == nullptr ? nullptr : message_->FindFieldByName(std::string(key)));
    return absl::OkStatus();
  }

 private:
  absl::Status Error(absl::string_view message) const {
    return absl::InvalidArgumentError(absl::StrCat(path_, ": ", message));
  }

  // Goes on to what `field` holds; null: nothing is known of it.
  void Enter(const FieldDescriptor* field) {
    const bool is_message =
        field != nullptr && !field->is_repeated() && field->message_type() != nullptr;
    message_ = is_message ? field->message_type() : nullptr;
    field_ = is_message ? nullptr : field;
  }

  // Goes on to the list of a shorthand where `key` means one of its items. Where a
  // message is written short but `key` names a field of it, writes it in full.
  void UseShorthand(absl::string_view key) {
    const FieldDescriptor* shorthand = ShorthandOf(*message_);
    if (shorthand == nullptr) return;
    const bool named = message_->FindFieldByName(std::string(key)) != nullptr;
    if (shorthand->is_repeated() && !named) {
      YamlNode* written = node_->IsMapping() ? node_->Find(shorthand->name()) : nullptr;
      if (written != nullptr) node_ = written;
      return Enter(shorthand);
    }
    if (node_->IsMapping() || node_->kind == YamlNode::Kind::kNull) return;
    YamlNode whole;
    whole.kind = YamlNode::Kind::kMapping;
    whole.origin = node_->origin;
    whole.key = std::exchange(node_->key, shorthand->name());
    whole.children.push_back(std::move(*node_));
    *node_ = std::move(whole);
  }

  absl::Status StepIntoRepeated(absl::string_view key, bool is_last) {
    const FieldDescriptor& field = *field_;
    if (field.is_map()) {
      GYRUS_RETURN_IF_ERROR(FindOrAdd(key));
      Enter(field.message_type()->map_value());
      return absl::OkStatus();
    }
    if (KeyFieldOf(field) == nullptr) {
      GYRUS_RETURN_IF_ERROR(FindItem(key));
    } else {
      GYRUS_RETURN_IF_ERROR(is_last ? FindOrAdd(key) : FindName(key));
    }
    message_ = field.message_type();
    field_ = nullptr;
    return absl::OkStatus();
  }

  absl::Status FindItem(absl::string_view key) {
    uint32_t index = 0;
    if (!absl::SimpleAtoi(key, &index)) return Error("needs a number here, from 0");
    const bool is_list = node_->kind == YamlNode::Kind::kSequence;
    const size_t size = is_list ? node_->children.size() : 0;
    if (index >= size) return Error(absl::StrCat("there is no such item; the list has ", size));
    node_ = &node_->children[index];
    return absl::OkStatus();
  }

  absl::Status FindName(absl::string_view key) {
    if (YamlNode* found = node_->Find(key)) {
      node_ = found;
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const YamlNode& child : node_->children) names.push_back(child.key);
    return Error(UnknownWord("name", key, names));
  }

  absl::Status FindOrAdd(absl::string_view key) {
    if (node_->kind == YamlNode::Kind::kNull) node_->kind = YamlNode::Kind::kMapping;
    if (!node_->IsMapping()) {
      return Error(absl::StrCat("is inside ", KindInWords(*node_), ", not a mapping"));
    }
    YamlNode* found = node_->Find(key);
    if (found == nullptr) {
      YamlNode& added = node_->children.emplace_back();
      added.key = std::string(key);
      added.origin.override_index = override_index_;
      found = &added;
    }
    node_ = found;
    return absl::OkStatus();
  }

  YamlNode* node_;
  const Descriptor* message_;
  const FieldDescriptor* field_ = nullptr;
  const int override_index_;
  std::string path_;
};

// On error `root` may have been changed in part.
absl::Status Apply(absl::string_view path, YamlNode value, const Descriptor& type, YamlNode& root) {
  const int override_index = value.origin.override_index;
  Walk walk(root, type, override_index);
  const std::vector<absl::string_view> keys = absl::StrSplit(path, '.');
  if (keys.size() > kMaxYamlDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path has more than ", kMaxYamlDepth, " keys"));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].empty()) return absl::InvalidArgumentError("a key in the path is empty");
    GYRUS_RETURN_IF_ERROR(walk.Step(keys[i], i + 1 == keys.size()));
  }
  value.key = walk.node().key;
  walk.node() = std::move(value);
  return absl::OkStatus();
}

}  // namespace

void ApplyOverrides(const SourceMap& sources, const Descriptor& type, YamlNode& root,
                    Problems& problems) {
  for (size_t i = 0; i < sources.overrides().size(); ++i) {
    const int index = static_cast<int>(i);
    const absl::string_view text = sources.overrides()[i];
    const Origin origin{0, index};
    const size_t equals = text.find('=');
    if (equals == absl::string_view::npos) {
      problems.Add(origin, "", "needs PATH=VALUE");
      continue;
    }
    absl::StatusOr<YamlNode> value = ParseYaml(text.substr(equals + 1), sources, index);
    if (!value.ok()) {
      problems.AddLine(value.status().message());
      continue;
    }
    value->origin = origin;
    YamlNode changed = root;
    const absl::Status applied = Apply(text.substr(0, equals), *std::move(value), type, changed);
    if (applied.ok()) {
      root = std::move(changed);
    } else {
      problems.Add(origin, "", applied.message());
    }
  }
}

}  // namespace gyrus
