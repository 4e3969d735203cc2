#include "common/utf8.h"

#include "absl/strings/ascii.h"

namespace gyrus {
namespace {

// The length of the UTF-8 sequence at the beginning of `bytes`, or 0 if there is none.
// RFC 3629 forbids overlong forms, surrogates and everything above U+10FFFF.
size_t Utf8Length(absl::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

size_t FirstByteThatIsNoText(absl::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const char c = bytes[i];
    if (absl::ascii_iscntrl(c) && c != '\t' && c != '\n' && c != '\r') return i;
    const size_t length = Utf8Length(bytes.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return absl::string_view::npos;
}

}  // namespace gyrus
