// engine_load CALLS FIRST_PORT realtime|patient: says "ready", then obeys lines: "ports P P …" where the
// calls go, "window" begins to count anew, "report" prints what was counted as one JSON object. Ends with its
// input.
#include <poll.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string_view>

#include "caller.h"
#include "engine/clock.h"
#include "engine/realtime.h"
#include "native/timing.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr std::size_t kSlots = 4;
constexpr std::size_t kRoundsPerRead = 8;  // few calls of the kernel: callers must cost less than servers
constexpr std::int64_t kLateNs = 10'000'000;
constexpr std::size_t kMostPackets = 50 * 120;
constexpr int kPriority = 20;

double at(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

class Load {
 public:
  Load(int calls, int firstPort) {
    for (int call = 0; call < calls; ++call)
      callers_.push_back(std::make_unique<bench::Caller>(
          call, *engine::parseEndpoint("127.0.0.1", static_cast<std::uint16_t>(firstPort + 2 * call)),
          kMostPackets));
  }

  void setPorts(std::istream& ports) {
    for (auto& caller : callers_) {
      int port = 0;
      ports >> port;
      caller->setPeer(*engine::parseEndpoint("127.0.0.1", static_cast<std::uint16_t>(port)));
    }
    calling_ = true;
  }

  void openWindow() {
    late_ = 0;
    for (auto& caller : callers_) caller->openWindow(engine::realtimeNs());
  }

  /// `number` counts the slots since the beginning; this one was to begin at `scheduledNs`.
  void tick(std::size_t number, std::int64_t scheduledNs) {
    if (!calling_) return;
    const std::size_t round = number / kSlots;
    for (std::size_t call = number % kSlots; call < callers_.size(); call += kSlots) {
      callers_[call]->send();
      late_ += engine::monotonicNs() - scheduledNs > kLateNs;
      if ((round + call / kSlots) % kRoundsPerRead == 0) callers_[call]->receive(batch_);
    }
  }

  /// Pacing error of a packet: how far it is from its call's median place on the 20 ms grid.
  void report() {
    std::vector<double> errorsUs, delaysMs;
    double sent = 0, received = 0, wrong = 0;
    const std::int64_t nowNs = engine::realtimeNs();
    for (const auto& caller : callers_) {
      caller->closeWindow(nowNs, batch_);
      const bench::Account& account = caller->account();
      sent += account.sent;
      received += static_cast<double>(account.transitsNs.size());
      wrong += account.wrong;
      delaysMs.insert(delaysMs.end(), account.delaysMs.begin(), account.delaysMs.end());
      auto transits = account.transitsNs;
      if (transits.empty()) continue;
      std::ranges::sort(transits);
      const std::int64_t median = transits[transits.size() / 2];
      for (const auto transit : transits)
        errorsUs.push_back(std::abs(static_cast<double>(transit - median)) / 1e3);
    }
    std::ranges::sort(errorsUs);
    std::ranges::sort(delaysMs);
    bench::Report report;
    report.add("pacing p50 us", at(errorsUs, 0.5));
    report.add("pacing p99 us", at(errorsUs, 0.99));
    report.add("pacing max us", at(errorsUs, 1));
    report.add("callers late %", sent > 0 ? 100 * late_ / sent : 0);
    report.add("lost %", sent > 0 ? std::max(0.0, 100 * (sent - received) / sent) : 0);
    report.add("delay p50 ms", at(delaysMs, 0.5));
    report.add("delay p99 ms", at(delaysMs, 0.99));
    report.add("bursts heard", static_cast<double>(delaysMs.size()));
    report.add("wrong sounds", wrong);
    report.end();
    std::fflush(stdout);
  }

 private:
  std::vector<std::unique_ptr<bench::Caller>> callers_;
  engine::ReceiveBatch batch_;
  bool calling_ = false;
  double late_ = 0;  // packets of this window that left over 10 ms behind the callers' own grid
};

/// False at the end of the input.
bool obey(Load& load) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, 0) <= 0) return true;
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  if (verb == "ports") load.setPorts(words);
  if (verb == "window") load.openWindow();
  if (verb == "report") load.report();
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  Load load(std::atoi(arguments[1]), std::atoi(arguments[2]));
  std::puts("ready");
  std::fflush(stdout);
  if (std::string_view(arguments[3]) == "realtime") bench::becomeRealtime(kPriority);
  // Servers on the grid of the clock get packets half a slot before or after their own: what comes just as a
  // slot begins would be in time by chance, and look 20 ms off its place.
  std::int64_t scheduledNs = engine::monotonicNs() / kSlotNs * kSlotNs + kSlotNs / 2;
  for (std::size_t slot = 0; obey(load); ++slot) {
    engine::sleepUntil(scheduledNs += kSlotNs);
    load.tick(slot, scheduledNs);
  }
}
