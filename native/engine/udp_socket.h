// Non-blocking UDP sockets, and the pair of them that a call needs: RTP on an even port, RTCP on the next odd
// one.
#pragma once
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "engine/endpoint.h"

namespace oavc::engine {

/// Every pair of the range is taken.
class PortsExhausted : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Datagram {
  std::span<const std::uint8_t> octets;
  Endpoint from;
  std::int64_t arrivalNs = 0;  // CLOCK_REALTIME, stamped by the kernel; 0 without
};

/// Buffers for one recvmmsg. Large: one for a thread, not for a socket.
class ReceiveBatch {
 public:
  static constexpr std::size_t kDatagrams = 32;
  static constexpr std::size_t kBytes = 1500;
  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;
  [[nodiscard]] Datagram at(std::size_t index) const noexcept;

 private:
  friend class UdpSocket;
  void rearm(std::size_t filled) noexcept;
  std::array<std::array<std::uint8_t, kBytes>, kDatagrams> octets_;
  std::array<std::array<char, 64>, kDatagrams> control_;
  std::array<sockaddr_storage, kDatagrams> from_;
  std::array<iovec, kDatagrams> vectors_;
  std::array<mmsghdr, kDatagrams> messages_;
  std::size_t filled_ = 0;  // by the last call
};

class UdpSocket {
 public:
  UdpSocket() = default;
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  /// False when the port is taken; throws std::system_error when the address cannot be used at all.
  bool bind(const Endpoint& local);
  /// Port 0 binds to a free one; this tells which.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Never blocks; a datagram that the kernel has no room for is lost.
  bool send(const Endpoint& to, std::span<const std::uint8_t> octets) noexcept;
  /// Returns how many datagrams are in `batch`.
  std::size_t receive(ReceiveBatch& batch) noexcept;

 private:
  void close() noexcept;
  int descriptor_ = -1;
  sa_family_t family_ = AF_INET;
};

struct SocketPair {
  UdpSocket rtp;
  UdpSocket rtcp;
  std::uint16_t rtpPort = 0;
};

/// Begins where the last call of any thread left off, so that a port rests before it is used again: packets
/// for the call before go nowhere. Throws PortsExhausted, or std::system_error.
SocketPair bindPair(const Endpoint& local, std::uint16_t portMin, std::uint16_t portMax);

}  // namespace oavc::engine
