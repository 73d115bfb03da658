// What a call hears and says, tick by tick, for its recording: one frame of each in every tick, whatever the
// length of the packets.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "record/recording.h"

namespace oavc::engine {

class RecordingTap {
 public:
  void begin(record::Recording& recording) noexcept { recording_ = &recording; }
  [[nodiscard]] bool active() const noexcept { return recording_ != nullptr; }
  void heard(std::span<const std::int16_t> frame) noexcept { std::ranges::copy(frame, heard_.begin()); }
  /// What goes out in a packet, at the rate of the ring; a packet of 60 ms comes once in three ticks.
  void said(std::span<const std::int16_t> samples) noexcept {
    const auto taken = samples.first(std::min(samples.size(), said_.size() - saidSamples_));
    std::ranges::copy(taken, said_.begin() + static_cast<std::ptrdiff_t>(saidSamples_));
    saidSamples_ += taken.size();
  }
  /// The tick is over; `frameSamples` are 20 ms at the rate of the ring.
  void tick(std::size_t frameSamples) noexcept {
    const std::size_t taken = std::min(frameSamples, saidSamples_);
    std::array<std::int16_t, record::kMaxLineSamples> frame{};  // silence where nothing was sent
    std::copy_n(said_.begin(), taken, frame.begin());
    recording_->take(heard_, std::span(frame).first(frameSamples));
    std::copy(said_.begin() + static_cast<std::ptrdiff_t>(taken),
              said_.begin() + static_cast<std::ptrdiff_t>(saidSamples_), said_.begin());
    saidSamples_ -= taken;
    heard_.fill(0);
  }
  void end() noexcept {
    if (recording_ != nullptr) recording_->close();
    recording_ = nullptr;
  }

 private:
  record::Recording* recording_ = nullptr;
  std::array<std::int16_t, record::kTickSamples> heard_{};
  std::array<std::int16_t, 5 * record::kMaxLineSamples> said_{};
  std::size_t saidSamples_ = 0;
};

}  // namespace oavc::engine
