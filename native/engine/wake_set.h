// Which speech workers have something new in this slot: each is woken once, however many calls it has.
#pragma once
#include <array>
#include <bit>
#include <cstdint>

namespace oavc::engine {

/// Ids are made so that two open wakes never differ by a multiple of this.
inline constexpr std::uint32_t kMaxWakes = 64;

class Waker {
 public:
  virtual ~Waker() = default;
  /// Called from the media thread; must not block. Ids of closed wakes are ignored.
  virtual void wake(std::uint32_t id) noexcept = 0;
};

class WakeSet {
 public:
  /// 0 is nobody.
  void mark(std::uint32_t id) noexcept {
    if (id == 0) return;
    ids_[id % kMaxWakes] = id;
    marked_ |= std::uint64_t{1} << (id % kMaxWakes);
  }
  void fire(Waker& waker) noexcept {
    for (; marked_ != 0; marked_ &= marked_ - 1)
      waker.wake(ids_[static_cast<std::size_t>(std::countr_zero(marked_))]);
  }

 private:
  std::array<std::uint32_t, kMaxWakes> ids_{};
  std::uint64_t marked_ = 0;
};

}  // namespace oavc::engine
