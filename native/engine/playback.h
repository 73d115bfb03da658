// From the jitter buffer to frames of 16 kHz: decodes, conceals, stretches and resamples, one frame a tick.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/codec.h"
#include "audio/comfort_noise.h"
#include "audio/resampler.h"
#include "engine/origins.h"
#include "jitter/jitter_buffer.h"
#include "ring/layout.h"

namespace oavc::engine {

class Playback {
 public:
  static constexpr std::size_t kFrameSamples = ring::heard::kFrameSamples;

  Playback(audio::Codec codec, const jitter::Limits& limits);
  audio::ComfortNoise& noise() noexcept { return noise_; }
  jitter::JitterBuffer& jitter() noexcept { return jitter_; }
  [[nodiscard]] const jitter::JitterBuffer& jitter() const noexcept { return jitter_; }

  /// Fills the frame of a tick.
  void next(std::int64_t tickNs, std::span<std::int16_t, kFrameSamples> out) noexcept;
  /// Where the packets of the last frame begin in it.
  [[nodiscard]] std::span<const ring::Origin> origins() const noexcept { return frameOrigins_; }
  /// Begins where another one stood in mid-speech: a frame more of that one fades out over the first of this.
  void succeed(Playback& before, std::int64_t tickNs) noexcept;
  [[nodiscard]] std::uint64_t framesPlayed() const noexcept { return played_; }
  [[nodiscard]] std::uint64_t framesConcealed() const noexcept { return concealed_; }

 private:
  void refill(std::int64_t tickNs, std::int64_t aheadNs) noexcept;
  void play(const jitter::Decision& decision) noexcept;
  void recover(const jitter::StoredPacket& following) noexcept;
  void sound(std::span<std::int16_t> samples) noexcept;
  void invent() noexcept;
  void rest() noexcept;
  void endSound() noexcept;
  [[nodiscard]] std::size_t edgeSamples() const noexcept;
  void addTail(std::span<std::int16_t, kFrameSamples> out) noexcept;
  std::span<std::int16_t> space() noexcept { return std::span(samples_).subspan(held_); }
  [[nodiscard]] std::int64_t ticksOf(std::size_t samples) const noexcept;
  void add(std::size_t samples, std::int64_t arrivalNs) noexcept;
  void take(std::size_t samples) noexcept;

  int clockRateHz_;
  std::unique_ptr<audio::Decoder> decoder_;
  audio::Resampler resampler_;
  jitter::JitterBuffer jitter_;
  audio::ComfortNoise noise_;
  std::size_t frameSamples_;  // 20 ms at the decoder's rate
  std::size_t lastPacketSamples_;
  std::size_t held_ = 0;
  bool hasTail_ = false;
  bool resting_ = true;
  std::uint64_t played_ = 0;
  std::uint64_t concealed_ = 0;
  std::span<const ring::Origin> frameOrigins_;
  Origins origins_;
  // Decoded and not yet played: less than a frame, then the longest packet, stretched.
  std::array<std::int16_t, 2 * audio::kMaxPacketSamples> samples_{};
  std::array<std::int16_t, kFrameSamples> tail_{};  // of the one before
};

}  // namespace oavc::engine
