#include "addon/wake_table.h"

#include "addon/shared_engine.h"

namespace oavc::addon {

WakeTable& WakeTable::instance() {
  static auto* const table = new WakeTable;  // never destroyed: a thread may outlive the statics
  return *table;
}

std::uint32_t WakeTable::open(Napi::Env env, const Napi::Function& callback) {
  Slot* slot = take();
  if (slot == nullptr) throw Napi::Error::New(env, "too many wakes are open");
  napi_threadsafe_function function = nullptr;
  const auto name = Napi::String::New(env, "oavc wake");
  const napi_status status = napi_create_threadsafe_function(env, callback, nullptr, name, 1, 1, nullptr,
                                                             nullptr, slot, arrive, &function);
  if (status != napi_ok) {
    slot->taken = false;
    throw Napi::Error::New(env, "the wake-up function could not be made");
  }
  napi_unref_threadsafe_function(env, function);
  // After the function: hooks run backwards, so this one closes the slot before Node deletes the function.
  napi_add_env_cleanup_hook(env, abandon, slot);
  slot->env = env;
  slot->pending.store(false, std::memory_order_relaxed);
  slot->function.store(function, std::memory_order_relaxed);
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
  napi_remove_env_cleanup_hook(slot.env, abandon, &slot);
  shut(slot);
}

void WakeTable::abandon(void* slot) {
  instance().shut(*static_cast<Slot*>(slot));
}

void WakeTable::shut(Slot& slot) {
  slot.id.store(0, std::memory_order_release);
  SharedEngine::instance().settle();  // no call to it is under way any more
  napi_release_threadsafe_function(slot.function.exchange(nullptr), napi_tsfn_abort);
  const std::lock_guard lock(mutex_);
  slot.taken = false;
}

void WakeTable::wake(std::uint32_t id) noexcept {
  Slot& slot = slots_[id % engine::kMaxWakes];
  if (slot.id.load(std::memory_order_acquire) != id) return;
  if (slot.pending.exchange(true, std::memory_order_acq_rel)) return;
  const auto function = slot.function.load(std::memory_order_relaxed);
  if (napi_call_threadsafe_function(function, nullptr, napi_tsfn_nonblocking) != napi_ok)
    slot.pending.store(false, std::memory_order_release);
}

void WakeTable::arrive(napi_env env, napi_value callback, void* slot, void* /*data*/) {
  // Before the call: what is written while it runs asks for another.
  static_cast<Slot*>(slot)->pending.store(false, std::memory_order_release);
  if (env == nullptr || callback == nullptr) return;
  napi_value global = nullptr;
  napi_get_global(env, &global);
  napi_call_function(env, global, callback, 0, nullptr, nullptr);
}

}  // namespace oavc::addon
