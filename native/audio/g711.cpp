#include "audio/g711.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "audio/lanes.h"

namespace oavc::audio {
namespace {

constexpr int kMuBias = 33;      // of 14-bit magnitudes, G.711 table 2
constexpr int kMuClip = 0x1FFF;  // largest biased magnitude

constexpr std::uint8_t encodeMu(int sample14) {
  const bool negative = sample14 < 0;
  const int magnitude = std::min((negative ? ~sample14 : sample14) + kMuBias, kMuClip);
  const int segment = static_cast<int>(std::bit_width(static_cast<unsigned>(magnitude) >> 6));
  const int step = (magnitude >> (segment + 1)) & 0xF;
  return static_cast<std::uint8_t>(~(segment << 4 | step | (negative ? 0x80 : 0)));
}

constexpr std::uint8_t encodeA(int sample12) {
  const bool negative = sample12 < 0;
  const int magnitude = negative ? ~sample12 : sample12;
  const int segment = static_cast<int>(std::bit_width(static_cast<unsigned>(magnitude) >> 4));
  const int step = segment > 1 ? magnitude >> (segment - 1) & 0xF : magnitude & 0xF;
  return static_cast<std::uint8_t>((segment << 4 | step | (negative ? 0 : 0x80)) ^ 0x55);
}

constexpr std::int16_t decodeMu(int octet) {
  const int code = ~octet;
  const int segment = code >> 4 & 7;
  const int magnitude = (((code & 0xF) << 3) + 4 * kMuBias) << segment;
  const int sample = magnitude - 4 * kMuBias;
  return static_cast<std::int16_t>(code & 0x80 ? -sample : sample);
}

constexpr std::int16_t decodeA(int octet) {
  const int code = octet ^ 0x55;
  const int segment = code >> 4 & 7;
  const int step = (code & 0xF) << 4 | 8;
  const int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
  return static_cast<std::int16_t>(code & 0x80 ? magnitude : -magnitude);
}

// Both laws ignore the two low bits of a 16-bit sample, so 14 bits index the table.
template <typename Encode>
constexpr auto makeEncodeTable(Encode encode) {
  std::array<std::uint8_t, 16384> table{};
  for (int index = 0; index < 16384; ++index) table[index] = encode(index < 8192 ? index : index - 16384);
  return table;
}

template <typename Decode>
constexpr auto makeDecodeTable(Decode decode) {
  std::array<std::int16_t, 256> table{};
  for (int octet = 0; octet < 256; ++octet) table[octet] = decode(octet);
  return table;
}

constexpr auto kEncodeMu = makeEncodeTable(encodeMu);
constexpr auto kEncodeA = makeEncodeTable([](int sample14) { return encodeA(sample14 >> 2); });
constexpr auto kDecodeMu = makeDecodeTable(decodeMu);
constexpr auto kDecodeA = makeDecodeTable(decodeA);

// Decoding again, sixteen octets at once: with AVX2 this takes half of the table's time, with less the table
// wins.
using WideSamples = std::int16_t __attribute__((vector_size(32)));
using WideOctets = std::uint8_t __attribute__((vector_size(16)));

/// Shifts left by the segment, bit by bit: lanes of 16 bits cannot each be shifted by a number of its own.
OAVC_INLINE void shiftBySegment(WideSamples& values, const WideSamples& codes) noexcept {
  values = (codes & 0x10) != 0 ? values << 1 : values;
  values = (codes & 0x20) != 0 ? values << 2 : values;
  values = (codes & 0x40) != 0 ? values << 4 : values;
}

OAVC_INLINE void expandMu(WideSamples& octets) noexcept {
  const WideSamples codes = ~octets;
  WideSamples magnitudes = ((codes & 0xF) << 3) + 4 * kMuBias;
  shiftBySegment(magnitudes, codes);
  magnitudes -= 4 * kMuBias;
  octets = (codes & 0x80) != 0 ? -magnitudes : magnitudes;
}

OAVC_INLINE void expandA(WideSamples& octets) noexcept {
  const WideSamples codes = octets ^ 0x55;
  const WideSamples raised = (codes & 0x70) != 0;  // all bits set where it is not the first segment
  WideSamples magnitudes = ((codes & 0xF) << 4 | 8) + (raised & 0x100);
  shiftBySegment(magnitudes, codes - (raised & 0x10));
  octets = (codes & 0x80) != 0 ? magnitudes : -magnitudes;
}

using Decode = void (*)(Law law, const std::uint8_t* from, std::int16_t* to, std::size_t count) noexcept;

void decodeByTable(Law law, const std::uint8_t* __restrict from, std::int16_t* __restrict to,
                   std::size_t count) noexcept {
  const std::int16_t* table = law == Law::kMu ? kDecodeMu.data() : kDecodeA.data();
#pragma GCC unroll 8
  for (std::size_t i = 0; i < count; ++i) to[i] = table[from[i]];
}

OAVC_WIDE void decodeWide(Law law, const std::uint8_t* from, std::int16_t* to, std::size_t count) noexcept {
  constexpr std::size_t kOctets = sizeof(WideOctets);
  const std::size_t whole = count - count % kOctets;
  for (std::size_t i = 0; i < whole; i += kOctets) {
    WideOctets octets;
    std::memcpy(&octets, from + i, sizeof octets);
    auto samples = __builtin_convertvector(octets, WideSamples);
    law == Law::kMu ? expandMu(samples) : expandA(samples);
    std::memcpy(to + i, &samples, sizeof samples);
  }
  decodeByTable(law, from + whole, to + whole, count - whole);
}

const Decode chosen = hasWideLanes() ? decodeWide : decodeByTable;

}  // namespace

void g711Encode(Law law, std::span<const std::int16_t> samples, std::span<std::uint8_t> octets) noexcept {
  const std::uint8_t* table = law == Law::kMu ? kEncodeMu.data() : kEncodeA.data();
  const std::size_t count = std::min(samples.size(), octets.size());
  const std::int16_t* __restrict from = samples.data();
  std::uint8_t* __restrict to = octets.data();
#pragma GCC unroll 8
  for (std::size_t i = 0; i < count; ++i) to[i] = table[static_cast<std::uint16_t>(from[i]) >> 2];
}

void g711Decode(Law law, std::span<const std::uint8_t> octets, std::span<std::int16_t> samples) noexcept {
  chosen(law, octets.data(), samples.data(), std::min(octets.size(), samples.size()));
}

}  // namespace oavc::audio
