#include "network.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>

namespace oavc::bench {
namespace {

constexpr double kLost = -1;
constexpr double kStartMs = 1000;

/// What one network does to packet after packet: delay in milliseconds over the fastest path, or kLost.
using Path = std::function<double(int index, std::mt19937& random)>;

struct Recipe {
  const char* name;
  bool inOrder;  // a queue: no packet overtakes another
  double ppm;    // how much faster the sender's clock runs
  std::function<Path()> make;
};

double exponential(std::mt19937& random, double meanMs) {
  return std::exponential_distribution<double>(1 / meanMs)(random);
}
bool chance(std::mt19937& random, double probability) {
  return std::uniform_real_distribution<double>(0, 1)(random) < probability;
}

/// Normal around three deviations, so that hardly anything is cut off at zero.
Path normal(double deviationMs) {
  return [=](int, std::mt19937& random) {
    return std::max(0.0, std::normal_distribution<double>(3 * deviationMs, deviationMs)(random));
  };
}

/// A queue that fills at once now and then, and drains.
Path spikes() {
  return [queueMs = 0.0](int, std::mt19937& random) mutable {
    queueMs = std::max(0.0, queueMs - kPacketMs);
    if (chance(random, 1.0 / 250)) queueMs = std::uniform_real_distribution<double>(100, 300)(random);
    return queueMs + exponential(random, 1);
  };
}

/// A radio link with good and bad times; in bad ones it sends again, late, and gives up on a few packets.
Path wireless() {
  return [bad = false](int, std::mt19937& random) mutable {
    bad = chance(random, bad ? 0.05 : 0.01) != bad;
    if (bad && chance(random, 0.03)) return kLost;
    return exponential(random, bad ? 30 : 3);
  };
}

/// Gilbert's model: 5 % lost in bursts of three on average.
Path bursts() {
  return [losing = false](int, std::mt19937& random) mutable {
    losing = chance(random, losing ? 1.0 / 3 : 0.05 / 3 / 0.95) != losing;
    return losing ? kLost : exponential(random, 3);
  };
}

Path routeSteps() {
  return [](int index, std::mt19937& random) {
    return exponential(random, 2) + (index / 1500 % 2 == 1 ? 60 : 0);
  };
}

Path overtaking() {
  return [](int, std::mt19937& random) { return exponential(random, 2) + (chance(random, 0.05) ? 35 : 0); };
}

Path exponentialPath(double meanMs) {
  return [=](int, std::mt19937& random) { return meanMs > 0 ? exponential(random, meanMs) : 0.0; };
}

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all{
      {"clean", true, 0, [] { return exponentialPath(0); }},
      {"lan", true, 0, [] { return exponentialPath(0.5); }},
      {"jitter 20 ms", true, 0, [] { return normal(20); }},
      {"jitter 60 ms", true, 0, [] { return normal(60); }},
      {"spikes", true, 0, spikes},
      {"wireless", true, 0, wireless},
      {"burst loss", true, 0, bursts},
      {"route step", true, 0, routeSteps},
      {"drift +200 ppm", true, 200, [] { return exponentialPath(2); }},
      {"drift -200 ppm", true, -200, [] { return exponentialPath(2); }},
      {"reorder", false, 0, overtaking},
  };
  return all;
}

const Recipe& recipeOf(const std::string& name) {
  for (const Recipe& recipe : recipes())
    if (name == recipe.name) return recipe;
  throw std::invalid_argument("no network is called " + name);
}

}  // namespace

std::vector<std::string> networkNames() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) names.emplace_back(recipe.name);
  return names;
}

Network makeNetwork(const std::string& name, int packets, std::uint32_t seed) {
  const Recipe& recipe = recipeOf(name);
  std::mt19937 random(seed);
  const Path path = recipe.make();
  // The listener's ticks and the sender's are not in step: each seed has its own phase.
  const double phaseMs = std::uniform_real_distribution<double>(0, kPacketMs)(random);
  Network network{name, {}, {}, 0};
  double lastMs = 0;
  for (int index = 0; index < packets; ++index) {
    const double sentMs = kStartMs + phaseMs + index * kPacketMs / (1 + recipe.ppm * 1e-6);
    network.sentMs.push_back(sentMs);
    const double delayMs = path(index, random);
    if (delayMs < 0) continue;
    const double arrivalMs = recipe.inOrder ? std::max(sentMs + delayMs, lastMs) : sentMs + delayMs;
    lastMs = arrivalMs;
    network.packets.push_back({index, static_cast<std::int64_t>(arrivalMs * kNsPerMs)});
  }
  std::ranges::stable_sort(network.packets, {}, &Sent::arrivalNs);
  network.lostPercent = 100.0 * (packets - static_cast<double>(network.packets.size())) / packets;
  return network;
}

}  // namespace oavc::bench
