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
  /// 0 is nobody. Of two ids of one place the newer counts: the worker of the other is gone.
  void mark(std::uint32_t id) noexcept {
    const std::size_t place = id % kMaxWakes;
    const std::uint64_t bit = std::uint64_t{1} << place;
    if (id == 0 || ((marked_ & bit) != 0 && static_cast<std::int32_t>(id - ids_[place]) < 0)) return;
    ids_[place] = id;
    marked_ |= bit;
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
