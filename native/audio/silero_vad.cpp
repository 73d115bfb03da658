#include "audio/silero_vad.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "audio/gates.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kFrame = Spectrum::kFrame;  // STFT window; hop is half of it
constexpr std::size_t kHop = 128;
constexpr std::size_t kTaps = 3;

void rectify(std::span<float> values) noexcept {
  for (float& value : values) value = std::max(value, 0.0F);
}

/// True when the basis is what Spectrum computes: cosines and negative sines under a window, its first row.
bool isFourier(const float* basis) {
  for (std::size_t bin = 0; bin < Spectrum::kBins; ++bin)
    for (std::size_t n = 0; n < kFrame; ++n) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(bin * n % kFrame) / kFrame;
      const double real = basis[n] * std::cos(angle), imaginary = -basis[n] * std::sin(angle);
      if (std::abs(basis[bin * kFrame + n] - real) > 1e-4) return false;
      if (std::abs(basis[(Spectrum::kBins + bin) * kFrame + n] - imaginary) > 1e-4) return false;
    }
  return true;
}

/// The weights of the file, one part after the other.
class Reader {
 public:
  explicit Reader(std::span<const float> all) noexcept : rest_(all) {}
  const float* take(std::size_t count) noexcept {
    const float* part = rest_.data();
    rest_ = rest_.subspan(count);
    return part;
  }

 private:
  std::span<const float> rest_;
};

/// [out][in][tap] in the file.
PackedMatrix readConvolution(Reader& reader, std::size_t inputs, std::size_t outputs) {
  const float* weights = reader.take(outputs * inputs * kTaps);
  const float* bias = reader.take(outputs);
  const auto weightAt = [=](std::size_t row, std::size_t column) {
    return weights[(row * inputs + column % inputs) * kTaps + column / inputs];
  };
  return {outputs, inputs * kTaps, weightAt, [=](std::size_t row) { return bias[row]; }};
}

/// A convolution over one column alone: its outer taps meet nothing but padding.
PackedMatrix readMiddleTap(Reader& reader, std::size_t inputs, std::size_t outputs) {
  const float* weights = reader.take(outputs * inputs * kTaps);
  const float* bias = reader.take(outputs);
  const auto middle = [=](std::size_t row, std::size_t column) {
    return weights[(row * inputs + column) * kTaps + kTaps / 2];
  };
  return {outputs, inputs, middle, [=](std::size_t row) { return bias[row]; }};
}

/// The LSTM's two matrices as one, over its input and its hidden state side by side.
PackedMatrix readGates(Reader& reader, std::size_t gates, std::size_t cells) {
  const float* input = reader.take(gates * cells);
  const float* hidden = reader.take(gates * cells);
  const float* inputBias = reader.take(gates);
  const float* hiddenBias = reader.take(gates);
  const auto weightAt = [=](std::size_t row, std::size_t column) {
    return column < cells ? input[row * cells + column] : hidden[row * cells + column - cells];
  };
  return {gates, 2 * cells, weightAt, [=](std::size_t row) { return inputBias[row] + hiddenBias[row]; }};
}

}  // namespace

SileroWeights::SileroWeights(std::span<const float> all) {
  if (all.size() != kCount) throw std::invalid_argument("not the weights of Silero VAD v5 at 16 kHz");
  Reader reader(all);
  const float* basis = reader.take(2 * Spectrum::kBins * kFrame);
  if (!isFourier(basis))
    throw std::invalid_argument("the first layer of the weights is no Fourier transform");
  std::copy_n(basis, kFrame, window_.begin());
  layers_[0] = readConvolution(reader, Spectrum::kBins, kFirst);
  layers_[1] = readConvolution(reader, kFirst, kSecond);
  layers_[2] = readConvolution(reader, kSecond, kSecond);
  layers_[3] = readMiddleTap(reader, kSecond, kCells);
  gates_ = readGates(reader, kGates, kCells);
  const float* output = reader.take(kCells + 1);
  output_.assign(output, output + kCells + 1);
}

float SileroVad::run(SileroState& state, std::span<const std::int16_t> window) noexcept {
  float probability = 0;
  SileroState* const one = &state;
  runBatch({&one, 1}, window, {&probability, 1});
  return probability;
}

void SileroVad::run(std::span<SileroState* const> states, std::span<const std::int16_t> windows,
                    std::span<float> probabilities) noexcept {
  for (std::size_t at = 0; at < states.size(); at += kBatch) {
    const std::size_t count = std::min(kBatch, states.size() - at);
    runBatch(states.subspan(at, count), windows.subspan(at * kWindow, count * kWindow),
             probabilities.subspan(at, count));
  }
}

void SileroVad::runBatch(std::span<SileroState* const> states, std::span<const std::int16_t> windows,
                         std::span<float> probabilities) noexcept {
  for (std::size_t i = 0; i < states.size(); ++i)
    load(work_[i], *states[i], windows.subspan(i * kWindow, kWindow));
  convolve(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) probabilities[i] = judge(work_[i], *states[i]);
}

void SileroVad::load(Work& work, SileroState& state, std::span<const std::int16_t> window) noexcept {
  constexpr std::size_t kEnd = kContext + kWindow;
  std::ranges::copy(state.context, work.wave.begin());
  for (std::size_t i = 0; i < kWindow; ++i)
    work.wave[kContext + i] = static_cast<float>(window[i]) / 32768.0F;
  for (std::size_t i = 0; i < kContext; ++i) work.wave[kEnd + i] = work.wave[kEnd - 2 - i];  // mirrored
  std::copy_n(work.wave.begin() + kWindow, kContext, state.context.begin());
  spectrum_.magnitudes(work.wave.data(), kHop, work.bins.data() + kBins);
  std::ranges::copy(state.hidden, work.joined.begin() + kCells);
}

/// All streams and columns at once, so that the weights are read once.
template <typename PlaceOf>
void SileroVad::apply(const PackedMatrix& matrix, std::size_t streams, std::size_t columns,
                      PlaceOf placeOf) noexcept {
  const std::size_t count = streams * columns;
  for (std::size_t i = 0; i < count; ++i) {
    const Place place = placeOf(work_[i / columns], i % columns);
    inputs_[i] = place.from;
    outputs_[i] = place.to;
  }
  matrix.multiply(std::span(inputs_).first(count), std::span(outputs_).first(count));
}

/// The second and the third step over every other column.
void SileroVad::convolve(std::size_t streams) noexcept {
  apply(weights_.convolution(0), streams, 4, [](Work& work, std::size_t column) -> Place {
    return {&work.bins[column * kBins], &work.first[(column + 1) * kFirst]};
  });
  for (std::size_t i = 0; i < streams; ++i) rectify(std::span(work_[i].first).subspan(kFirst, 4 * kFirst));
  apply(weights_.convolution(1), streams, 2, [](Work& work, std::size_t column) -> Place {
    return {&work.first[2 * column * kFirst], &work.second[(column + 1) * kSecond]};
  });
  for (std::size_t i = 0; i < streams; ++i) rectify(std::span(work_[i].second).subspan(kSecond, 2 * kSecond));
  apply(weights_.convolution(2), streams, 1, [](Work& work, std::size_t) -> Place {
    return {work.second.data(), work.third.data()};
  });
  for (std::size_t i = 0; i < streams; ++i) rectify(work_[i].third);
  apply(weights_.convolution(3), streams, 1, [](Work& work, std::size_t) -> Place {
    return {work.third.data(), work.joined.data()};
  });
  for (std::size_t i = 0; i < streams; ++i) rectify(std::span(work_[i].joined).first(kCells));
  apply(weights_.gates(), streams, 1, [](Work& work, std::size_t) -> Place {
    return {work.joined.data(), work.gates.data()};
  });
}

float SileroVad::judge(const Work& work, SileroState& state) const noexcept {
  stepLstm(work.gates, state.cell, state.hidden);
  std::array<float, kCells> shown = state.hidden;
  rectify(shown);
  const auto& output = weights_.output();
  const float logit = std::inner_product(output.begin(), output.end(), shown.begin(), weights_.outputBias());
  return 1 / (1 + std::exp(-logit));
}

}  // namespace oavc::audio
