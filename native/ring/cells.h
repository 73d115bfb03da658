// Access to shared memory that JavaScript reads and writes with Atomics.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace oavc::ring {

/// The beginning of a ring's memory: at least as long as the layout says, aligned to 16.
using Memory = std::byte*;

inline std::atomic_ref<std::uint32_t> cell(Memory memory, std::size_t offset) noexcept {
  return std::atomic_ref<std::uint32_t>(*reinterpret_cast<std::uint32_t*>(memory + offset));
}
inline std::atomic_ref<std::int64_t> longCell(Memory memory, std::size_t offset) noexcept {
  return std::atomic_ref<std::int64_t>(*reinterpret_cast<std::int64_t*>(memory + offset));
}
inline std::int16_t* samplesAt(Memory memory, std::size_t offset) noexcept {
  return reinterpret_cast<std::int16_t*>(memory + offset);
}
/// How far position `a` lies past `b`; positions wrap.
constexpr std::int32_t past(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

}  // namespace oavc::ring
