#include "audio/silero_vad.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "tone.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kFrame = Spectrum::kFrame, kBins = Spectrum::kBins;

/// Random behind the Fourier transform: what the network says is meaningless, how it keeps its state is not.
std::vector<float> randomWeights() {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-0.05F, 0.05F);
  std::vector<float> all(SileroWeights::kCount);
  for (auto& weight : all) weight = uniform(random);
  for (std::size_t bin = 0; bin < kBins; ++bin)
    for (std::size_t n = 0; n < kFrame; ++n) {
      const double step = 2 * std::numbers::pi / kFrame, place = static_cast<double>(n);
      const double window = 0.5 - 0.5 * std::cos(step * place);
      const double angle = step * place * static_cast<double>(bin);
      all[bin * kFrame + n] = static_cast<float>(window * std::cos(angle));
      all[(kBins + bin) * kFrame + n] = static_cast<float>(-window * std::sin(angle));
    }
  return all;
}

const SileroWeights& weights() {
  static const SileroWeights made{randomWeights()};
  return made;
}

TEST(SileroVad, RefusesOtherWeights) {
  EXPECT_THROW(SileroWeights(std::vector<float>(17)), std::invalid_argument);
  auto all = randomWeights();
  all[5 * kFrame + 77] += 0.01F;
  EXPECT_THROW(SileroWeights{all}, std::invalid_argument);
}

/// The network as it is published, layer by layer, in plain loops.
class PlainVad {
 public:
  explicit PlainVad(std::vector<float> weights) : weights_(std::move(weights)) {}

  float run(std::span<const std::int16_t> window) {
    next_ = weights_.data();
    std::vector<double> columns = spectrum(window);
    std::size_t channels = kBins, width = 4;
    for (const auto& [outputs, stride] :
         {std::pair<std::size_t, std::size_t>{128, 1}, {64, 2}, {64, 2}, {128, 1}}) {
      columns = convolve(columns, channels, width, outputs, stride);
      channels = outputs;
      width = (width + stride - 1) / stride;
    }
    return recur(columns);
  }

 private:
  std::vector<double> spectrum(std::span<const std::int16_t> window) {
    std::vector<double> wave(context_);
    for (const std::int16_t sample : window) wave.push_back(sample / 32768.0);
    context_.assign(wave.end() - 64, wave.end());
    for (std::size_t i = 0; i < 64; ++i) wave.push_back(wave[574 - i]);
    std::vector<double> magnitudes(kBins * 4);
    for (std::size_t bin = 0; bin < kBins; ++bin)
      for (std::size_t column = 0; column < 4; ++column) {
        double real = 0, imaginary = 0;
        for (std::size_t n = 0; n < kFrame; ++n) {
          real += next_[bin * kFrame + n] * wave[column * 128 + n];
          imaginary += next_[(kBins + bin) * kFrame + n] * wave[column * 128 + n];
        }
        magnitudes[bin * 4 + column] = std::hypot(real, imaginary);
      }
    next_ += 2 * kBins * kFrame;
    return magnitudes;
  }

  /// Three taps, an empty column at each edge, negative values cut off.
  std::vector<double> convolve(const std::vector<double>& in, std::size_t inputs, std::size_t width,
                               std::size_t outputs, std::size_t stride) {
    const std::size_t columns = (width + stride - 1) / stride;
    const float* bias = next_ + outputs * inputs * 3;
    std::vector<double> out(outputs * columns);
    for (std::size_t row = 0; row < outputs; ++row)
      for (std::size_t column = 0; column < columns; ++column) {
        double sum = bias[row];
        for (std::size_t channel = 0; channel < inputs; ++channel)
          for (std::size_t tap = 0; tap < 3; ++tap) {
            const std::size_t place = column * stride + tap;
            if (place > 0 && place <= width)
              sum += next_[(row * inputs + channel) * 3 + tap] * in[channel * width + place - 1];
          }
        out[row * columns + column] = std::max(0.0, sum);
      }
    next_ = bias + outputs;
    return out;
  }

  float recur(const std::vector<double>& in) {
    constexpr std::size_t kCells = SileroWeights::kCells, kGates = SileroWeights::kGates;
    const float *input = next_, *hidden = input + kGates * kCells, *bias = hidden + kGates * kCells;
    const auto squash = [](double x) { return 1 / (1 + std::exp(-x)); };
    std::vector<double> gates(kGates);
    for (std::size_t row = 0; row < kGates; ++row) {
      gates[row] = bias[row] + bias[kGates + row];
      for (std::size_t i = 0; i < kCells; ++i)
        gates[row] += input[row * kCells + i] * in[i] + hidden[row * kCells + i] * hidden_[i];
    }
    const float* output = bias + 2 * kGates;
    double logit = output[kCells];
    for (std::size_t i = 0; i < kCells; ++i) {
      cell_[i] = squash(gates[kCells + i]) * cell_[i] + squash(gates[i]) * std::tanh(gates[2 * kCells + i]);
      hidden_[i] = squash(gates[3 * kCells + i]) * std::tanh(cell_[i]);
      logit += output[i] * std::max(0.0, hidden_[i]);
    }
    return static_cast<float>(squash(logit));
  }

  std::vector<float> weights_;
  const float* next_ = nullptr;
  std::vector<double> context_ = std::vector<double>(64);
  std::array<double, SileroWeights::kCells> hidden_{}, cell_{};
};

TEST(SileroVad, SaysWhatThePublishedNetworkSays) {
  PlainVad plain(randomWeights());
  SileroVad vad(weights());
  SileroState state;
  const auto wave = tone(700, 16000, 8 * SileroVad::kWindow, 20000);
  for (std::size_t at = 0; at < wave.size(); at += SileroVad::kWindow) {
    const auto window = std::span(wave).subspan(at, SileroVad::kWindow);
    EXPECT_NEAR(vad.run(state, window), plain.run(window), 1e-5);
  }
}

/// Streams that are judged together: 19 are two batches and a rest.
TEST(SileroVad, JudgesManyAsItJudgesEach) {
  constexpr std::size_t kStreams = 19;
  SileroVad vad(weights());
  std::vector<SileroState> together(kStreams), alone(kStreams);
  std::vector<SileroState*> states;
  for (auto& state : together) states.push_back(&state);
  std::vector<float> probabilities(kStreams);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::int16_t> windows;
    for (std::size_t i = 0; i < kStreams; ++i)
      std::ranges::copy(tone(100.0 * static_cast<double>(i + 1), 16000, SileroVad::kWindow),
                        std::back_inserter(windows));
    vad.run(states, windows, probabilities);
    for (std::size_t i = 0; i < kStreams; ++i)
      EXPECT_NEAR(probabilities[i],
                  vad.run(alone[i], std::span(windows).subspan(i * SileroVad::kWindow, SileroVad::kWindow)),
                  1e-5);
  }
}

TEST(SileroVad, KeepsStreamsApart) {
  SileroVad vad(weights());
  const auto first = tone(200, 16000, 5120), second = tone(900, 16000, 5120, 3000);
  SileroState alone, mixedFirst, mixedSecond;
  for (std::size_t at = 0; at < 5120; at += SileroVad::kWindow) {
    const float expected = vad.run(alone, std::span(first).subspan(at, SileroVad::kWindow));
    const float among = vad.run(mixedFirst, std::span(first).subspan(at, SileroVad::kWindow));
    vad.run(mixedSecond, std::span(second).subspan(at, SileroVad::kWindow));
    EXPECT_EQ(expected, among);
    EXPECT_GT(expected, 0);
    EXPECT_LT(expected, 1);
  }
  EXPECT_NE(mixedFirst.hidden, mixedSecond.hidden);
}

TEST(SileroVad, RemembersWhatCameBefore) {
  SileroVad vad(weights());
  SileroState fresh, used;
  const auto window = tone(300, 16000, SileroVad::kWindow);
  vad.run(used, tone(1000, 16000, SileroVad::kWindow));
  EXPECT_NE(vad.run(fresh, window), vad.run(used, window));
}

}  // namespace
}  // namespace oavc::audio
