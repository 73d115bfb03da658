// Vectors of floats for the inner loops, by the compiler's vector extension. A kernel is written once for any
// number of lanes and made for each width: narrow, for every processor (SSE2, NEON); wide, in functions
// marked OAVC_WIDE, for AVX2 with FMA; widest, where it pays, in those marked OAVC_WIDEST, for AVX-512. Lanes
// beyond what a processor has would go through memory: slower than plain loops.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define OAVC_WIDE __attribute__((target("avx2,fma")))
#define OAVC_WIDEST __attribute__((target("avx512f")))
#else
#define OAVC_WIDE
#define OAVC_WIDEST
#endif
/// A kernel becomes part of the function that calls it, and is made for its processor.
#define OAVC_INLINE __attribute__((always_inline)) inline

namespace oavc::audio {

inline constexpr std::size_t kNarrowLanes = 4;
inline constexpr std::size_t kWideLanes = 8;
inline constexpr std::size_t kWidestLanes = 16;

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
template <>
struct LanesOf<kWidestLanes> {
  using Floats = float __attribute__((vector_size(64)));
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

/// The same of OAVC_WIDEST.
inline bool hasWidestLanes() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  return hasWideLanes() && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

template <typename Vector>
OAVC_INLINE void load(Vector& vector, const float* from) noexcept {
  std::memcpy(&vector, from, sizeof vector);
}
/// Keeps a vector in a register: GCC would load it once more for each further use, across cache lines.
template <typename Vector>
OAVC_INLINE void pin([[maybe_unused]] Vector& vector) noexcept {
#if defined(__clang__)
  // Sees to it by itself, and takes no vector that is wider than the plain processor's.
#elif defined(__x86_64__)
  asm("" : "+v"(vector));
#elif defined(__aarch64__)
  asm("" : "+w"(vector));
#endif
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
