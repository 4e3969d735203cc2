// The name of a fold of a repeated cross-validation, such as "r0/f2".
#pragma once

#include <cstdint>
#include <string>

namespace gyrus {

// "r0/f2": in tables and in the ids of trials.
std::string FoldName(uint32_t repeat, uint32_t fold);

// "r0-f2": in the names of files.
std::string FoldFileName(uint32_t repeat, uint32_t fold);

// "repeat 0 fold 2": in sentences.
std::string FoldInWords(uint32_t repeat, uint32_t fold);

}  // namespace gyrus
