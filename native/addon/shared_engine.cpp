#include "addon/shared_engine.h"

#include <algorithm>

#include "addon/wake_table.h"

namespace oavc::addon {

SharedEngine& SharedEngine::instance() {
  static auto* const engine = new SharedEngine;  // never destroyed: a thread may outlive the statics
  return *engine;
}

void SharedEngine::start(bool realtime, int threads) {
  const std::lock_guard lock(mutex_);
  if (!threads_.empty()) return;
  for (int index = 0; index < threads; ++index)
    threads_.push_back(
        std::make_unique<engine::MediaThread>(realtime, WakeTable::instance(), index, threads));
}

std::string SharedEngine::stop() {
  const std::lock_guard lock(mutex_);
  std::uint64_t open = 0;
  for (const auto& thread : threads_) open += thread->counters().sessions;
  if (open > 0) return std::to_string(open) + " sessions are still open";
  threads_.clear();
  recorder_.reset();
  return {};
}

engine::MediaThread* SharedEngine::open(engine::Session& session) {
  const std::lock_guard lock(mutex_);
  const auto sessions = [](const auto& thread) { return thread->counters().sessions; };
  const auto emptiest = std::ranges::min_element(threads_, {}, sessions);
  if (emptiest == threads_.end() || !(*emptiest)->open(session)) return nullptr;
  return emptiest->get();
}

void SharedEngine::record(std::shared_ptr<record::Recording> recording) {
  const std::lock_guard lock(mutex_);
  if (!recorder_) recorder_ = std::make_unique<record::Recorder>();
  recorder_->add(std::move(recording));
}

void SharedEngine::settle() {
  const std::lock_guard lock(mutex_);
  for (const auto& thread : threads_) thread->settle();
}

std::vector<engine::EngineCounters> SharedEngine::counters() {
  const std::lock_guard lock(mutex_);
  std::vector<engine::EngineCounters> all;
  for (const auto& thread : threads_) all.push_back(thread->counters());
  return all;
}

std::size_t SharedEngine::recordings() {
  const std::lock_guard lock(mutex_);
  return recorder_ ? recorder_->held() : 0;
}

}  // namespace oavc::addon
