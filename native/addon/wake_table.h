// The only place where the media thread reaches JavaScript: a signal to the event loop for each open wake.
// One that is still pending is not sent again, so a busy worker gets one call, not a queue of them.
#pragma once
#include <napi.h>

#include <array>
#include <atomic>
#include <mutex>

#include "addon/loop_signal.h"
#include "engine/wake_set.h"

namespace oavc::addon {

class WakeTable final : public engine::Waker {
 public:
  static WakeTable& instance();

  /// Returns the id; throws when engine::kMaxWakes are open.
  std::uint32_t open(Napi::Env env, const Napi::Function& callback);
  /// Afterwards the callback is not called any more. Unknown ids are ignored. Called on the thread that
  /// opened it.
  void close(std::uint32_t id);
  void wake(std::uint32_t id) noexcept override;

 private:
  struct Slot {
    std::atomic<std::uint32_t> id{0};  // 0: closed
    std::atomic<LoopSignal*> signal{nullptr};
    Napi::FunctionReference callback;
    std::uint32_t generation = 0;
    bool taken = false;
  };
  static void arrive(napi_env env, void* slot);
  static void abandon(void* slot);
  Slot* take();
  void shut(Slot& slot);
  void giveBack(Slot& slot);

  std::mutex mutex_;  // of control threads; the media thread takes no part
  std::array<Slot, engine::kMaxWakes> slots_;
};

}  // namespace oavc::addon
