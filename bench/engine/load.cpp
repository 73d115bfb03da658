// engine_load CALLS FIRST_PORT: says "ready", then obeys lines: "ports P P …" where the calls go, "window"
// begins to count anew, "report" prints what was counted as one JSON object. Ends with its input.
#include <poll.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>

#include "caller.h"
#include "engine/clock.h"
#include "native/timing.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr std::size_t kSlots = 4;
constexpr std::size_t kMostPackets = 50 * 120;

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
    for (auto& caller : callers_) caller->openWindow();
  }

  void tick(std::size_t slot) {
    if (!calling_) return;
    for (std::size_t call = slot; call < callers_.size(); call += kSlots) {
      callers_[call]->receive(batch_);
      callers_[call]->send(engine::realtimeNs());
    }
  }

  /// Pacing error of a packet: how far it is from its call's median place on the 20 ms grid.
  void report() const {
    std::vector<double> errorsUs, delaysMs;
    double sent = 0, received = 0, wrong = 0;
    for (const auto& caller : callers_) {
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
  if (count != 3) return 2;
  Load load(std::atoi(arguments[1]), std::atoi(arguments[2]));
  std::puts("ready");
  std::fflush(stdout);
  std::int64_t scheduledNs = engine::monotonicNs();
  for (std::size_t slot = 0; obey(load); slot = (slot + 1) % kSlots) {
    engine::sleepUntil(scheduledNs += kSlotNs);
    load.tick(slot);
  }
}
