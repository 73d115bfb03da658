// engine_soak CALLS FIRST_PORT WORDS: callers that converse, each on a port of its own (every second one from
// FIRST_PORT on); WORDS is a µ-law file. Says "ready", then obeys lines: "call N PORT HZ SAMPLES" begins a
// call with the bot at PORT that sings at HZ, and says that much of the words; "end N" prints what was heard
// in the call as one JSON object. Ends with its input.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <vector>

#include "engine/clock.h"
#include "engine/host-watch.h"
#include "engine/talker.h"
#include "native/timing.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr std::size_t kSlots = 4;
constexpr std::int64_t kLateNs = 5'000'000;

struct Late {
  double pacingP99Us = 0;
  int packets = 0;
  int byHost = 0;  // would have been in time, had the host not stood still meanwhile
  std::int64_t mostNs = 0;
};

/// Against the median place of the call on its own grid.
Late judge(const bench::Heard& heard, const bench::HostWatch& host) {
  Late late;
  auto sorted = heard.transitsNs;
  if (sorted.empty()) return late;
  std::ranges::sort(sorted);
  const std::int64_t median = sorted[sorted.size() / 2];
  for (auto& transit : sorted) transit = std::abs(transit - median);
  std::ranges::sort(sorted);
  late.pacingP99Us = static_cast<double>(sorted[sorted.size() * 99 / 100]) / 1e3;
  for (std::size_t i = 0; i < heard.transitsNs.size(); ++i) {
    const std::int64_t lateNs = heard.transitsNs[i] - median;
    late.mostNs = std::max(late.mostNs, lateNs);
    if (lateNs <= kLateNs) continue;
    ++late.packets;
    const std::int64_t arrivalNs = heard.arrivalsNs[i];
    late.byHost += lateNs - host.stoodStillNs(arrivalNs - lateNs, arrivalNs) <= kLateNs;
  }
  return late;
}

double longestMs(std::vector<std::int64_t> waitsNs, double share) {
  if (waitsNs.empty()) return 0;
  std::ranges::sort(waitsNs);
  const auto at = static_cast<std::size_t>(static_cast<double>(waitsNs.size()) * share);
  return static_cast<double>(waitsNs[std::min(waitsNs.size() - 1, at)]) / 1e6;
}

class Soak {
 public:
  Soak(int calls, int firstPort, const char* words) {
    std::ifstream file(words, std::ios::binary);
    words_.assign(std::istreambuf_iterator<char>(file), {});
    for (int call = 0; call < calls; ++call) {
      const auto port = static_cast<std::uint16_t>(firstPort + 2 * call);
      talkers_.push_back(std::make_unique<bench::Talker>(*engine::parseEndpoint("127.0.0.1", port)));
    }
  }

  void call(std::istream& line) {
    std::size_t number = 0, samples = 0;
    int port = 0;
    double hz = 0;
    if (!(line >> number >> port >> hz >> samples) || number >= talkers_.size()) return;
    const auto words = std::span(words_).first(std::min(samples, words_.size()));
    talkers_[number]->begin(*engine::parseEndpoint("127.0.0.1", static_cast<std::uint16_t>(port)), hz, words);
  }

  void end(std::istream& line) {
    std::size_t number = 0;
    if (!(line >> number) || number >= talkers_.size()) return;
    const bench::Heard heard = talkers_[number]->end();
    const Late late = judge(heard, host_);
    bench::Report report;
    report.add("packets", heard.packets);
    report.add("missing", heard.missing);
    report.add("late", late.packets);
    report.add("lateByHost", late.byHost);
    report.add("pacingP99Us", late.pacingP99Us);
    report.add("latestMs", static_cast<double>(late.mostNs) / 1e6);
    report.add("said", heard.said);
    report.add("answered", heard.answered);
    report.add("unanswered", heard.unanswered);
    report.add("unasked", heard.unasked);
    report.add("ownBlocks", heard.ownBlocks);
    report.add("foreignBlocks", heard.foreignBlocks);
    report.add("waitP50Ms", longestMs(heard.waitsNs, 0.5));
    report.add("waitMaxMs", longestMs(heard.waitsNs, 1));
    report.add("hostStalls", static_cast<double>(host_.stalls()));
    report.add("hostKnown", host_.realtime());
    report.end();
    std::fflush(stdout);
  }

  void tick(std::size_t slot) {
    for (std::size_t call = slot; call < talkers_.size(); call += kSlots)
      talkers_[call]->tick(batch_, engine::realtimeNs());
  }

 private:
  std::vector<std::uint8_t> words_;
  std::vector<std::unique_ptr<bench::Talker>> talkers_;
  engine::ReceiveBatch batch_;
  bench::HostWatch host_;
};

/// False at the end of the input.
bool obey(Soak& soak) {
  for (pollfd input{STDIN_FILENO, POLLIN, 0}; std::cin.rdbuf()->in_avail() > 0 || poll(&input, 1, 0) > 0;) {
    std::string text, verb;
    if (!std::getline(std::cin, text)) return false;
    std::istringstream line(text);
    line >> verb;
    if (verb == "call") soak.call(line);
    if (verb == "end") soak.end(line);
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  std::ios::sync_with_stdio(false);
  Soak soak(std::atoi(arguments[1]), std::atoi(arguments[2]), arguments[3]);
  std::puts("ready");
  std::fflush(stdout);
  std::int64_t scheduledNs = engine::monotonicNs();
  for (std::size_t slot = 0; obey(soak); slot = (slot + 1) % kSlots) {
    engine::sleepUntil(scheduledNs += kSlotNs);
    soak.tick(slot);
  }
}
