// A matrix of weights with a bias, times several vectors at once. The weights lie in panels of sixteen rows,
// step by step, so that they are read in the order in which they are used, and once for four vectors.
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace oavc::audio {

/// Gives the weight at a row and a column.
template <typename Function>
concept WeightAt = requires(Function at) {
  { at(std::size_t{}, std::size_t{}) } -> std::convertible_to<float>;
};

class PackedMatrix {
 public:
  static constexpr std::size_t kPanelRows = 16;

  PackedMatrix() = default;
  /// `rows` is a multiple of kPanelRows.
  template <WeightAt Weights, typename Biases>
  PackedMatrix(std::size_t rows, std::size_t columns, Weights weightAt, Biases biasOf)
      : columns_(columns), steps_(rows / kPanelRows * columns), bias_(rows) {
    for (std::size_t row = 0; row < rows; ++row) {
      bias_[row] = biasOf(row);
      for (std::size_t column = 0; column < columns; ++column)
        steps_[row / kPanelRows * columns + column].rows[row % kPanelRows] = weightAt(row, column);
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return bias_.size(); }
  /// inputs[i] has as many floats as the matrix has columns, outputs[i] takes as many as it has rows. A
  /// vector's result does not depend on the others, but for the last bit: sums of one vector are added up in
  /// another order.
  void multiply(std::span<const float* const> inputs, std::span<float* const> outputs) const noexcept;

 private:
  struct alignas(64) Step {
    std::array<float, kPanelRows> rows{};
  };
  std::size_t columns_ = 0;
  std::vector<Step> steps_;  // [panel][column]
  std::vector<float> bias_;
};

}  // namespace oavc::audio
