// G.711 as a codec of a stream: the two tables, and concealment, which G.711 itself lacks.
#pragma once
#include "audio/codec.h"
#include "audio/g711.h"
#include "audio/plc.h"

namespace oavc::audio {

class G711Decoding final : public Decoder {
 public:
  explicit G711Decoding(Law law) noexcept : law_(law) {}
  [[nodiscard]] int rateHz() const noexcept override { return 8000; }
  std::size_t decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) noexcept override {
    if (payload.size() > out.size()) return 0;
    const auto samples = out.first(payload.size());
    g711Decode(law_, payload, samples);
    plc_.good(samples);
    return samples.size();
  }
  bool recover(std::span<const std::uint8_t>, std::span<std::int16_t>) noexcept override { return false; }
  void conceal(std::span<std::int16_t> out) noexcept override { plc_.conceal(out); }
  void rest() noexcept override { plc_.rest(); }

 private:
  Law law_;
  Plc plc_;
};

class G711Encoding final : public Encoder {
 public:
  explicit G711Encoding(Law law) noexcept : law_(law) {}
  [[nodiscard]] int rateHz() const noexcept override { return 8000; }
  std::size_t encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> out) noexcept override {
    if (samples.size() > out.size()) return 0;
    g711Encode(law_, samples, out);
    return samples.size();
  }

 private:
  Law law_;
};

}  // namespace oavc::audio
