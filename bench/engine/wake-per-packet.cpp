// wake_per_packet.node, the peer of the coalesced wake-up: a thread that ticks the engine's sessions on its
// grid, as MediaThread does, but calls a thread-safe function for each packet of each call.
// start(firstRemotePort, [[heard, spoken], ...], callback) returns the ports; callback(call) is called for
// each packet. It runs until the process ends.
#include <napi.h>

#include <memory>
#include <thread>
#include <vector>

#include "engine/clock.h"
#include "engine/realtime.h"
#include "engine/session.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr std::size_t kSlots = 4;
constexpr int kPriority = 20;  // as that of MediaThread

struct Packet {
  std::size_t call;
};

void deliver(Napi::Env env, Napi::Function callback, std::nullptr_t*, Packet* packet) {
  const std::unique_ptr<Packet> owned(packet);
  if (env != nullptr) callback.Call({Napi::Number::New(env, static_cast<double>(owned->call))});
}
using Function = Napi::TypedThreadSafeFunction<std::nullptr_t, Packet, deliver>;

class Pacer {
 public:
  explicit Pacer(Function function) : function_(std::move(function)) {}

  /// Returns the port of the call.
  std::uint16_t add(ring::Memory heard, ring::Memory spoken, std::uint16_t remotePort) {
    engine::SessionOptions options;
    options.bind = *engine::parseEndpoint("127.0.0.1", 0);
    options.portMin = 20000;
    options.portMax = 29999;
    options.heard = heard;
    options.spoken = spoken;
    auto session = std::make_unique<engine::Session>(options);
    engine::StreamOptions stream;
    stream.remote = *engine::parseEndpoint("127.0.0.1", remotePort);
    session->start(session->makeStream(stream), engine::monotonicNs());
    sessions_.push_back(std::move(session));
    return sessions_.back()->rtpPort();
  }

  void run() {
    bench::becomeRealtime(kPriority);
    std::int64_t scheduledNs = (engine::monotonicNs() / kSlotNs + 1) * kSlotNs;
    for (std::size_t slot = 0;; slot = (slot + 1) % kSlots, scheduledNs += kSlotNs) {
      engine::sleepUntil(scheduledNs);
      engine::TickContext context{
          .scheduledNs = scheduledNs, .now = engine::readClocks(), .batch = batch_, .wakes = wakes_};
      for (std::size_t call = (slot + kSlots - 1) % kSlots; call < sessions_.size(); call += kSlots)
        sessions_[call]->speakTick(context);
      for (std::size_t call = slot; call < sessions_.size(); call += kSlots) {
        context.now = engine::readClocks();
        sessions_[call]->hearTick(context);
        function_.NonBlockingCall(new Packet{call});
      }
    }
  }

 private:
  Function function_;
  std::vector<std::unique_ptr<engine::Session>> sessions_;
  engine::ReceiveBatch batch_;
  engine::WakeSet wakes_;
};

ring::Memory memoryOf(const Napi::Value& view) {
  void* data = nullptr;
  napi_get_typedarray_info(view.Env(), view, nullptr, nullptr, &data, nullptr, nullptr);
  return static_cast<ring::Memory>(data);
}

Napi::Value start(const Napi::CallbackInfo& info) {
  const auto rings = info[1].As<Napi::Array>();
  auto function = Function::New(info.Env(), info[2].As<Napi::Function>(), "a wake per packet", 0, 1, nullptr);
  auto* const pacer = new Pacer(std::move(function));  // for as long as the process runs
  auto ports = Napi::Array::New(info.Env());
  for (std::uint32_t call = 0; call < rings.Length(); ++call) {
    const auto views = Napi::Value(rings[call]).As<Napi::Array>();
    const int remotePort = info[0].As<Napi::Number>().Int32Value() + 2 * static_cast<int>(call);
    ports[call] = Napi::Number::New(info.Env(), pacer->add(memoryOf(views[0U]), memoryOf(views[1U]),
                                                           static_cast<std::uint16_t>(remotePort)));
  }
  std::thread([pacer] { pacer->run(); }).detach();
  return ports;
}

Napi::Object define(Napi::Env env, Napi::Object exports) {
  exports.Set("start", Napi::Function::New<start>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(wake_per_packet, define)
