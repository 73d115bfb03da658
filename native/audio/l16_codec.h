// L16 at 16 kHz as a codec of a stream: linear samples, most significant octet first (RFC 3551 4.5.11).
#pragma once
#include "audio/codec.h"
#include "audio/plc.h"

namespace oavc::audio {

class L16Decoding final : public Decoder {
 public:
  static constexpr int kRateHz = 16000;
  [[nodiscard]] int rateHz() const noexcept override { return kRateHz; }
  std::size_t decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) noexcept override {
    if (payload.size() % 2 != 0 || payload.size() / 2 > out.size()) return 0;
    const auto samples = out.first(payload.size() / 2);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<std::int16_t>(payload[2 * i] << 8 | payload[2 * i + 1]);
    plc_.good(samples);
    return samples.size();
  }
  bool recover(std::span<const std::uint8_t>, std::span<std::int16_t>) noexcept override { return false; }
  void conceal(std::span<std::int16_t> out) noexcept override { plc_.conceal(out); }
  void rest() noexcept override { plc_.rest(); }

 private:
  Plc plc_{kRateHz};
};

class L16Encoding final : public Encoder {
 public:
  [[nodiscard]] int rateHz() const noexcept override { return L16Decoding::kRateHz; }
  std::size_t encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> out) noexcept override {
    if (2 * samples.size() > out.size()) return 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto value = static_cast<std::uint16_t>(samples[i]);
      out[2 * i] = static_cast<std::uint8_t>(value >> 8);
      out[2 * i + 1] = static_cast<std::uint8_t>(value);
    }
    return 2 * samples.size();
  }
};

}  // namespace oavc::audio
