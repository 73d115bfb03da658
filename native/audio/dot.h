// The inner loop of resampler, voice detector and concealment: sums of products, eight lanes wide.
// On x86-64 the loader picks the AVX2 and FMA version where the processor has it.
#pragma once
#include <array>
#include <cstddef>

namespace oavc::audio {

/// Sum of a[i] * b[i].
float dot(const float* a, const float* b, std::size_t count) noexcept;

/// One row of weights against four vectors that start `stride` apart: the row is read once.
std::array<float, 4> dot4(const float* row, const float* vectors, std::size_t stride,
                          std::size_t count) noexcept;

}  // namespace oavc::audio
