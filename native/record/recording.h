// The recording of a call between the media thread, which hands over what was heard and sent in each tick,
// and the recorder's thread, which writes it. A bounded ring: when the disk does not keep up the tick is lost
// and counted, and leaves silence of its length in the file; the call notices nothing.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace oavc::record {

enum class Format : std::uint8_t { kWav, kOpus };

inline constexpr int kRateHz = 16000;
inline constexpr std::size_t kTickSamples = 320;     // 20 ms
inline constexpr std::size_t kMaxLineSamples = 480;  // 20 ms of the spoken ring, at most 24 kHz

/// What was heard and sent in one tick.
struct Tick {
  std::uint32_t number = 0;  // lost ones are counted in
  std::uint32_t sentSamples = 0;
  std::array<std::int16_t, kTickSamples> heard;
  std::array<std::int16_t, kMaxLineSamples> sent;
};

class Recording {
 public:
  static constexpr std::uint32_t kTicks = 256;  // 5.1 s

  Recording(std::string path, Format format)
      : ticks_(std::make_unique<std::array<Tick, kTicks>>()), path_(std::move(path)), format_(format) {}
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] Format format() const noexcept { return format_; }

  // --- the media thread
  void take(std::span<const std::int16_t> heard, std::span<const std::int16_t> sent) noexcept;
  /// Nothing comes any more.
  void close() noexcept { closed_.store(true, std::memory_order_release); }

  // --- the recorder
  /// The oldest tick that is not yet written; null when there is none.
  [[nodiscard]] const Tick* front() const noexcept;
  void pop() noexcept { read_.store(read_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  /// The file cannot be written: all from here on is lost.
  void fail(int error) noexcept { error_.store(error, std::memory_order_release); }
  void countLost(std::uint32_t ticks) noexcept { lost_.fetch_add(ticks, std::memory_order_relaxed); }

  // --- any thread
  [[nodiscard]] std::uint64_t lostTicks() const noexcept { return lost_.load(std::memory_order_relaxed); }
  /// errno of what broke the file; 0 while all is well.
  [[nodiscard]] int error() const noexcept { return error_.load(std::memory_order_acquire); }

 private:
  alignas(128) std::atomic<std::uint32_t> write_{0};
  std::uint32_t number_ = 0;
  std::unique_ptr<std::array<Tick, kTicks>> ticks_;
  std::string path_;
  std::atomic<int> error_{0};
  Format format_;
  std::atomic<bool> closed_{false};
  alignas(128) std::atomic<std::uint32_t> read_{0};
  alignas(128) std::atomic<std::uint64_t> lost_{0};
};

}  // namespace oavc::record
