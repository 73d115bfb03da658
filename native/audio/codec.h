// What the engine asks of a codec. An instance belongs to one stream; nothing here allocates after
// construction.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

namespace oavc::audio {

enum class Codec : std::uint8_t { kPcmu, kPcma, kOpus };

/// Rate of the RTP timestamps; for Opus always 48000 (RFC 7587 4.1).
constexpr int clockRateHz(Codec codec) noexcept {
  return codec == Codec::kOpus ? 48000 : 8000;
}

/// Longest packet that is decoded: 120 ms at 16 kHz.
inline constexpr std::size_t kMaxPacketSamples = 1920;

class Decoder {
 public:
  virtual ~Decoder() = default;
  [[nodiscard]] virtual int rateHz() const noexcept = 0;
  /// Returns the samples written; 0 when the payload is not a frame of this codec.
  virtual std::size_t decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) noexcept = 0;
  /// Rebuilds the lost packet before `following` from the redundancy in it; false when there is none.
  virtual bool recover(std::span<const std::uint8_t> following, std::span<std::int16_t> out) noexcept = 0;
  /// Invents what was lost.
  virtual void conceal(std::span<std::int16_t> out) noexcept = 0;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  [[nodiscard]] virtual int rateHz() const noexcept = 0;
  /// Encodes one packet of 10, 20, 40 or 60 ms; returns its octets, 0 on failure.
  virtual std::size_t encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> out) noexcept = 0;
};

std::unique_ptr<Decoder> makeDecoder(Codec codec);
std::unique_ptr<Encoder> makeEncoder(Codec codec);

}  // namespace oavc::audio
