// Network byte order, bounds checked by the caller.
#pragma once
#include <cstdint>

namespace oavc::rtp {

constexpr std::uint16_t load16(const std::uint8_t* at) noexcept {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
constexpr std::uint32_t load32(const std::uint8_t* at) noexcept {
  return std::uint32_t{load16(at)} << 16 | load16(at + 2);
}
constexpr void store16(std::uint8_t* at, std::uint16_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
constexpr void store32(std::uint8_t* at, std::uint32_t value) noexcept {
  store16(at, static_cast<std::uint16_t>(value >> 16));
  store16(at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace oavc::rtp
