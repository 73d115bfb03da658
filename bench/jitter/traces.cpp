// traces CONTENDER PACKETS: one jitter buffer over every network, in virtual time; prints one JSON object.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "listener.h"

namespace {

using namespace oavc::bench;

constexpr std::uint32_t kSeeds = 6;

std::function<Heard(const Network&)> listenerNamed(const std::string& name) {
  if (name == "ours") return listenOurs;
  if (name == "oracle") return listenOracle;
#ifdef OAVC_SPEEXDSP
  if (name == "speexdsp") return listenSpeex;
#endif
  if (name.rfind("fixed-", 0) != 0) return nullptr;
  return [delayMs = std::atof(name.c_str() + 6)](const Network& network) {
    return listenFixed(network, delayMs);
  };
}

Account play(const std::string& network, int packets, const std::function<Heard(const Network&)>& listen) {
  std::vector<Heard> all;
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed)
    all.push_back(listen(makeNetwork(network, packets, seed)));
  return settle(all);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto listen = listenerNamed(arguments[1]);
  if (!listen) {
    std::puts(R"({"absent":"libspeexdsp was not there when the benches were compiled"})");
    return 0;
  }
  std::printf("{");
  const char* separator = "";
  for (const std::string& name : networkNames()) {
    const Account account = play(name, std::atoi(arguments[2]), listen);
    const auto print = [&](const char* what, double value) {
      std::printf("%s\"%s: %s\":%.4f", separator, name.c_str(), what, value);
      separator = ",";
    };
    print("concealed %", account.concealedPercent);
    print("dropped %", account.droppedPercent);
    print("mean delay ms", account.meanDelayMs);
    print("p95 delay ms", account.p95DelayMs);
    print("stretched %", account.stretchedPercent);
  }
  std::puts("}");
}
