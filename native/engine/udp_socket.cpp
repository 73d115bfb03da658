#include "engine/udp_socket.h"

#include <netinet/ip.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

namespace oavc::engine {
namespace {

constexpr int kExpedited = 0xB8;  // DSCP EF (RFC 3246) in the TOS octet

[[noreturn]] void fail(const char* doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

/// Both options only help: without them calls work.
void adorn(int descriptor, sa_family_t family) {
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  const int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
  setsockopt(descriptor, level, family == AF_INET ? IP_TOS : IPV6_TCLASS, &kExpedited, sizeof kExpedited);
}

std::int64_t stampOf(const msghdr& header) {
  auto* message = const_cast<msghdr*>(&header);
  for (cmsghdr* control = CMSG_FIRSTHDR(message); control != nullptr;
       control = CMSG_NXTHDR(message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
    return stamp.tv_sec * 1'000'000'000 + stamp.tv_nsec;
  }
  return 0;
}

}  // namespace

ReceiveBatch::ReceiveBatch() {
  std::memset(&messages_, 0, sizeof messages_);
  for (std::size_t i = 0; i < kDatagrams; ++i) {
    vectors_[i] = {octets_[i].data(), kBytes};
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
    messages_[i].msg_hdr.msg_name = &from_[i];
    messages_[i].msg_hdr.msg_control = control_[i].data();
  }
  rearm(kDatagrams);
}

/// The kernel writes into the lengths of the messages that it fills.
void ReceiveBatch::rearm(std::size_t filled) noexcept {
  for (std::size_t i = 0; i < filled; ++i) {
    messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    messages_[i].msg_hdr.msg_controllen = control_[i].size();
  }
}

Datagram ReceiveBatch::at(std::size_t index) const noexcept {
  const mmsghdr& message = messages_[index];
  return {{octets_[index].data(), message.msg_len}, fromSockaddr(from_[index]), stampOf(message.msg_hdr)};
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), family_(other.family_) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(family_, other.family_);
  return *this;
}

UdpSocket::~UdpSocket() {
  close();
}

void UdpSocket::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool UdpSocket::bind(const Endpoint& local) {
  close();
  family_ = local.isV4() ? AF_INET : AF_INET6;
  descriptor_ = socket(family_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) fail("opening a media socket");
  sockaddr_storage address;
  const socklen_t length = toSockaddr(local, family_, address);
  if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), length) == 0) {
    adorn(descriptor_, family_);
    return true;
  }
  if (errno != EADDRINUSE && errno != EACCES) fail("binding a media socket");
  close();
  return false;
}

std::uint16_t UdpSocket::port() const noexcept {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
  return fromSockaddr(address).port;
}

bool UdpSocket::send(const Endpoint& to, std::span<const std::uint8_t> octets) noexcept {
  sockaddr_storage address;
  const socklen_t length = toSockaddr(to, family_, address);
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  // An ICMP error of an earlier datagram is reported on this one and then gone: try once more.
  for (int attempt = 0; attempt < 2; ++attempt)
    if (sendto(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL, name, length) >= 0) return true;
  return false;
}

std::size_t UdpSocket::receive(ReceiveBatch& batch) noexcept {
  batch.rearm(batch.filled_);
  const int count =
      recvmmsg(descriptor_, batch.messages_.data(), ReceiveBatch::kDatagrams, MSG_DONTWAIT, nullptr);
  batch.filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return batch.filled_;
}

SocketPair bindPair(const Endpoint& local, std::uint16_t portMin, std::uint16_t portMax) {
  static std::atomic<std::uint32_t> rotation{0};
  const std::uint32_t first = (portMin + 1U) / 2 * 2;
  const std::uint32_t pairs = portMax > first ? (portMax - first + 1) / 2 : 0;
  for (std::uint32_t tried = 0; tried < pairs; ++tried) {
    const std::uint32_t pair = rotation.fetch_add(1, std::memory_order_relaxed) % pairs;
    const auto port = static_cast<std::uint16_t>(first + 2 * pair);
    SocketPair sockets;
    sockets.rtpPort = port;
    Endpoint rtp = local, rtcp = local;
    rtp.port = port;
    rtcp.port = static_cast<std::uint16_t>(port + 1);
    if (sockets.rtp.bind(rtp) && sockets.rtcp.bind(rtcp)) return sockets;
  }
  throw PortsExhausted("no free pair of ports between " + std::to_string(portMin) + " and " +
                       std::to_string(portMax));
}

}  // namespace oavc::engine
