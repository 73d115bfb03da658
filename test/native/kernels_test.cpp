// The vector loops against plain ones, at lengths that fit no vector.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "audio/dot.h"
#include "audio/fir.h"
#include "audio/gates.h"
#include "audio/packed_matrix.h"

namespace oavc::audio {
namespace {

std::vector<float> noise(std::size_t count, unsigned seed, float spread = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-spread, spread);
  std::vector<float> values(count);
  for (auto& value : values) value = uniform(random);
  return values;
}

TEST(Kernels, DotIsTheSumOfProducts) {
  for (const std::size_t count : {0, 1, 7, 31, 32, 160, 441}) {
    const auto a = noise(count, 1), b = noise(count, 2);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += double{a[i]} * b[i];
    EXPECT_NEAR(dot(a.data(), b.data(), count), sum, 1e-4) << count;
  }
}

TEST(Kernels, FilterIsAConvolution) {
  const auto samples = noise(1000, 3), taps = noise(80, 4);
  for (const std::size_t count : {1, 7, 8, 63, 64, 160, 333}) {
    std::vector<float> sums(count, 1.0F);
    filter(taps, samples.data(), sums);
    for (std::size_t n = 0; n < count; ++n) {
      double sum = 1;
      for (std::size_t tap = 0; tap < taps.size(); ++tap) sum += double{taps[tap]} * samples[n + tap];
      EXPECT_NEAR(sums[n], sum, 1e-4) << n << " of " << count;
    }
  }
}

TEST(Kernels, FilterGivesTheSameBitsHoweverManyAtOnce) {
  const auto samples = noise(1000, 3), taps = noise(80, 4);
  std::vector<float> whole(200), each(200);
  filter(taps, samples.data(), whole);
  for (std::size_t n = 0; n < each.size(); ++n) filter(taps, &samples[n], std::span(each).subspan(n, 1));
  EXPECT_EQ(whole, each);
}

TEST(Kernels, SamplesAreRoundedToEvenAndSaturated) {
  const std::vector<float> values{0.5F, 1.5F, -0.5F, -1.5F, 2.4999F, 32767.4F, 40000, -32768.4F, -1e9F, 0};
  std::vector<std::int16_t> samples(values.size());
  toSamples(values, samples.data());
  EXPECT_EQ(samples, (std::vector<std::int16_t>{0, 2, 0, -2, 2, 32767, 32767, -32768, -32768, 0}));
}

TEST(Kernels, APackedMatrixMultipliesEveryVector) {
  constexpr std::size_t kRows = 48, kColumns = 387;
  const auto weights = noise(kRows * kColumns, 5), bias = noise(kRows, 6);
  const PackedMatrix matrix(
      kRows, kColumns, [&](std::size_t row, std::size_t column) { return weights[row * kColumns + column]; },
      [&](std::size_t row) { return bias[row]; });
  for (const std::size_t vectors : {1, 2, 3, 4, 7, 32}) {
    const auto values = noise(vectors * kColumns, 7);
    std::vector<float> results(vectors * kRows);
    std::vector<const float*> inputs;
    std::vector<float*> outputs;
    for (std::size_t v = 0; v < vectors; ++v) {
      inputs.push_back(&values[v * kColumns]);
      outputs.push_back(&results[v * kRows]);
    }
    matrix.multiply(inputs, outputs);
    for (std::size_t v = 0; v < vectors; ++v)
      for (std::size_t row = 0; row < kRows; ++row) {
        double sum = bias[row];
        for (std::size_t column = 0; column < kColumns; ++column)
          sum += double{weights[row * kColumns + column]} * inputs[v][column];
        EXPECT_NEAR(outputs[v][row], sum, 1e-4) << row << " of vector " << v << " of " << vectors;
      }
  }
}

TEST(Kernels, AStepOfTheLstmSquashesExactly) {
  constexpr std::size_t kCells = 64;
  auto gates = noise(4 * kCells, 8, 12);
  gates[3] = 1000, gates[kCells + 3] = -1000, gates[2 * kCells + 5] = -1000;
  std::vector<float> cell = noise(kCells, 9), hidden(kCells);
  const auto before = cell;
  stepLstm(gates, cell, hidden);
  const auto squash = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::size_t i = 0; i < kCells; ++i) {
    const double state =
        squash(gates[kCells + i]) * before[i] + squash(gates[i]) * std::tanh(double{gates[2 * kCells + i]});
    EXPECT_NEAR(cell[i], state, 1e-6) << i;
    EXPECT_NEAR(hidden[i], squash(gates[3 * kCells + i]) * std::tanh(state), 1e-6) << i;
  }
}

}  // namespace
}  // namespace oavc::audio
