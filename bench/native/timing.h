// Times an operation in batches and prints the usual figures, for the programs of bench/.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace oavc::bench {

inline double nowNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Timing {
  double p50Ns = 0, p99Ns = 0, maxNs = 0, cpuNs = 0;
};

/// Nanoseconds of one call of `operation`.
template <typename Operation>
Timing timed(Operation operation, int batches, int perBatch) {
  for (int i = 0; i < batches * perBatch / 10; ++i) operation();
  std::vector<double> perCall;
  const double cpuBefore = nowNs(CLOCK_PROCESS_CPUTIME_ID);
  for (int batch = 0; batch < batches; ++batch) {
    const double begin = nowNs(CLOCK_MONOTONIC);
    for (int i = 0; i < perBatch; ++i) operation();
    perCall.push_back((nowNs(CLOCK_MONOTONIC) - begin) / perBatch);
  }
  const double cpu = nowNs(CLOCK_PROCESS_CPUTIME_ID) - cpuBefore;
  std::ranges::sort(perCall);
  return {perCall[perCall.size() / 2], perCall[perCall.size() * 99 / 100], perCall.back(),
          cpu / batches / perBatch};
}

/// Prints one JSON object, piece by piece.
class Report {
 public:
  void add(const std::string& name, double value) {
    std::printf("%s\"%s\":%.6g", first_ ? "{" : ",", name.c_str(), value);
    first_ = false;
  }
  void add(const std::string& what, const Timing& timing) {
    add(what + ": p50 ns", timing.p50Ns);
    add(what + ": p99 ns", timing.p99Ns);
    add(what + ": max ns", timing.maxNs);
    add(what + ": cpu ns", timing.cpuNs);
  }
  void end() const { std::puts(first_ ? "{}" : "}"); }
  static void absent(const std::string& why) { std::printf("{\"absent\":\"%s\"}\n", why.c_str()); }

 private:
  bool first_ = true;
};

}  // namespace oavc::bench
