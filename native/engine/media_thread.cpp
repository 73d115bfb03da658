#include "engine/media_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <string>

#include "engine/clock.h"

namespace oavc::engine {
namespace {

constexpr std::int64_t kTickNs = MediaThread::kSlots * MediaThread::kSlotNs;
constexpr std::int64_t kLateNs = 5 * kNsPerMs;
constexpr std::int64_t kHopelessNs = 1'000'000'000;  // the process was stopped: take the grid up anew
constexpr int kFifoPriority = 20;
/// In a slot with more calls the workers begin while the rest is still to be heard: at 200 calls a third of
/// the wait, for a few hundredths of the CPU.
constexpr std::size_t kSessionsPerWake = 8;

void raise(void* flag) noexcept {
  auto& done = *static_cast<std::atomic<bool>*>(flag);
  done.store(true, std::memory_order_release);
}

/// Control threads wait a few milliseconds at most: sleeping in steps is simpler than a lock, and needs none
/// below.
void await(const std::atomic<bool>& done) noexcept {
  while (!done.load(std::memory_order_acquire)) sleepUntil(monotonicNs() + kNsPerMs / 5);
}

}  // namespace

MediaThread::MediaThread(bool realtime, Waker& waker, int index, int count)
    : waker_(waker), realtime_(realtime), index_(index), phaseNs_(kSlotNs * index / count) {
  for (auto& slot : slots_) slot.reserve(kMaxSessions);
  thread_ = std::thread([this] { run(); });
}

MediaThread::~MediaThread() {
  stopping_.store(true, std::memory_order_release);
  thread_.join();
}

bool MediaThread::open(Session& session) noexcept {
  if (sessions_.fetch_add(1, std::memory_order_relaxed) >= kMaxSessions) {
    sessions_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  post({Verb::kOpen, &session, nullptr, {}, 0, 0, nullptr});
  return true;
}

void MediaThread::start(Session& session, std::unique_ptr<Stream> stream) noexcept {
  post({Verb::kStart, &session, stream.release(), {}, 0, 0, nullptr});
}

void MediaThread::addDigit(Session& session, char digit, int durationMs) noexcept {
  post({Verb::kDigit, &session, nullptr, {}, digit, durationMs, nullptr});
}

void MediaThread::record(Session& session, record::Recording& recording) noexcept {
  post({Verb::kRecord, &session, nullptr, {}, 0, 0, &recording});
}

void MediaThread::close(Session& session, Acknowledgement acknowledgement) noexcept {
  post({Verb::kClose, &session, nullptr, acknowledgement, 0, 0, nullptr});
}

void MediaThread::closeAndWait(Session& session) noexcept {
  std::atomic<bool> done{false};
  close(session, {raise, &done});
  await(done);
}

void MediaThread::settle() noexcept {
  std::atomic<bool> done{false};
  post({Verb::kSettle, nullptr, nullptr, {raise, &done}, 0, 0, nullptr});
  await(done);
}

EngineCounters MediaThread::counters() const noexcept {
  EngineCounters counters = published_.read();
  counters.sessions = sessions_.load(std::memory_order_relaxed);
  return counters;
}

/// A full queue means that the thread is late: the control thread waits, nothing is lost.
void MediaThread::post(const Command& command) noexcept {
  while (!commands_.push(command)) sleepUntil(monotonicNs() + kNsPerMs);
}

void MediaThread::run() noexcept {
  prepare();
  std::int64_t scheduledNs = (monotonicNs() / kTickNs + 1) * kTickNs + phaseNs_;
  while (!stopping_.load(std::memory_order_acquire)) {
    sleepUntil(scheduledNs);
    const std::int64_t lateNs = monotonicNs() - scheduledNs;
    measure(lateNs);
    if (lateNs > kHopelessNs) scheduledNs += lateNs / kTickNs * kTickNs;
    runSlot(scheduledNs);
    scheduledNs += kSlotNs;
  }
}

void MediaThread::prepare() noexcept {
  pthread_setname_np(pthread_self(), ("oavc-media-" + std::to_string(index_)).c_str());
  prctl(PR_SET_TIMERSLACK, 1);  // 50 us otherwise, for threads that are not real-time
  sched_param parameters{};
  parameters.sched_priority = kFifoPriority;
  if (realtime_ && pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0) counters_.fifo = 1;
}

void MediaThread::runSlot(std::int64_t scheduledNs) noexcept {
  TickContext context{.scheduledNs = scheduledNs, .now = readClocks(), .batch = batch_, .wakes = wakes_};
  context.behind = context.now.monotonicNs - scheduledNs >= kTickNs;
  Command command;
  while (commands_.pop(command)) obey(command, context.now);
  const std::int64_t slot = scheduledNs / kSlotNs % kSlots;
  // Speaking first: nothing that varies comes before what must be on time.
  for (Session* session : slots_[static_cast<std::size_t>((slot + kSlots - 1) % kSlots)])
    session->speakTick(context);
  hearAll(slots_[static_cast<std::size_t>(slot)], context);
}

void MediaThread::hearAll(std::span<Session* const> sessions, TickContext& context) noexcept {
  while (!sessions.empty()) {
    context.now = readClocks();  // speaking, or hearing others, took its time
    context.stamped = wallClock_.steady(context.now);
    const std::size_t count = std::min(sessions.size(), kSessionsPerWake);
    for (Session* session : sessions.first(count)) session->hearTick(context);
    wakes_.fire(waker_);
    sessions = sessions.subspan(count);
  }
}

void MediaThread::obey(const Command& command, const Instant& now) noexcept {
  switch (command.verb) {
    case Verb::kOpen:
      admit(*command.session);
      break;
    case Verb::kStart:
      command.session->start(std::unique_ptr<Stream>(command.stream), now.monotonicNs);
      break;
    case Verb::kDigit:
      command.session->addDigit(command.digit, command.durationMs);
      break;
    case Verb::kRecord:
      command.session->startRecording(*command.recording);
      break;
    case Verb::kClose:
      release(*command.session, now);
      break;
    case Verb::kSettle:
      break;
  }
  if (command.acknowledgement.done != nullptr) command.acknowledgement.done(command.acknowledgement.context);
}

/// The emptiest slot takes the call.
void MediaThread::admit(Session& session) noexcept {
  auto emptiest = std::ranges::min_element(slots_, {}, [](const auto& slot) { return slot.size(); });
  emptiest->push_back(&session);
}

void MediaThread::release(Session& session, const Instant& now) noexcept {
  session.finish(now);
  for (auto& slot : slots_) std::erase(slot, &session);
  sessions_.fetch_sub(1, std::memory_order_relaxed);
}

void MediaThread::measure(std::int64_t lateNs) noexcept {
  ++counters_.ticks;
  if (lateNs > kLateNs) ++counters_.lateTicks;
  counters_.maxLateNs = std::max(counters_.maxLateNs, lateNs);
  if (counters_.ticks % 64 == 1) counters_.cpuNs = threadCpuNs();
  published_.publish(counters_);
}

}  // namespace oavc::engine
