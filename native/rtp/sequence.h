// Arithmetic on numbers that wrap: RTP sequence numbers and timestamps (RFC 3550 5.1, compared as RFC 1982
// does).
#pragma once
#include <cstdint>
#include <type_traits>

namespace oavc::rtp {

/// How far `to` lies after `from`; negative when it lies before. Right while they are less than half the
/// range apart.
constexpr std::int16_t distance(std::uint16_t from, std::uint16_t to) noexcept {
  return static_cast<std::int16_t>(to - from);
}
constexpr std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

/// Turns wrapping numbers into ones that never wrap: each is placed next to the one before it.
template <typename Wrapping>
class Unwrapper {
 public:
  std::int64_t unwrap(Wrapping value) noexcept {
    last_ = peek(value);
    started_ = true;
    return last_;
  }
  /// What `unwrap` would answer; changes nothing.
  [[nodiscard]] std::int64_t peek(Wrapping value) const noexcept {
    return started_ ? last_ + distance(static_cast<Wrapping>(last_), value) : std::int64_t{value};
  }
  void reset() noexcept { *this = {}; }

 private:
  static_assert(std::is_unsigned_v<Wrapping>);
  std::int64_t last_ = 0;
  bool started_ = false;
};

}  // namespace oavc::rtp
