#include "core/weights/pickle.h"

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/weights/pickle_opcode.h"
#include "core/weights/pickle_stack.h"
#include "core/weights/torch_globals.h"

namespace gyrus {
namespace {

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("a damaged pickle: ", what));
}

absl::Status Refused(absl::string_view what) { return absl::InvalidArgumentError(what); }

// One pass over the bytes. Used once.
class PickleReader {
 public:
  explicit PickleReader(absl::string_view bytes) : bytes_(bytes) {}

  absl::StatusOr<PickleTree> Read();

 private:
  using Handler = absl::Status (PickleReader::*)();
  // Null for what is refused.
  static const std::array<Handler, 256>& Handlers();

  absl::Status Run();

  // Bytes behind the instruction.
  absl::StatusOr<absl::string_view> Take(uint64_t count);
  absl::StatusOr<absl::string_view> TakeLine();
  template <typename T>
  absl::StatusOr<T> TakeNumber();  // Little endian, unsigned.

  template <bool kValue>
  absl::Status Boolean() {
    return stack_.Push(kValue);
  }
  template <typename Size>
  absl::Status Text();
  template <typename T>
  absl::Status Unsigned();
  template <typename T>
  absl::Status Empty() {
    return stack_.Push(T());
  }
  template <int kCount>
  absl::Status ShortTuple();
  template <typename Size>
  absl::Status Put();
  template <typename Size>
  absl::Status Get();

  absl::Status None() { return stack_.Push(PickleNone()); }
  absl::Status Signed();
  absl::Status Long();
  absl::Status Float();
  absl::Status Frame();
  absl::Status Mark() {
    stack_.Mark();
    return absl::OkStatus();
  }
  absl::Status Tuple();
  absl::Status Append();
  absl::Status Appends();
  absl::Status SetItem();
  absl::Status SetItems();
  absl::Status Global();
  absl::Status StackGlobal();
  absl::Status Reduce();
  absl::Status Build();
  absl::Status PersistentId();
  absl::Status Memoize() { return stack_.Memoize(); }
  absl::Status Stop();

  absl::Status PushGlobal(absl::string_view module, absl::string_view name);

  const absl::string_view bytes_;
  size_t position_ = 0;
  bool stopped_ = false;
  PickleStack stack_{kMaxPickleValues};
};

const std::array<PickleReader::Handler, 256>& PickleReader::Handlers() {
  using R = PickleReader;
  static const std::array<Handler, 256> handlers = [] {
    std::array<Handler, 256> h{};
    h['.'] = &R::Stop;
    h[0x95] = &R::Frame;
    // Plain values.
    h['N'] = &R::None;
    h[0x88] = &R::Boolean<true>;
    h[0x89] = &R::Boolean<false>;
    h['J'] = &R::Signed;
    h['K'] = &R::Unsigned<uint8_t>;
    h['M'] = &R::Unsigned<uint16_t>;
    h[0x8a] = &R::Long;
    h['G'] = &R::Float;
    h[0x8c] = &R::Text<uint8_t>;
    h['X'] = &R::Text<uint32_t>;
    h[0x8d] = &R::Text<uint64_t>;
    // Containers.
    h['('] = &R::Mark;
    h[')'] = &R::Empty<PickleTuple>;
    h['t'] = &R::Tuple;
    h[0x85] = &R::ShortTuple<1>;
    h[0x86] = &R::ShortTuple<2>;
    h[0x87] = &R::ShortTuple<3>;
    h[']'] = &R::Empty<PickleList>;
    h['a'] = &R::Append;
    h['e'] = &R::Appends;
    h['}'] = &R::Empty<PickleDict>;
    h['s'] = &R::SetItem;
    h['u'] = &R::SetItems;
    // References to earlier values.
    h['q'] = &R::Put<uint8_t>;
    h['r'] = &R::Put<uint32_t>;
    h[0x94] = &R::Memoize;
    h['h'] = &R::Get<uint8_t>;
    h['j'] = &R::Get<uint32_t>;
    // The few names, and what becomes of them.
    h['c'] = &R::Global;
    h[0x93] = &R::StackGlobal;
    h['R'] = &R::Reduce;
    h['b'] = &R::Build;
    h['Q'] = &R::PersistentId;
    return h;
  }();
  return handlers;
}

absl::StatusOr<PickleTree> PickleReader::Read() {
  if (bytes_.size() > kMaxPickleBytes) {
    return Refused(absl::StrCat("a pickle of ", bytes_.size(), " bytes, more than weights need"));
  }
  if (bytes_.size() < 2 || bytes_[0] != '\x80') {
    return Refused("no pickle of protocol 2 or newer");
  }
  if (bytes_[1] < 2 || bytes_[1] > 5) {
    return Refused(absl::StrCat("a pickle of protocol ", static_cast<uint8_t>(bytes_[1]),
                                "; 2 to 5 are read"));
  }
  position_ = 2;
  GYRUS_RETURN_IF_ERROR(Run());
  if (position_ != bytes_.size()) return Damaged("bytes behind its end");
  GYRUS_ASSIGN_OR_RETURN(PickleTree tree, std::move(stack_).Finish());
  GYRUS_RETURN_IF_ERROR(CheckNesting(tree, kMaxPickleDepth));
  return tree;
}

// An instruction without a handler ends the reading. Nothing in the file is ever executed.
absl::Status PickleReader::Run() {
  while (!stopped_) {
    if (position_ == bytes_.size()) return Damaged("it has no end");
    const size_t at = position_;
    const uint8_t opcode = static_cast<uint8_t>(bytes_[position_++]);
    const Handler handler = Handlers()[opcode];
    if (handler == nullptr) {
      return Refused(absl::StrCat("byte ", at, ": the instruction ", PickleOpcodeName(opcode),
                                  " is not executed"));
    }
    if (const absl::Status status = (this->*handler)(); !status.ok()) {
      return Annotate(status, absl::StrCat("byte ", at, ", ", PickleOpcodeName(opcode)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> PickleReader::Take(uint64_t count) {
  if (count > bytes_.size() - position_) return Damaged("it is cut short");
  const absl::string_view taken = bytes_.substr(position_, count);
  position_ += count;
  return taken;
}

absl::StatusOr<absl::string_view> PickleReader::TakeLine() {
  const size_t end = bytes_.find('\n', position_);
  if (end == absl::string_view::npos) return Damaged("a name has no end");
  const absl::string_view line = bytes_.substr(position_, end - position_);
  position_ = end + 1;
  return line;
}

template <typename T>
absl::StatusOr<T> PickleReader::TakeNumber() {
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view bytes, Take(sizeof(T)));
  T number = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    number = static_cast<T>(number << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return number;
}

template <typename Size>
absl::Status PickleReader::Text() {
  GYRUS_ASSIGN_OR_RETURN(const Size size, TakeNumber<Size>());
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view text, Take(size));
  return stack_.Push(std::string(text));
}

template <typename T>
absl::Status PickleReader::Unsigned() {
  GYRUS_ASSIGN_OR_RETURN(const T number, TakeNumber<T>());
  return stack_.Push(static_cast<int64_t>(number));
}

absl::Status PickleReader::Signed() {
  GYRUS_ASSIGN_OR_RETURN(const uint32_t number, TakeNumber<uint32_t>());
  return stack_.Push(static_cast<int64_t>(static_cast<int32_t>(number)));
}

absl::Status PickleReader::Long() {
  GYRUS_ASSIGN_OR_RETURN(const uint8_t size, TakeNumber<uint8_t>());
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view bytes, Take(size));
  if (size > 8) return Refused(absl::StrCat("an integer of ", size, " bytes"));
  // Two's complement: the last byte has the sign.
  uint64_t number = size > 0 && static_cast<int8_t>(bytes[size - 1]) < 0 ? ~uint64_t{0} : 0;
  for (size_t i = size; i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return stack_.Push(static_cast<int64_t>(number));
}

absl::Status PickleReader::Float() {
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view bytes, Take(8));
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return stack_.Push(std::bit_cast<double>(number));
}

absl::Status PickleReader::Frame() {
  GYRUS_ASSIGN_OR_RETURN(const uint64_t size, TakeNumber<uint64_t>());
  if (size > bytes_.size() - position_) return Damaged("it is cut short");
  return absl::OkStatus();
}

absl::Status PickleReader::Tuple() {
  GYRUS_ASSIGN_OR_RETURN(std::vector<PickleId> items, stack_.PopToMark());
  return stack_.Push(PickleTuple{std::move(items)});
}

template <int kCount>
absl::Status PickleReader::ShortTuple() {
  GYRUS_ASSIGN_OR_RETURN(std::vector<PickleId> items, stack_.PopMany(kCount));
  return stack_.Push(PickleTuple{std::move(items)});
}

absl::Status PickleReader::Append() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId item, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(PickleList* const list, stack_.TopAs<PickleList>("a list"));
  list->items.push_back(item);
  return absl::OkStatus();
}

absl::Status PickleReader::Appends() {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopToMark());
  GYRUS_ASSIGN_OR_RETURN(PickleList* const list, stack_.TopAs<PickleList>("a list"));
  list->items.insert(list->items.end(), items.begin(), items.end());
  return absl::OkStatus();
}

absl::Status PickleReader::SetItem() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId value, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(const PickleId key, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(PickleDict* const dict, stack_.TopAs<PickleDict>("a dict"));
  dict->items.emplace_back(key, value);
  return absl::OkStatus();
}

absl::Status PickleReader::SetItems() {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopToMark());
  GYRUS_ASSIGN_OR_RETURN(PickleDict* const dict, stack_.TopAs<PickleDict>("a dict"));
  if (items.size() % 2 != 0) return Damaged("a key has no value");
  for (size_t i = 0; i < items.size(); i += 2) dict->items.emplace_back(items[i], items[i + 1]);
  return absl::OkStatus();
}

template <typename Size>
absl::Status PickleReader::Put() {
  GYRUS_ASSIGN_OR_RETURN(const Size index, TakeNumber<Size>());
  // Python counts them; a leap would let a few bytes ask for much memory.
  if (index != stack_.memos()) {
    return Damaged(absl::StrCat("memo ", index, " where ", stack_.memos(), " is next"));
  }
  return stack_.Memoize();
}

template <typename Size>
absl::Status PickleReader::Get() {
  GYRUS_ASSIGN_OR_RETURN(const Size index, TakeNumber<Size>());
  return stack_.PushMemo(index);
}

absl::Status PickleReader::Global() {
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view module, TakeLine());
  GYRUS_ASSIGN_OR_RETURN(const absl::string_view name, TakeLine());
  return PushGlobal(module, name);
}

// Pushes the name of a Python object. Names that a state dict does not need are refused.
absl::Status PickleReader::StackGlobal() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId name, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(const PickleId module, stack_.Pop());
  const auto* name_text = stack_.tree().As<std::string>(name);
  const auto* module_text = stack_.tree().As<std::string>(module);
  if (name_text == nullptr || module_text == nullptr) return Damaged("a name is no text");
  return PushGlobal(*module_text, *name_text);
}

absl::Status PickleReader::PushGlobal(absl::string_view module, absl::string_view name) {
  GYRUS_ASSIGN_OR_RETURN(const PickleGlobal global, FindTorchGlobal(module, name));
  return stack_.Push(global);
}

// In Python this instruction calls any function. Here only the few constructors that
// torch.save writes are known (torch_globals.h); they are computed by our code.
absl::Status PickleReader::Reduce() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId arguments, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(const PickleId function, stack_.Pop());
  const auto* global = stack_.tree().As<PickleGlobal>(function);
  const auto* tuple = stack_.tree().As<PickleTuple>(arguments);
  if (global == nullptr || tuple == nullptr) {
    return Refused(absl::StrCat("calls ", KindOf(stack_.tree().at(function)), " with ",
                                KindOf(stack_.tree().at(arguments))));
  }
  GYRUS_ASSIGN_OR_RETURN(PickleValue result, CallTorchGlobal(stack_.tree(), *global, *tuple));
  return stack_.Push(std::move(result));
}

// Sets attributes of the object below. A state dict has one, `_metadata`: the
// versions of its modules, which no reader of weights needs.
absl::Status PickleReader::Build() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId state, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(const PickleId object, stack_.Top());
  const auto* dict = stack_.tree().As<PickleDict>(object);
  const auto* attributes = stack_.tree().As<PickleDict>(state);
  if (dict == nullptr || !dict->ordered || attributes == nullptr) {
    return Refused(absl::StrCat("sets attributes of ", KindOf(stack_.tree().at(object))));
  }
  for (const auto& [key, value] : attributes->items) {
    const auto* name = stack_.tree().As<std::string>(key);
    if (name == nullptr || *name != "_metadata" || attributes->items.size() > 1) {
      return Refused("sets an attribute other than _metadata");
    }
  }
  return absl::OkStatus();
}

absl::Status PickleReader::PersistentId() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId id, stack_.Pop());
  GYRUS_ASSIGN_OR_RETURN(PickleStorage storage, StorageOf(stack_.tree(), stack_.tree().at(id)));
  return stack_.Push(std::move(storage));
}

absl::Status PickleReader::Stop() {
  stopped_ = true;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PickleTree> ParsePickle(absl::string_view bytes) {
  return PickleReader(bytes).Read();
}

}  // namespace gyrus
