// Makes a frame shorter or longer by one pitch period, joined where the wave repeats: nobody hears it.
#pragma once
#include <cstdint>
#include <span>

namespace oavc::audio {

/// Longest frame that is stretched; longer ones are left alone.
inline constexpr std::size_t kMaxStretchSamples = 960;

/// Both work in place on the first `length` of `samples` and return the new length; the old one when the
/// frame has no period that would join well. `lengthen` needs room for 12 ms more.
std::size_t shorten(std::span<std::int16_t> samples, std::size_t length, int rateHz) noexcept;
std::size_t lengthen(std::span<std::int16_t> samples, std::size_t length, int rateHz) noexcept;

}  // namespace oavc::audio
