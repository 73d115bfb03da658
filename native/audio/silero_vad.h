// Silero VAD v5, 16 kHz, without a runtime. Input: 512 new samples after the 64 before them; the network is
// poor without those 64. Its first layer is a Fourier transform, and is computed as one; the others read
// their weights once for a whole batch of streams, since together they are larger than a core's cache.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "audio/packed_matrix.h"
#include "audio/spectrum.h"

namespace oavc::audio {

/// The weights, shared by all streams of a thread. Order in the file: STFT basis, four convolutions (weight,
/// bias), LSTM (input, hidden, two biases), output (weight, bias).
class SileroWeights {
 public:
  static constexpr std::size_t kCount = 309633;
  static constexpr std::size_t kFirst = 128;  // channels after the first convolution
  static constexpr std::size_t kSecond = 64;  // ... after the second and the third
  static constexpr std::size_t kCells = 128;
  static constexpr std::size_t kGates = 4 * kCells;
  /// Throws std::invalid_argument when `all` are not the weights of this network.
  explicit SileroWeights(std::span<const float> all);

  [[nodiscard]] std::span<const float, Spectrum::kFrame> window() const noexcept { return window_; }
  /// Of columns of channels, a tap after the other; the last sees one column, and has its middle tap only.
  [[nodiscard]] const PackedMatrix& convolution(std::size_t layer) const noexcept { return layers_[layer]; }
  /// Of the input, then the hidden state.
  [[nodiscard]] const PackedMatrix& gates() const noexcept { return gates_; }
  [[nodiscard]] std::span<const float> output() const noexcept { return std::span(output_).first(kCells); }
  [[nodiscard]] float outputBias() const noexcept { return output_[kCells]; }

 private:
  std::array<float, Spectrum::kFrame> window_{};
  std::array<PackedMatrix, 4> layers_;
  PackedMatrix gates_;
  std::vector<float> output_;
};

/// What one stream remembers between windows.
struct SileroState {
  static constexpr std::size_t kContext = 64;  // samples of the window before
  std::array<float, kContext> context{};
  std::array<float, SileroWeights::kCells> hidden{};
  std::array<float, SileroWeights::kCells> cell{};
};

/// The network with its working memory: one a thread. No allocation in `run`.
class SileroVad {
 public:
  static constexpr std::size_t kWindow = 512;
  explicit SileroVad(const SileroWeights& weights) : weights_(weights), spectrum_(weights.window()) {}
  /// Probability that the window is speech. `window` has kWindow samples.
  float run(SileroState& state, std::span<const std::int16_t> window) noexcept;
  /// A window of each stream, one behind the other in `windows`.
  void run(std::span<SileroState* const> states, std::span<const std::int16_t> windows,
           std::span<float> probabilities) noexcept;

 private:
  static constexpr std::size_t kBatch = 8;
  static constexpr std::size_t kBins = Spectrum::kBins;
  static constexpr std::size_t kFirst = SileroWeights::kFirst, kSecond = SileroWeights::kSecond;
  static constexpr std::size_t kCells = SileroWeights::kCells;
  static constexpr std::size_t kContext = SileroState::kContext;
  /// Of one stream. Columns of channels, with an empty one before the first and after the last.
  struct alignas(64) Work {
    std::array<float, kContext + kWindow + kContext> wave{};
    std::array<float, 6 * kBins> bins{};
    std::array<float, 6 * kFirst> first{};
    std::array<float, 4 * kSecond> second{};
    std::array<float, kSecond> third{};
    std::array<float, 2 * kCells> joined{};  // input of the LSTM, its hidden state
    std::array<float, SileroWeights::kGates> gates{};
  };
  /// Where a layer reads and writes in each stream's working memory.
  struct Place {
    const float* from;
    float* to;
  };

  void runBatch(std::span<SileroState* const> states, std::span<const std::int16_t> windows,
                std::span<float> probabilities) noexcept;
  void load(Work& work, SileroState& state, std::span<const std::int16_t> window) noexcept;
  template <typename PlaceOf>
  void apply(const PackedMatrix& matrix, std::size_t streams, std::size_t columns, PlaceOf placeOf) noexcept;
  void convolve(std::size_t streams) noexcept;
  float judge(const Work& work, SileroState& state) const noexcept;

  const SileroWeights& weights_;
  Spectrum spectrum_;
  std::array<Work, kBatch> work_;
  std::array<const float*, 4 * kBatch> inputs_{};
  std::array<float*, 4 * kBatch> outputs_{};
};

}  // namespace oavc::audio
