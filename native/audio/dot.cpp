#include "audio/dot.h"

#include <cstring>

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(OAVC_SANITIZED)
#define OAVC_MULTIVERSION __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define OAVC_MULTIVERSION
#endif

namespace oavc::audio {
namespace {

constexpr std::size_t kLanes = 8;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

float sum(const Lanes& lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace

OAVC_MULTIVERSION float dot(const float* a, const float* b, std::size_t count) noexcept {
  Lanes even{}, odd{}, x, y;
  std::size_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    std::memcpy(&x, a + i, sizeof x);
    std::memcpy(&y, b + i, sizeof y);
    even += x * y;
    std::memcpy(&x, a + i + kLanes, sizeof x);
    std::memcpy(&y, b + i + kLanes, sizeof y);
    odd += x * y;
  }
  even += odd;
  float total = sum(even);
  for (; i < count; ++i) total += a[i] * b[i];
  return total;
}

OAVC_MULTIVERSION std::array<float, 4> dot4(const float* row, const float* vectors, std::size_t stride,
                                            std::size_t count) noexcept {
  Lanes total[4] = {}, weights, x;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    std::memcpy(&weights, row + i, sizeof weights);
    for (std::size_t k = 0; k < 4; ++k) {
      std::memcpy(&x, vectors + k * stride + i, sizeof x);
      total[k] += weights * x;
    }
  }
  std::array<float, 4> sums{sum(total[0]), sum(total[1]), sum(total[2]), sum(total[3])};
  for (; i < count; ++i)
    for (std::size_t k = 0; k < 4; ++k) sums[k] += row[i] * vectors[k * stride + i];
  return sums;
}

}  // namespace oavc::audio
