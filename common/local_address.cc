#include "common/local_address.h"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/files.h"

namespace gyrus {

absl::StatusOr<std::string> LocalAddressTowards(const std::string& peer) {
  const size_t colon = peer.rfind(':');
  absl::string_view host = absl::string_view(peer).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  const absl::Status none =
      absl::UnavailableError(absl::StrCat("no address of this host leads to ", peer));
  addrinfo hints = {};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const std::string port = colon == std::string::npos ? "9" : peer.substr(colon + 1);
  if (getaddrinfo(std::string(host).c_str(), port.c_str(), &hints, &found) != 0) return none;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    // Connecting a datagram socket sends nothing, but chooses a local address.
    const UniqueFd fd(socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage mine = {};
    socklen_t length = sizeof(mine);
    char text[NI_MAXHOST];
    if (fd.valid() && connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0 &&
        getsockname(fd.get(), reinterpret_cast<sockaddr*>(&mine), &length) == 0 &&
        getnameinfo(reinterpret_cast<sockaddr*>(&mine), length, text, sizeof(text), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      return std::string(text);
    }
  }
  return none;
}

}  // namespace gyrus
