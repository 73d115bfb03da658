#include "engine/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace oavc::engine {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

bool Endpoint::isV4() const noexcept {
  return std::equal(kMapped.begin(), kMapped.end(), ip.begin());
}

bool Endpoint::isUnspecified() const noexcept {
  const auto rest = std::span(ip).subspan(isV4() ? kMapped.size() : 0);
  return std::ranges::all_of(rest, [](std::uint8_t octet) { return octet == 0; });
}

std::string Endpoint::ipText() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (isV4())
    inet_ntop(AF_INET, ip.data() + kMapped.size(), text, sizeof text);
  else
    inet_ntop(AF_INET6, ip.data(), text, sizeof text);
  return text;
}

std::optional<Endpoint> parseEndpoint(const std::string& ip, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.port = port;
  std::ranges::copy(kMapped, endpoint.ip.begin());
  if (inet_pton(AF_INET, ip.c_str(), endpoint.ip.data() + kMapped.size()) == 1) return endpoint;
  if (inet_pton(AF_INET6, ip.c_str(), endpoint.ip.data()) == 1) return endpoint;
  return std::nullopt;
}

Endpoint fromSockaddr(const sockaddr_storage& address) noexcept {
  Endpoint endpoint;
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    std::ranges::copy(kMapped, endpoint.ip.begin());
    std::memcpy(endpoint.ip.data() + kMapped.size(), &v4.sin_addr, 4);
    endpoint.port = ntohs(v4.sin_port);
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(endpoint.ip.data(), &v6.sin6_addr, 16);
    endpoint.port = ntohs(v6.sin6_port);
  }
  return endpoint;
}

socklen_t toSockaddr(const Endpoint& endpoint, sa_family_t family, sockaddr_storage& out) noexcept {
  std::memset(&out, 0, sizeof out);
  out.ss_family = family;
  if (family == AF_INET) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    std::memcpy(&v4.sin_addr, endpoint.ip.data() + kMapped.size(), 4);
    v4.sin_port = htons(endpoint.port);
    return sizeof v4;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  std::memcpy(&v6.sin6_addr, endpoint.ip.data(), 16);
  v6.sin6_port = htons(endpoint.port);
  return sizeof v6;
}

}  // namespace oavc::engine
