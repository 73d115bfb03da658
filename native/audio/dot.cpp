#include "audio/dot.h"

#include <cstring>

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(OAVC_SANITIZED)
#define OAVC_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OAVC_MULTIVERSION
#endif

namespace oavc::audio {
namespace {

constexpr std::size_t kLanes = 16;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

using Quarter = float __attribute__((vector_size(kLanes / 4 * sizeof(float))));

/// Sixteen lanes to four.
inline Quarter fold(const Lanes& lanes) {
  Quarter parts[4];
  std::memcpy(parts, &lanes, sizeof parts);
  return (parts[0] + parts[2]) + (parts[1] + parts[3]);
}

inline float sum(const Lanes& lanes) {
  const Quarter four = fold(lanes);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/// The sums of four vectors at once: a transposition is cheaper than four separate ends.
inline Quarter sums(const Lanes (&lanes)[4]) {
  const Quarter a = fold(lanes[0]), b = fold(lanes[1]), c = fold(lanes[2]), d = fold(lanes[3]);
  const Quarter ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Quarter cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
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
  std::array<float, 4> all;
  const Quarter summed = sums(total);
  std::memcpy(all.data(), &summed, sizeof summed);
  for (; i < count; ++i)
    for (std::size_t k = 0; k < 4; ++k) all[k] += row[i] * vectors[k * stride + i];
  return all;
}

}  // namespace oavc::audio
