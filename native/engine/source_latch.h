// Whose stream it is. The signalled address may be wrong (NAT), so the answer goes where the caller really
// sends from; but nobody else may take the stream. A source is, by what tells it from a guess,
//   signalled  the address and port of the SDP
//   host       the IP of the SDP, or the one that the caller's signalling comes from
//   stranger   neither
// and it continues the stream when it has its SSRC and goes on with its sequence, which nobody who does not
// see the stream can guess. Rules:
//   1. A source takes the place of one that stands lower at once: whoever came before the caller loses the
//      stream to the first packet from the signalled address or host.
//   2. A source takes the place of one that stands as high or higher only when that is silent for
//      kRelatedSilenceNs, and only if it is signalled or a host, continues the stream, or has the IP of the
//      source that it follows: a new NAT binding, a telephone that began anew.
//   3. Any other stranger takes the place of a stranger only, when that is silent for kStrangerSilenceNs.
//   While a
//      signalled source or a host merely pauses, no stranger gets in, however long it takes.
//   4. A stranger who does not continue the stream is let in after kProbation packets in sequence.
//   5. A new SDP with another address opens the stream as if nobody were there, but to whom it was taken from
//      only kRelatedSilenceNs later: his last packets are still under way. One without an address (0.0.0.0,
//      an old way to hold) changes nothing.
// What is left: where neither SDP nor signalling names an address of the caller, nothing tells the caller's
// first packet from a stranger's, and the first of them who sends without a break keeps the stream. No
// sockets, no clock.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "engine/endpoint.h"
#include "rtp/packet.h"

namespace oavc::engine {

class SourceLatch {
 public:
  /// `host` is where the signalling comes from, if that is known; its port does not matter.
  explicit SourceLatch(const Endpoint& signalled, const std::optional<Endpoint>& host = {}) noexcept
      : signalled_(signalled), host_(host) {}
  /// Whether the packet belongs to the stream.
  bool admit(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept;
  /// Where to send: the source, or the signalled address while there is none.
  [[nodiscard]] const Endpoint& destination() const noexcept { return source_ ? *source_ : signalled_; }
  [[nodiscard]] bool latched() const noexcept { return source_.has_value(); }
  [[nodiscard]] bool hears(const Endpoint& from) const noexcept { return source_ == from; }
  /// A new SDP: the stream may come from elsewhere now.
  void redirect(const Endpoint& signalled, const std::optional<Endpoint>& host, std::int64_t nowNs) noexcept;

  static constexpr std::int64_t kRelatedSilenceNs = 500'000'000;
  static constexpr std::int64_t kStrangerSilenceNs = 5'000'000'000;
  static constexpr int kProbation = 5;

 private:
  struct Candidate {
    Endpoint from;
    std::uint32_t ssrc = 0;
    std::uint16_t next = 0;
    int packets = 0;
  };
  enum class Standing : std::uint8_t { kStranger, kHost, kSignalled };
  [[nodiscard]] bool wasJustLeft(const Endpoint& from, std::int64_t nowNs) const noexcept;
  [[nodiscard]] Standing standing(const Endpoint& from) const noexcept;
  [[nodiscard]] bool continues(const rtp::Header& header) const noexcept;
  [[nodiscard]] bool maySucceed(const Endpoint& from, const rtp::Header& header,
                                std::int64_t nowNs) const noexcept;
  Candidate& candidateFor(const Endpoint& from, const rtp::Header& header) noexcept;
  bool passedProbation(const Endpoint& from, const rtp::Header& header) noexcept;
  void follow(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept;

  Endpoint signalled_;
  std::optional<Endpoint> host_;
  std::optional<Endpoint> source_;
  std::optional<Endpoint> former_;  // source until the last redirection
  std::int64_t redirectedNs_ = 0;
  std::uint32_t ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::int64_t heardNs_ = 0;
  bool heard_ = false;
  bool probes_ = false;                  // somebody is a candidate
  std::array<Candidate, 4> candidates_;  // several, so that one cannot keep another from passing
  std::size_t turn_ = 0;
};

}  // namespace oavc::engine
