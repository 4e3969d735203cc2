#include "core/spec/parse/yaml_boundary.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/boundary.h"
#include "common/utf8.h"
#include "core/spec/parse/yaml_mistake.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

// The first thing that was wrong. Lines count from 1.
struct Complaint {
  int line;
  std::string message;
};

// Builds the tree from yaml-cpp's events. Unlike its nodes they do not expand
// aliases, so that the cost grows with the length of the text. One thread.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(int override_index) : override_index_(override_index) {}

  const std::optional<Complaint>& complaint() const { return complaint_; }
  int first_line() const { return first_line_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override { first_line_ = mark.line + 1; }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { Alias(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Alias(mark); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Place(Make(YamlNode::Kind::kNull, mark, "?"));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode node = Make(YamlNode::Kind::kScalar, mark, tag);
    node.quoted = tag == "!";
    node.text = value;
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 32 || c == 127; }))
      Complain(node.origin, "a value with a line break or control character in it");
    Place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kSequence, mark, tag));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kMapping, mark, tag));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

 private:
  // A list or mapping that has not ended yet, with the key whose value comes next.
  struct OpenNode {
    YamlNode node;
    std::optional<YamlNode> key;
  };

  void Complain(Origin origin, absl::string_view message) {
    if (!complaint_) complaint_ = Complaint{origin.line, std::string(message)};
  }
  void Alias(const YAML::Mark& mark) {
    Complain(Origin{mark.line + 1}, "anchors (&) and aliases (*) are not taken; write it out");
  }

  YamlNode Make(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    YamlNode node;
    node.kind = kind;
    node.origin = Origin{mark.line + 1, override_index_};
    if (tag != "?" && tag != "!" && !tag.empty()) {
      Complain(node.origin, absl::StrCat("tags are not taken: ", tag));
    }
    return node;
  }

  void Open(YamlNode node) {
    if (complaint_) return;
    if (open_.size() == kMaxYamlDepth) {
      return Complain(node.origin, absl::StrCat("nested deeper than ", kMaxYamlDepth, " levels"));
    }
    open_.push_back({std::move(node), std::nullopt});
  }

  void Close() {
    if (complaint_) return;
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    Place(std::move(node));
  }

  void Place(YamlNode node) {
    if (complaint_) return;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    if (WantsKey()) {
      if (node.kind != YamlNode::Kind::kScalar || node.text.empty()) {
        return Complain(node.origin, "a key must be a word");
      }
      open_.back().key = std::move(node);
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.key && node.kind == YamlNode::Kind::kNull) CheckBlankAfterColon(*parent.key);
    if (parent.key) {
      node.key = std::move(parent.key->text);
      node.origin = parent.key->origin;
      parent.key.reset();
    }
    parent.node.children.push_back(std::move(node));
  }

  // "{epochs:3}" is a key "epochs:3" without a value.
  void CheckBlankAfterColon(const YamlNode& key) {
    const size_t colon = key.text.find(':');
    if (key.quoted || colon == std::string::npos || colon + 1 == key.text.size()) return;
    Complain(key.origin, absl::StrCat(Quoted(key.text), " needs a blank after ':'; write ",
                                      key.text.substr(0, colon), ": ", key.text.substr(colon + 1)));
  }

  bool WantsKey() const {
    return !open_.empty() && open_.back().node.IsMapping() && !open_.back().key;
  }

  const int override_index_;
  int first_line_ = 0;
  std::vector<OpenNode> open_;
  YamlNode root_;
  std::optional<Complaint> complaint_;
};

std::optional<Complaint> ComplaintAboutBytes(absl::string_view text) {
  if (text.size() > kMaxYamlBytes) {
    return Complaint{0, absl::StrCat("larger than ", kMaxYamlBytes, " bytes")};
  }
  const size_t bad = FirstByteThatIsNoText(text);
  if (bad == absl::string_view::npos) return std::nullopt;
  const auto line = 1 + std::count(text.begin(), text.begin() + bad, '\n');
  return Complaint{static_cast<int>(line), absl::StrFormat("is not UTF-8 text (byte 0x%02x)",
                                                           static_cast<unsigned char>(text[bad]))};
}

// yaml-cpp's message, or an empty optional.
absl::StatusOr<std::optional<Complaint>> RunParser(absl::string_view text, TreeBuilder& builder) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    TreeBuilder rest(-1);
    if (!builder.complaint() && parser.HandleNextDocument(rest)) {
      return Complaint{rest.first_line(), "goes on after the end of its YAML document"};
    }
    return builder.complaint();
  } catch (const YAML::Exception& e) {
    if (builder.complaint()) return builder.complaint();
    if (auto mistake = FindYamlMistake(text, e.mark.line + 1, e.msg)) {
      return Complaint{mistake->line, std::move(mistake->explanation)};
    }
    return Complaint{e.mark.line + 1, absl::StrCat("is not YAML: ", e.msg)};
  } catch (...) {
    return Annotate(TranslateStdException(), "parsing YAML");
  }
}

}  // namespace

absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, const SourceMap& sources,
                                   int override_index) {
  TreeBuilder builder(override_index);
  std::optional<Complaint> complaint = ComplaintAboutBytes(text);
  if (!complaint) {
    GYRUS_ASSIGN_OR_RETURN(complaint, RunParser(text, builder));
  }
  if (!complaint) return builder.TakeRoot();
  const Origin origin{complaint->line, override_index};
  return absl::InvalidArgumentError(
      absl::StrCat(sources.Describe(origin), ": ", complaint->message));
}

}  // namespace gyrus
