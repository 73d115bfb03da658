// libopus (RFC 6716) as a codec of a stream. Decodes straight to 16 kHz, what the recogniser hears; encodes
// 24 kHz speech.
#pragma once
#include "audio/codec.h"

struct OpusDecoder;
struct OpusEncoder;

namespace oavc::audio {

class OpusDecoding final : public Decoder {
 public:
  static constexpr int kRateHz = 16000;
  OpusDecoding();
  [[nodiscard]] int rateHz() const noexcept override { return kRateHz; }
  std::size_t decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) noexcept override;
  bool recover(std::span<const std::uint8_t> following, std::span<std::int16_t> out) noexcept override;
  void conceal(std::span<std::int16_t> out) noexcept override;

 private:
  struct Free {
    void operator()(OpusDecoder* decoder) const noexcept;
  };
  std::unique_ptr<OpusDecoder, Free> state_;
};

class OpusEncoding final : public Encoder {
 public:
  static constexpr int kRateHz = 24000;
  explicit OpusEncoding(const OpusSettings& settings);
  [[nodiscard]] int rateHz() const noexcept override { return kRateHz; }
  std::size_t encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> out) noexcept override;
  void expectLoss(double fraction) noexcept override;

 private:
  struct Free {
    void operator()(OpusEncoder* encoder) const noexcept;
  };
  std::unique_ptr<OpusEncoder, Free> state_;
};

}  // namespace oavc::audio
