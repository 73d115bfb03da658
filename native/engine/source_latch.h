// Whose stream it is. The signalled address may be wrong (NAT), so the answer goes where the caller really
// sends from; but nobody else may take a running stream over. A source is
//   signalled  it is the address and port of the SDP
//   related    it has the IP of the SDP, or continues SSRC and sequence of the stream
//   stranger   neither
// Rules:
//   1. The signalled source is let in at once, also in place of another.
//   2. A related one is let in at once when there is no source, and in place of one silent for
//   kRelatedSilenceNs.
//   3. A stranger is let in after kProbation packets in sequence, when there is no source or it is silent for
//      kStrangerSilenceNs: the caller behind NAT whose SDP names a private address.
// What the rules cannot do: before the caller's first packet nothing tells a stranger with perfect RTP from a
// caller behind NAT. He is let in, and stays until the signalled source speaks or he falls silent. No
// sockets, no clock.
#pragma once
#include <cstdint>
#include <optional>

#include "engine/endpoint.h"
#include "rtp/packet.h"

namespace oavc::engine {

class SourceLatch {
 public:
  explicit SourceLatch(const Endpoint& signalled) noexcept : signalled_(signalled) {}
  /// Whether the packet belongs to the stream.
  bool admit(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept;
  /// Where to send: the source, or the signalled address while there is none.
  [[nodiscard]] const Endpoint& destination() const noexcept { return source_ ? *source_ : signalled_; }
  [[nodiscard]] bool latched() const noexcept { return source_.has_value(); }
  /// A new SDP: the stream may come from elsewhere now.
  void redirect(const Endpoint& signalled) noexcept;

  static constexpr std::int64_t kRelatedSilenceNs = 500'000'000;
  static constexpr std::int64_t kStrangerSilenceNs = 5'000'000'000;
  static constexpr int kProbation = 5;

 private:
  enum class Standing : std::uint8_t { kStranger, kRelated, kSignalled };
  [[nodiscard]] Standing standing(const Endpoint& from, const rtp::Header& header) const noexcept;
  [[nodiscard]] bool maySucceed(Standing standing, std::int64_t nowNs) const noexcept;
  bool passedProbation(const Endpoint& from, const rtp::Header& header) noexcept;
  void follow(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept;

  Endpoint signalled_;
  std::optional<Endpoint> source_;
  std::uint32_t ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::int64_t heardNs_ = 0;
  bool heard_ = false;
  Endpoint candidate_;
  std::uint32_t candidateSsrc_ = 0;
  std::uint16_t candidateNext_ = 0;
  int candidatePackets_ = 0;
};

}  // namespace oavc::engine
