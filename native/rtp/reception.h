// Statistics of one received stream: RFC 3550 A.1 (sequence validity), A.3 (loss), A.8 (jitter).
#pragma once
#include <cstdint>

#include "rtp/packet.h"

namespace oavc::rtp {

/// A report block's numbers about a received stream.
struct ReceptionReport {
  std::uint32_t ssrc = 0;
  std::uint8_t fractionLost = 0;    // in 1/256 since the report before
  std::int32_t cumulativeLost = 0;  // negative when duplicates outweigh losses
  std::uint32_t highestSequence = 0;
  std::uint32_t jitter = 0;  // timestamp units
};

class Reception {
 public:
  enum class Verdict : std::uint8_t {
    kAccepted,
    kRestarted,  // the first packet, or the source began anew: forget what is buffered
    kDoubtful,   // a lone packet of another source or far out of sequence; not to be played
  };

  explicit Reception(int clockRateHz) noexcept : clockRateHz_(clockRateHz) {}
  /// `timed` is false for a telephone event: its timestamp is that of its start and says nothing of jitter.
  Verdict receive(const Header& header, std::int64_t arrivalNs, bool timed = true) noexcept;

  [[nodiscard]] bool started() const noexcept { return started_; }
  [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }
  [[nodiscard]] double jitterMs() const noexcept { return jitter_ * 1000 / clockRateHz_; }
  [[nodiscard]] std::int64_t lost() const noexcept;
  [[nodiscard]] std::uint32_t ssrcChanges() const noexcept { return ssrcChanges_; }
  /// Numbers of the interval since the last call.
  ReceptionReport report() noexcept;

 private:
  void restart(const Header& header) noexcept;
  bool confirms(const Header& header) noexcept;
  void count(const Header& header, std::int64_t arrivalNs, bool timed) noexcept;
  void measureJitter(const Header& header, std::int64_t arrivalNs) noexcept;
  [[nodiscard]] std::int64_t expected() const noexcept;

  int clockRateHz_;
  bool started_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint16_t maxSequence_ = 0;
  std::uint32_t cycles_ = 0;  // wraps, already shifted by 16
  std::uint32_t baseSequence_ = 0;
  std::int64_t received_ = 0;
  std::int64_t lostBefore_ = 0;  // by earlier sources
  std::int64_t expectedPrior_ = 0;
  std::int64_t receivedPrior_ = 0;
  double jitter_ = 0;
  bool transitKnown_ = false;
  std::uint32_t transit_ = 0;
  bool candidate_ = false;  // a doubtful packet came; its successor would confirm it
  std::uint32_t candidateSsrc_ = 0;
  std::uint16_t candidateNext_ = 0;
  std::uint32_t ssrcChanges_ = 0;
};

}  // namespace oavc::rtp
