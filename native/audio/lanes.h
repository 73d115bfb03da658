// Vectors of floats for the inner loops, by the compiler's vector extension. A kernel is written once for any
// number of lanes and made twice: narrow, for every processor (SSE2, NEON), and wide, in functions marked
// OAVC_WIDE, for AVX2 with FMA. Lanes beyond what a processor has would go through memory: slower than plain
// loops.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define OAVC_WIDE __attribute__((target("avx2,fma")))
#else
#define OAVC_WIDE
#endif
/// A kernel becomes part of the function that calls it, and is made for its processor.
#define OAVC_INLINE __attribute__((always_inline)) inline

namespace oavc::audio {

inline constexpr std::size_t kNarrowLanes = 4;
inline constexpr std::size_t kWideLanes = 8;

template <std::size_t kLanes>
struct LanesOf;
template <>
struct LanesOf<kNarrowLanes> {
  using Floats = float __attribute__((vector_size(16)));
  using Ints = std::int32_t __attribute__((vector_size(16)));
};
template <>
struct LanesOf<kWideLanes> {
  using Floats = float __attribute__((vector_size(32)));
  using Ints = std::int32_t __attribute__((vector_size(32)));
};
template <std::size_t kLanes>
using Lanes = typename LanesOf<kLanes>::Floats;

/// True when this processor may run functions that are marked OAVC_WIDE.
inline bool hasWideLanes() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

template <typename Vector>
OAVC_INLINE void load(Vector& vector, const float* from) noexcept {
  std::memcpy(&vector, from, sizeof vector);
}
template <typename Vector>
OAVC_INLINE void store(float* to, const Vector& vector) noexcept {
  std::memcpy(to, &vector, sizeof vector);
}

/// Brings the lanes down to four, whose sum is the same.
template <typename Vector>
OAVC_INLINE void fold(Lanes<kNarrowLanes>& four, const Vector& lanes) noexcept {
  if constexpr (sizeof(Vector) == sizeof four)
    four = lanes;
  else
    four =
        __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3) + __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7);
}

}  // namespace oavc::audio
