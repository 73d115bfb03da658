// wake_per_packet.node, the peer of the coalesced wake-up: a real-time thread on the engine's grid that calls
// a thread-safe function for each packet of each call. start(calls, callback) begins; callback(call, stampNs)
// is called for each packet; stop() ends.
#include <napi.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <atomic>
#include <memory>
#include <thread>

#include "engine/clock.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr int kSlots = 4;

struct Packet {
  int call;
  std::int64_t stampNs;
};

void deliver(Napi::Env env, Napi::Function callback, std::nullptr_t*, Packet* packet) {
  const std::unique_ptr<Packet> owned(packet);
  if (env == nullptr) return;
  callback.Call(
      {Napi::Number::New(env, owned->call), Napi::Number::New(env, static_cast<double>(owned->stampNs))});
}
using Function = Napi::TypedThreadSafeFunction<std::nullptr_t, Packet, deliver>;

class Pacer {
 public:
  Pacer(int calls, Function function)
      : calls_(calls), function_(std::move(function)), thread_([this] { run(); }) {}
  ~Pacer() {
    stopping_ = true;
    thread_.join();
    function_.Release();
  }

 private:
  void run() {
    prctl(PR_SET_TIMERSLACK, 1);
    sched_param parameters{};
    parameters.sched_priority = 20;
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
    std::int64_t scheduledNs = engine::monotonicNs();
    for (int slot = 0; !stopping_; slot = (slot + 1) % kSlots) {
      engine::sleepUntil(scheduledNs += kSlotNs);
      for (int call = slot; call < calls_; call += kSlots)
        function_.NonBlockingCall(new Packet{call, engine::monotonicNs()});
    }
  }
  int calls_;
  Function function_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

std::unique_ptr<Pacer> pacer;

void start(const Napi::CallbackInfo& info) {
  auto function = Function::New(info.Env(), info[1].As<Napi::Function>(), "a wake per packet", 0, 1, nullptr);
  pacer = std::make_unique<Pacer>(info[0].As<Napi::Number>().Int32Value(), std::move(function));
}

void stop(const Napi::CallbackInfo&) {
  pacer.reset();
}

Napi::Object define(Napi::Env env, Napi::Object exports) {
  exports.Set("start", Napi::Function::New<start>(env));
  exports.Set("stop", Napi::Function::New<stop>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(wake_per_packet, define)
