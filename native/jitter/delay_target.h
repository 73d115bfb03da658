// How much delay the network asks for. Lateness of a packet: its transit time over that of the fastest packet
// of the last seconds. A histogram that forgets holds the lateness lately seen; the target is where one more
// step of delay would spare less loss than it is worth. So a few spikes are not waited for, and a packet in
// twenty that overtakes is.
#pragma once
#include <array>
#include <cstdint>

namespace oavc::jitter {

class DelayTarget {
 public:
  DelayTarget(double minMs, double maxMs) noexcept;
  /// `mediaNs`: the packet's time by its own timestamp.
  void arrived(std::int64_t arrivalNs, std::int64_t mediaNs) noexcept;
  /// The delay to aim at, over the fastest packet.
  [[nodiscard]] double targetMs() const noexcept { return targetMs_; }
  /// Most packets are no later than this, and none is waited for that is no later.
  [[nodiscard]] double usualMs() const noexcept { return usualMs_; }
  /// Transit of the fastest packet; follows the drift of the sender's clock within kWindows * kWindowNs.
  [[nodiscard]] std::int64_t baseNs() const noexcept { return baseNs_; }
  /// A packet came, and there is a base.
  [[nodiscard]] bool started() const noexcept { return started_; }
  void reset() noexcept;
  /// Expects the lateness that another one saw. The base is that of the next packet.
  void succeed(const DelayTarget& before) noexcept;

 private:
  static constexpr std::size_t kWindows = 16;
  static constexpr std::int64_t kWindowNs = 250'000'000;
  static constexpr std::size_t kBins = 256;
  static constexpr double kBinMs = 2;
  static constexpr std::size_t kStepBins = 10;  // 20 ms, a tick of the listener

  void followBase(std::int64_t arrivalNs, std::int64_t transitNs) noexcept;
  void followFall(double fallMs) noexcept;
  [[nodiscard]] bool isOtherRoute() const noexcept;
  void moveOrigin() noexcept;
  void shift(std::ptrdiff_t bins) noexcept;
  void record(double latenessMs) noexcept;
  [[nodiscard]] double worthMs() const noexcept;
  [[nodiscard]] double quantileMs(float share) const noexcept;

  double minMs_;
  double maxMs_;
  double targetMs_;
  double usualMs_ = 0;
  std::int64_t baseNs_ = 0;
  std::array<std::int64_t, kWindows> fastest_{};  // by window, INT64_MAX where none came
  std::int64_t window_ = 0;
  bool started_ = false;
  std::int64_t originNs_ = 0;    // transit that bin 0 stands for; follows the base in whole bins
  std::int64_t fallFromNs_ = 0;  // base before it began to fall
  int sinceFall_ = 0;            // packets
  std::ptrdiff_t fallBins_ = 0;  // that the histogram moved in this fall, towards more lateness
  std::array<float, kBins> weights_{};
  float total_ = 0;
  float weight_ = 1;  // of the next packet; growing weights are old ones fading
};

}  // namespace oavc::jitter
