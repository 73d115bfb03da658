#include "engine/supervisor.h"

#include <algorithm>
#include <cstdlib>

namespace oavc::engine {

bool Supervisor::take(std::size_t samples, bool held) noexcept {
  if (!present_) return false;
  if (reader_.silent()) {
    follow(false);
    return sounds_ = false;
  }
  const auto frame = std::span(frame_).first(samples);
  sounds_ = held ? reader_.hold(frame) : reader_.read(frame);
  // The slope from the last sample to silence may go on after the last sample was read.
  const auto loudest = std::ranges::max(frame, {}, [](std::int16_t sample) { return std::abs(int{sample}); });
  sounds_ = sounds_ || loudest != 0;
  follow(std::abs(int{loudest}) >= kLoudPeak);
  return sounds_;
}

/// Down in one frame, up slowly: the bot does not pump between words.
void Supervisor::follow(bool loud) noexcept {
  if (loud)
    hang_ = kHangFrames;
  else if (hang_ > 0)
    --hang_;
  duck_ = hang_ > 0 ? kDucked : std::min(1.0F, duck_ + kRise);
}

void Supervisor::addTo(std::span<std::int16_t> frame) const noexcept {
  if (!sounds_) return;
  for (std::size_t i = 0; i < frame.size(); ++i)
    frame[i] = static_cast<std::int16_t>(std::clamp(int{frame[i]} + int{frame_[i]}, -32768, 32767));
}

}  // namespace oavc::engine
