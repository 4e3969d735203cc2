// A strict reader of the pickles that torch.save writes.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/weights/pickle_value.h"

namespace gyrus {

// A pickle is a program for a stack machine that may call any function of
// Python. This machine knows only the instructions and names (torch_globals.h)
// that state dicts and checkpoints of numbers, texts and tensors need, in
// protocols 2 to 5, and makes plain values of them.
//
//  * INVALID_ARGUMENT: any other instruction or name, which the message names;
//    more values or deeper nesting than weights have; a value that holds itself.
//  * DATA_LOSS: cut short, or not a program that the machine can run.
absl::StatusOr<PickleTree> ParsePickle(absl::string_view bytes);

inline constexpr size_t kMaxPickleBytes = size_t{16} << 20;
inline constexpr size_t kMaxPickleValues = size_t{1} << 20;
inline constexpr int kMaxPickleDepth = 64;

}  // namespace gyrus
