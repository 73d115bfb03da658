// What the engine asks of a codec. An instance belongs to one stream; nothing here allocates after
// construction.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

namespace oavc::audio {

enum class Codec : std::uint8_t { kPcmu, kPcma, kOpus, kL16 };

/// Rate of the RTP timestamps; for Opus always 48000 (RFC 7587 4.1). L16 is the one at 16 kHz.
constexpr int clockRateHz(Codec codec) noexcept {
  if (codec == Codec::kOpus) return 48000;
  return codec == Codec::kL16 ? 16000 : 8000;
}

struct OpusSettings {
  bool operator==(const OpusSettings&) const = default;
  int complexity = 5;   // 0..10; docs/media.md has what each costs
  int bitrate = 24000;  // bits a second
  bool fec = true;      // in-band redundancy, as much as the expected loss is worth
  bool dtx = false;     // off, so that peers behind NAT keep hearing from us
  bool constantBitrate = false;
};

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
  /// Silence follows: what is decoded next does not go on from what was invented last.
  virtual void rest() noexcept {}
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  [[nodiscard]] virtual int rateHz() const noexcept = 0;
  /// Encodes one packet of 10, 20, 40 or 60 ms; returns its octets, 0 when there is nothing to send (DTX).
  virtual std::size_t encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> out) noexcept = 0;
  /// What the peer reports of our stream, 0..1: redundancy is chosen by it.
  virtual void expectLoss(double /*fraction*/) noexcept {}
};

std::unique_ptr<Decoder> makeDecoder(Codec codec);
std::unique_ptr<Encoder> makeEncoder(Codec codec, const OpusSettings& opus = {});

}  // namespace oavc::audio
