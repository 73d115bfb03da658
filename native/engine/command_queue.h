// Bounded queue from control threads to the media thread. Many producers, one consumer; no locks. Each cell
// has a turn number that says whose it is: a producer's for lap n at 2n, the consumer's at 2n + 1.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace oavc::engine {

template <typename Item, std::size_t kCapacity>
class CommandQueue {
 public:
  /// False when the queue is full.
  bool push(const Item& item) noexcept {
    std::uint64_t place = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[place % kCapacity];
      const std::uint64_t turn = cell.turn.load(std::memory_order_acquire);
      const std::uint64_t mine = place / kCapacity * 2;
      if (turn < mine) return false;  // the consumer has not emptied it in the lap before
      if (turn > mine) {
        place = tail_.load(std::memory_order_relaxed);
      } else if (tail_.compare_exchange_weak(place, place + 1, std::memory_order_relaxed)) {
        cell.item = item;
        cell.turn.store(mine + 1, std::memory_order_release);
        return true;
      }
    }
  }

  /// False when nothing is there. Consumer only.
  bool pop(Item& item) noexcept {
    Cell& cell = cells_[head_ % kCapacity];
    const std::uint64_t mine = head_ / kCapacity * 2 + 1;
    if (cell.turn.load(std::memory_order_acquire) != mine) return false;
    item = cell.item;
    cell.turn.store(mine + 1, std::memory_order_release);
    ++head_;
    return true;
  }

 private:
  struct Cell {
    std::atomic<std::uint64_t> turn{0};
    Item item{};
  };
  std::array<Cell, kCapacity> cells_{};
  alignas(128) std::atomic<std::uint64_t> tail_{0};
  alignas(128) std::uint64_t head_ = 0;
};

}  // namespace oavc::engine
