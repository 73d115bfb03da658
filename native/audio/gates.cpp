#include "audio/gates.h"

#include "audio/lanes.h"

namespace oavc::audio {
namespace {

/// 1 / (1 + exp(-x)). exp by 2^whole * 2^part, the part by its Taylor series; beyond 30 nothing changes any
/// more.
template <std::size_t kLanes>
OAVC_INLINE void squash(Lanes<kLanes>& x) noexcept {
  using Ints = typename LanesOf<kLanes>::Ints;
  constexpr float kLimit = 30, kLog2E = 1.442695041F, kRound = 12582912.0F;
  const Lanes<kLanes> none{};
  x = x > kLimit ? none + kLimit : x;
  x = x < -kLimit ? none - kLimit : x;
  const Lanes<kLanes> power = x * -kLog2E;
  const Lanes<kLanes> whole = (power + kRound) - kRound;
  const Lanes<kLanes> part = (power - whole) * 0.693147181F;
  Lanes<kLanes> sum = none + 1.0F / 5040;
  sum = sum * part + 1.0F / 720;
  sum = sum * part + 1.0F / 120;
  sum = sum * part + 1.0F / 24;
  sum = sum * part + 1.0F / 6;
  sum = sum * part + 0.5F;
  sum = sum * part + 1.0F;
  sum = sum * part + 1.0F;
  const Ints exponent = (__builtin_convertvector(whole, Ints) + 127) << 23;
  Lanes<kLanes> scale;
  std::memcpy(&scale, &exponent, sizeof scale);
  x = 1.0F / (1.0F + sum * scale);
}

/// The hyperbolic tangent is a squash of twice the value.
template <std::size_t kLanes>
OAVC_INLINE void squashBoth(Lanes<kLanes>& x) noexcept {
  x *= 2.0F;
  squash<kLanes>(x);
  x = x * 2.0F - 1.0F;
}

template <std::size_t kLanes>
OAVC_INLINE void step(std::span<const float> gates, std::span<float> cell, std::span<float> hidden) noexcept {
  const std::size_t cells = cell.size();
  for (std::size_t at = 0; at + kLanes <= cells; at += kLanes) {
    Lanes<kLanes> admit, forget, propose, show, state;
    load(admit, &gates[at]);
    load(forget, &gates[cells + at]);
    load(propose, &gates[2 * cells + at]);
    load(show, &gates[3 * cells + at]);
    load(state, &cell[at]);
    squash<kLanes>(admit);
    squash<kLanes>(forget);
    squashBoth<kLanes>(propose);
    squash<kLanes>(show);
    state = forget * state + admit * propose;
    store(&cell[at], state);
    squashBoth<kLanes>(state);
    store(&hidden[at], show * state);
  }
}

OAVC_WIDE void stepWide(std::span<const float> gates, std::span<float> cell,
                        std::span<float> hidden) noexcept {
  step<kWideLanes>(gates, cell, hidden);
}
void stepNarrow(std::span<const float> gates, std::span<float> cell, std::span<float> hidden) noexcept {
  step<kNarrowLanes>(gates, cell, hidden);
}

const auto chosen = hasWideLanes() ? stepWide : stepNarrow;

}  // namespace

void stepLstm(std::span<const float> gates, std::span<float> cell, std::span<float> hidden) noexcept {
  chosen(gates, cell, hidden);
}

}  // namespace oavc::audio
