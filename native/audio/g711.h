// ITU-T G.711, both laws, between octets and 16-bit linear samples. Tables of 256 and 16384 entries, made by
// the compiler.
#pragma once
#include <cstdint>
#include <span>

namespace oavc::audio {

enum class Law : std::uint8_t { kMu = 0, kA = 1 };

/// `octets` and `samples` are of one length; the shorter one counts.
void g711Encode(Law law, std::span<const std::int16_t> samples, std::span<std::uint8_t> octets) noexcept;
void g711Decode(Law law, std::span<const std::uint8_t> octets, std::span<std::int16_t> samples) noexcept;

/// The octet that decodes to silence.
constexpr std::uint8_t g711Silence(Law law) noexcept {
  return law == Law::kMu ? 0xFF : 0xD5;
}

}  // namespace oavc::audio
