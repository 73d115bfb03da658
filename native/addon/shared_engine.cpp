#include "addon/shared_engine.h"

#include "addon/wake_table.h"

namespace oavc::addon {

SharedEngine& SharedEngine::instance() {
  static auto* const engine = new SharedEngine;  // never destroyed: a thread may outlive the statics
  return *engine;
}

void SharedEngine::start(bool realtime) {
  const std::lock_guard lock(mutex_);
  if (!thread_) thread_ = std::make_unique<engine::MediaThread>(realtime, WakeTable::instance());
}

std::string SharedEngine::stop() {
  const std::lock_guard lock(mutex_);
  const auto open = thread_ ? thread_->counters().sessions : 0;
  if (open > 0) return std::to_string(open) + " sessions are still open";
  thread_.reset();
  return {};
}

bool SharedEngine::open(engine::Session& session) {
  const std::lock_guard lock(mutex_);
  return thread_ && thread_->open(session);
}

void SharedEngine::settle() {
  const std::lock_guard lock(mutex_);
  if (thread_) thread_->settle();
}

engine::EngineCounters SharedEngine::counters() {
  const std::lock_guard lock(mutex_);
  return thread_ ? thread_->counters() : engine::EngineCounters{};
}

}  // namespace oavc::addon
