// The squashing functions of a recurrent network over many values at once, to within 3e-7.
#pragma once
#include <span>

namespace oavc::audio {

/// One step of an LSTM: `gates` hold admit, forget, propose and show, each as long as `cell`; `hidden` is the
/// output.
void stepLstm(std::span<const float> gates, std::span<float> cell, std::span<float> hidden) noexcept;

}  // namespace oavc::audio
