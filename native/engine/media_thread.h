// The thread that moves the audio: an absolute grid of 5 ms slots. Each call hears in one of the four slots
// of its 20 ms and speaks in the next one, so what a worker answers at once leaves 5 ms after it was heard.
// After a stall the missed ticks are played at once, so that hearing gains no delay, but not sent: no burst;
// the sender catches up with what that held up.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "engine/command_queue.h"
#include "engine/counters.h"
#include "engine/session.h"
#include "engine/wake_set.h"
#include "engine/wall_clock_watch.h"

namespace oavc::engine {

/// Called on the media thread; must not block.
struct Acknowledgement {
  void (*done)(void* context) noexcept = nullptr;
  void* context = nullptr;
};

class MediaThread {
 public:
  static constexpr std::int64_t kSlots = 4;
  static constexpr std::int64_t kSlotNs = 5'000'000;
  static constexpr std::size_t kMaxSessions = 4096;

  /// `index` of `count` threads: their grids are apart, so that they do not all begin at one instant.
  MediaThread(bool realtime, Waker& waker, int index = 0, int count = 1);
  /// Every session is closed before.
  ~MediaThread();
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;

  // Control threads. A session is the media thread's between `open` and the acknowledgement of `close`.
  /// False when there are kMaxSessions already.
  bool open(Session& session) noexcept;
  void start(Session& session, std::unique_ptr<Stream> stream) noexcept;
  void addDigit(Session& session, char digit, int durationMs) noexcept;
  /// The session keeps the recording.
  void record(Session& session, record::Recording& recording) noexcept;
  void close(Session& session, Acknowledgement acknowledgement) noexcept;
  /// Waits for the acknowledgement; at most a slot and what the thread is late.
  void closeAndWait(Session& session) noexcept;
  /// Returns when everything asked before is done and the slot it fell in is over.
  void settle() noexcept;
  [[nodiscard]] EngineCounters counters() const noexcept;

 private:
  enum class Verb : std::uint8_t { kOpen, kStart, kDigit, kRecord, kClose, kSettle };
  struct Command {
    Verb verb = Verb::kSettle;
    Session* session = nullptr;
    Stream* stream = nullptr;
    Acknowledgement acknowledgement;
    char digit = 0;
    int durationMs = 0;
    record::Recording* recording = nullptr;
  };

  void post(const Command& command) noexcept;
  void run() noexcept;
  void prepare() noexcept;
  void runSlot(std::int64_t scheduledNs) noexcept;
  void hearAll(std::span<Session* const> sessions, TickContext& context) noexcept;
  void obey(const Command& command, const Instant& now) noexcept;
  void admit(Session& session) noexcept;
  void release(Session& session, const Instant& now) noexcept;
  void measure(std::int64_t lateNs) noexcept;

  CommandQueue<Command, 1024> commands_;
  Waker& waker_;
  std::array<std::vector<Session*>, kSlots> slots_;  // reserved: never grow on the media thread
  ReceiveBatch batch_;
  WakeSet wakes_;
  WallClockWatch wallClock_;
  EngineCounters counters_;
  Published<EngineCounters> published_;
  std::atomic<std::size_t> sessions_{0};
  std::atomic<bool> stopping_{false};
  bool realtime_;
  int index_;
  std::int64_t phaseNs_;
  std::thread thread_;
};

}  // namespace oavc::engine
