#include "addon/wake_table.h"

#include <utility>

#include "addon/shared_engine.h"

namespace oavc::addon {

WakeTable& WakeTable::instance() {
  static auto* const table = new WakeTable;  // never destroyed: a thread may outlive the statics
  return *table;
}

std::uint32_t WakeTable::open(Napi::Env env, const Napi::Function& callback) {
  Napi::FunctionReference reference = Napi::Persistent(callback);
  Slot* slot = take();
  if (slot == nullptr) throw Napi::Error::New(env, "too many wakes are open");
  try {
    slot->signal.store(LoopSignal::open(env, "oavc wake", arrive, slot), std::memory_order_relaxed);
  } catch (...) {
    giveBack(*slot);
    throw;
  }
  slot->callback = std::move(reference);
  napi_add_env_cleanup_hook(env, abandon, slot);  // hooks run backwards: before the signal's own
  const auto place = static_cast<std::uint32_t>(slot - slots_.data());
  const std::uint32_t id = ++slot->generation * engine::kMaxWakes + place;
  slot->id.store(id, std::memory_order_release);
  return id;
}

WakeTable::Slot* WakeTable::take() {
  const std::lock_guard lock(mutex_);
  for (auto& slot : slots_) {
    if (slot.taken) continue;
    slot.taken = true;
    return &slot;
  }
  return nullptr;
}

void WakeTable::close(std::uint32_t id) {
  Slot& slot = slots_[id % engine::kMaxWakes];
  if (id == 0 || slot.id.load(std::memory_order_acquire) != id) return;
  napi_remove_env_cleanup_hook(slot.callback.Env(), abandon, &slot);
  shut(slot);
}

void WakeTable::abandon(void* slot) {
  instance().shut(*static_cast<Slot*>(slot));
}

void WakeTable::shut(Slot& slot) {
  slot.id.store(0, std::memory_order_release);
  SharedEngine::instance().settle();  // no call to it is under way any more
  slot.signal.load(std::memory_order_relaxed)->close();
  slot.callback.Reset();
  giveBack(slot);
}

void WakeTable::giveBack(Slot& slot) {
  const std::lock_guard lock(mutex_);
  slot.taken = false;
}

void WakeTable::wake(std::uint32_t id) noexcept {
  Slot& slot = slots_[id % engine::kMaxWakes];
  if (slot.id.load(std::memory_order_acquire) != id) return;
  slot.signal.load(std::memory_order_relaxed)->send();
}

void WakeTable::arrive(napi_env env, void* slot) {
  napi_value global = nullptr;
  napi_get_global(env, &global);
  napi_call_function(env, global, static_cast<Slot*>(slot)->callback.Value(), 0, nullptr, nullptr);
}

}  // namespace oavc::addon
