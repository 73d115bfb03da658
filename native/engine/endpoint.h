// An address and port. IPv4 addresses are held in their IPv6-mapped form, so one comparison serves both.
#pragma once
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace oavc::engine {

struct Endpoint {
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
  [[nodiscard]] bool isV4() const noexcept;
  /// 0.0.0.0 or ::, which name nobody.
  [[nodiscard]] bool isUnspecified() const noexcept;
  [[nodiscard]] std::string ipText() const;
};

/// Nothing for what is not a numeric address.
std::optional<Endpoint> parseEndpoint(const std::string& ip, std::uint16_t port);
Endpoint fromSockaddr(const sockaddr_storage& address) noexcept;
/// Returns the length of what was written; `family` is that of the socket.
socklen_t toSockaddr(const Endpoint& endpoint, sa_family_t family, sockaddr_storage& out) noexcept;

}  // namespace oavc::engine
