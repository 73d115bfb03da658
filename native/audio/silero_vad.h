// Silero VAD v5, 16 kHz, without a runtime: the network in plain loops over the published weights.
// Input: 512 new samples after the 64 before them; the network is poor without those 64.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace oavc::audio {

/// The weights, shared by all streams of a thread. Order in the file: STFT basis, four convolutions (weight,
/// bias), LSTM (input, hidden, two biases), output (weight, bias).
class SileroWeights {
 public:
  static constexpr std::size_t kCount = 309633;
  /// Throws std::invalid_argument when `all` has not kCount elements.
  explicit SileroWeights(std::span<const float> all);

  static constexpr std::size_t kBins = 129;
  static constexpr std::size_t kCells = 128;
  static constexpr std::size_t kGates = 4 * kCells;

  struct Convolution {
    const float* weights;  // [out][in * taps]
    const float* bias;
    std::size_t inputs, outputs;
  };
  [[nodiscard]] const float* basis() const noexcept { return basis_; }
  [[nodiscard]] const Convolution& convolution(std::size_t layer) const noexcept { return layers_[layer]; }
  [[nodiscard]] const float* gates() const noexcept { return gates_.data(); }
  [[nodiscard]] const float* gateBias() const noexcept { return gateBias_.data(); }
  [[nodiscard]] const float* output() const noexcept { return output_; }
  [[nodiscard]] float outputBias() const noexcept { return output_[kCells]; }

 private:
  std::vector<float> all_;
  const float* basis_ = nullptr;
  std::array<Convolution, 4> layers_{};
  std::vector<float> centre_;    // the last convolution sees one column: only its middle tap counts
  std::vector<float> gates_;     // [gate][input, hidden]: one dot product a gate
  std::vector<float> gateBias_;  // both biases, added
  const float* output_ = nullptr;
};

/// What one stream remembers between windows.
struct SileroState {
  std::array<float, 64> context{};
  std::array<float, SileroWeights::kCells> hidden{};
  std::array<float, SileroWeights::kCells> cell{};
};

/// The network with its working memory: one a thread. No allocation in `run`.
class SileroVad {
 public:
  static constexpr std::size_t kWindow = 512;
  explicit SileroVad(const SileroWeights& weights) : weights_(weights) {}
  /// Probability that the window is speech. `window` has kWindow samples.
  float run(SileroState& state, std::span<const std::int16_t> window) noexcept;

 private:
  void load(SileroState& state, std::span<const std::int16_t> window) noexcept;
  void spectrum() noexcept;
  void convolve4() noexcept;
  void convolveHalving(std::size_t layer, const float* in, std::size_t columns, float* out) noexcept;
  void convolveLast() noexcept;
  float recur(SileroState& state) noexcept;

  static constexpr std::size_t kBins = SileroWeights::kBins;
  const SileroWeights& weights_;
  std::array<float, 640> wave_{};
  std::array<float, 4 * kBins> magnitudes_{};  // [bin][column]
  std::array<float, 12 * kBins> columns_{};    // [column][bin * 3 + tap]
  std::array<float, 512> first_{};             // [channel][column], like the next two
  std::array<float, 128> second_{};
  std::array<float, 64> third_{};
  std::array<float, 2 * SileroWeights::kCells> joined_{};  // input of the LSTM, its hidden state
};

}  // namespace oavc::audio
