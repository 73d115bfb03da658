#include "audio/packed_matrix.h"

#include <algorithm>

#include "audio/lanes.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kPanelRows = PackedMatrix::kPanelRows;

/// Two registers of rows for kVectors vectors; with fewer vectors several sums of each, so that eight or so
/// are under way at once.
template <std::size_t kLanes, std::size_t kVectors>
OAVC_INLINE void multiplyRows(const float* weights, std::size_t columns, const float* bias,
                              const float* const* inputs, float* const* outputs) noexcept {
  constexpr std::size_t kSums = 4 / kVectors;
  Lanes<kLanes> low[kVectors][kSums], high[kVectors][kSums], lowWeights, highWeights;
  for (std::size_t v = 0; v < kVectors; ++v)
    for (std::size_t s = 0; s < kSums; ++s) low[v][s] = high[v][s] = Lanes<kLanes>{};
  std::size_t column = 0;
  const auto step = [&](std::size_t s) __attribute__((always_inline)) {
    load(lowWeights, weights + (column + s) * kPanelRows);
    load(highWeights, weights + (column + s) * kPanelRows + kLanes);
    for (std::size_t v = 0; v < kVectors; ++v) {
      const float x = inputs[v][column + s];
      low[v][s] += lowWeights * x;
      high[v][s] += highWeights * x;
    }
  };
  for (; column + kSums <= columns; column += kSums)
    for (std::size_t s = 0; s < kSums; ++s) step(s);
  for (; column < columns; ++column) step(0);
  load(lowWeights, bias);
  load(highWeights, bias + kLanes);
  for (std::size_t v = 0; v < kVectors; ++v) {
    for (std::size_t s = 1; s < kSums; ++s) {
      low[v][0] += low[v][s];
      high[v][0] += high[v][s];
    }
    store(outputs[v], low[v][0] + lowWeights);
    store(outputs[v] + kLanes, high[v][0] + highWeights);
  }
}

template <std::size_t kLanes, std::size_t kVectors>
OAVC_INLINE void multiplyPanel(const float* weights, std::size_t columns, const float* bias, std::size_t row,
                               const float* const* inputs, float* const* outputs) noexcept {
  for (std::size_t at = 0; at < kPanelRows; at += 2 * kLanes) {
    float* places[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) places[v] = outputs[v] + row + at;
    multiplyRows<kLanes, kVectors>(weights + at, columns, bias + row + at, inputs, places);
  }
}

/// Panel by panel: a panel stays in the nearest cache while all vectors are multiplied by it.
template <std::size_t kLanes>
OAVC_INLINE void multiplyAll(const float* steps, std::size_t columns, std::span<const float> bias,
                             std::span<const float* const> inputs, std::span<float* const> outputs) noexcept {
  for (std::size_t row = 0; row < bias.size(); row += kPanelRows, steps += columns * kPanelRows) {
    std::size_t v = 0;
    for (; v + 4 <= inputs.size(); v += 4)
      multiplyPanel<kLanes, 4>(steps, columns, bias.data(), row, &inputs[v], &outputs[v]);
    for (; v + 2 <= inputs.size(); v += 2)
      multiplyPanel<kLanes, 2>(steps, columns, bias.data(), row, &inputs[v], &outputs[v]);
    if (v < inputs.size())
      multiplyPanel<kLanes, 1>(steps, columns, bias.data(), row, &inputs[v], &outputs[v]);
  }
}

OAVC_WIDE void multiplyWide(const float* steps, std::size_t columns, std::span<const float> bias,
                            std::span<const float* const> inputs, std::span<float* const> outputs) noexcept {
  multiplyAll<kWideLanes>(steps, columns, bias, inputs, outputs);
}
void multiplyNarrow(const float* steps, std::size_t columns, std::span<const float> bias,
                    std::span<const float* const> inputs, std::span<float* const> outputs) noexcept {
  multiplyAll<kNarrowLanes>(steps, columns, bias, inputs, outputs);
}

const auto chosen = hasWideLanes() ? multiplyWide : multiplyNarrow;

}  // namespace

void PackedMatrix::multiply(std::span<const float* const> inputs,
                            std::span<float* const> outputs) const noexcept {
  chosen(steps_.front().rows.data(), columns_, bias_, inputs, outputs);
}

}  // namespace oavc::audio
