#include "record/recording.h"

#include <algorithm>

namespace oavc::record {

void Recording::take(std::span<const std::int16_t> heard, std::span<const std::int16_t> sent) noexcept {
  const std::uint32_t number = number_++;
  const std::uint32_t place = write_.load(std::memory_order_relaxed);
  if (place - read_.load(std::memory_order_acquire) == kTicks) return countLost(1);
  Tick& tick = (*ticks_)[place % kTicks];
  tick.number = number;
  tick.sentSamples = static_cast<std::uint32_t>(sent.size());
  std::ranges::copy(heard, tick.heard.begin());
  std::ranges::copy(sent, tick.sent.begin());
  write_.store(place + 1, std::memory_order_release);
}

const Tick* Recording::front() const noexcept {
  const std::uint32_t place = read_.load(std::memory_order_relaxed);
  if (place == write_.load(std::memory_order_acquire)) return nullptr;
  return &(*ticks_)[place % kTicks];
}

}  // namespace oavc::record
