// The media thread of the process, shared by every environment that loads the addon.
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "engine/media_thread.h"

namespace oavc::addon {

class SharedEngine {
 public:
  static SharedEngine& instance();

  /// Does nothing when it runs already.
  void start(bool realtime);
  /// Returns what forbids it; empty when the thread has ended.
  std::string stop();
  /// False when the engine does not run or is full.
  bool open(engine::Session& session);
  /// Only while a session of the caller is open: then the thread is there.
  [[nodiscard]] engine::MediaThread& thread() noexcept { return *thread_; }
  void settle();
  [[nodiscard]] engine::EngineCounters counters();

 private:
  std::mutex mutex_;  // of control threads
  std::unique_ptr<engine::MediaThread> thread_;
};

}  // namespace oavc::addon
