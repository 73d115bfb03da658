#include "audio/silero_vad.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "audio/dot.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kFrame = 256;  // STFT window; hop is half of it
constexpr std::size_t kHop = 128;
constexpr std::size_t kTaps = 3;
constexpr std::size_t kCells = SileroWeights::kCells;

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}
float rectified(float x) {
  return x > 0 ? x : 0;
}

/// The three inputs under a tap row centred on `column`, zeros past the edges, for every input channel.
void gather(const float* in, std::size_t inputs, std::size_t width, std::size_t column, float* out) {
  for (std::size_t channel = 0; channel < inputs; ++channel)
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      const std::size_t place = column + tap;  // one to the right of the true place: no negative numbers
      out[channel * kTaps + tap] = place == 0 || place > width ? 0 : in[channel * width + place - 1];
    }
}

}  // namespace

SileroWeights::SileroWeights(std::span<const float> all) : all_(all.begin(), all.end()) {
  if (all.size() != kCount) throw std::invalid_argument("not the weights of Silero VAD v5 at 16 kHz");
  const float* next = all_.data();
  const auto take = [&next](std::size_t count) { return std::exchange(next, next + count); };
  basis_ = take(2 * kBins * kFrame);
  constexpr std::array<std::size_t, 5> kChannels{kBins, 128, 64, 64, 128};
  for (std::size_t layer = 0; layer < 4; ++layer) {
    const std::size_t inputs = kChannels[layer], outputs = kChannels[layer + 1];
    const float* weights = take(outputs * inputs * kTaps);
    layers_[layer] = {weights, take(outputs), inputs, outputs};
  }
  const Convolution& last = layers_[3];
  for (std::size_t i = 0; i < last.inputs * last.outputs; ++i) centre_.push_back(last.weights[i * kTaps + 1]);
  layers_[3].weights = centre_.data();
  const float* input = take(kGates * kCells);
  const float* hidden = take(kGates * kCells);
  for (std::size_t gate = 0; gate < kGates; ++gate) {
    gates_.insert(gates_.end(), input + gate * kCells, input + (gate + 1) * kCells);
    gates_.insert(gates_.end(), hidden + gate * kCells, hidden + (gate + 1) * kCells);
  }
  const float* inputBias = take(kGates);
  const float* hiddenBias = take(kGates);
  for (std::size_t gate = 0; gate < kGates; ++gate) gateBias_.push_back(inputBias[gate] + hiddenBias[gate]);
  output_ = take(kCells + 1);
}

float SileroVad::run(SileroState& state, std::span<const std::int16_t> window) noexcept {
  load(state, window);
  spectrum();
  convolve4();
  convolveHalving(1, first_.data(), 4, second_.data());
  convolveHalving(2, second_.data(), 2, third_.data());
  convolveLast();
  return recur(state);
}

void SileroVad::load(SileroState& state, std::span<const std::int16_t> window) noexcept {
  constexpr std::size_t kContext = 64;
  std::ranges::copy(state.context, wave_.begin());
  for (std::size_t i = 0; i < kWindow; ++i) wave_[kContext + i] = static_cast<float>(window[i]) / 32768.0F;
  for (std::size_t i = 0; i < kContext; ++i) wave_[576 + i] = wave_[574 - i];  // mirrored at the end
  std::copy_n(wave_.begin() + kWindow, kContext, state.context.begin());
}

void SileroVad::spectrum() noexcept {
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const auto real = dot4(weights_.basis() + bin * kFrame, wave_.data(), kHop, kFrame);
    const auto imaginary = dot4(weights_.basis() + (kBins + bin) * kFrame, wave_.data(), kHop, kFrame);
    for (std::size_t column = 0; column < 4; ++column)
      magnitudes_[bin * 4 + column] =
          std::sqrt(real[column] * real[column] + imaginary[column] * imaginary[column]);
  }
}

void SileroVad::convolve4() noexcept {
  constexpr std::size_t kSpan = kBins * kTaps;
  const auto& layer = weights_.convolution(0);
  for (std::size_t column = 0; column < 4; ++column)
    gather(magnitudes_.data(), kBins, 4, column, columns_.data() + column * kSpan);
  for (std::size_t out = 0; out < layer.outputs; ++out) {
    const auto sums = dot4(layer.weights + out * kSpan, columns_.data(), kSpan, kSpan);
    for (std::size_t column = 0; column < 4; ++column)
      first_[out * 4 + column] = rectified(sums[column] + layer.bias[out]);
  }
}

void SileroVad::convolveHalving(std::size_t index, const float* in, std::size_t width, float* out) noexcept {
  const auto& layer = weights_.convolution(index);
  const std::size_t span = layer.inputs * kTaps;
  for (std::size_t column = 0; column < width / 2; ++column) {
    gather(in, layer.inputs, width, column * 2, columns_.data());
    for (std::size_t channel = 0; channel < layer.outputs; ++channel)
      out[channel * (width / 2) + column] =
          rectified(layer.bias[channel] + dot(layer.weights + channel * span, columns_.data(), span));
  }
}

void SileroVad::convolveLast() noexcept {
  const auto& layer = weights_.convolution(3);
  for (std::size_t channel = 0; channel < layer.outputs; ++channel)
    joined_[channel] = rectified(layer.bias[channel] +
                                 dot(layer.weights + channel * layer.inputs, third_.data(), layer.inputs));
}

float SileroVad::recur(SileroState& state) noexcept {
  std::ranges::copy(state.hidden, joined_.begin() + kCells);
  std::array<float, SileroWeights::kGates> gates;
  for (std::size_t i = 0; i < gates.size(); ++i)
    gates[i] = weights_.gateBias()[i] + dot(weights_.gates() + i * 2 * kCells, joined_.data(), 2 * kCells);
  float logit = weights_.outputBias();
  for (std::size_t i = 0; i < kCells; ++i) {
    const float keep = sigmoid(gates[kCells + i]);
    const float admit = sigmoid(gates[i]) * std::tanh(gates[2 * kCells + i]);
    state.cell[i] = keep * state.cell[i] + admit;
    state.hidden[i] = sigmoid(gates[3 * kCells + i]) * std::tanh(state.cell[i]);
    logit += weights_.output()[i] * rectified(state.hidden[i]);
  }
  return sigmoid(logit);
}

}  // namespace oavc::audio
