// What a rank trained on, as proof.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/digest.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// Keeps the sequence of (epoch, position, item, tensor). One thread.
class SeenLog {
 public:
  // `records`: whether Take gives them; otherwise there is the digest alone.
  explicit SeenLog(bool records) : records_(records) {}

  // `tensor` is the bytes given to forward for this item.
  void Add(uint32_t epoch, uint32_t position, const std::string& item, absl::string_view tensor);

  // Visits since the last call.
  std::vector<v1::SeenItem> Take();
  // SHA-256 over all visits. The log is used up.
  std::string Finish() { return digest_.Finish(); }

 private:
  const bool records_;
  std::vector<v1::SeenItem> seen_;
  Sha256 digest_;
};

}  // namespace gyrus
