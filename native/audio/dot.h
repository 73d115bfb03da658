// Sums of products: the inner loop of the pitch search, and of the resampler between rates that hardly fit.
#pragma once
#include <cstddef>

namespace oavc::audio {

/// Sum of a[i] * b[i].
float dot(const float* a, const float* b, std::size_t count) noexcept;

}  // namespace oavc::audio
