// The media threads of the process and its recorder, shared by every environment that loads the addon.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/media_thread.h"
#include "record/recorder.h"

namespace oavc::addon {

class SharedEngine {
 public:
  static SharedEngine& instance();

  /// Does nothing when it runs already.
  void start(bool realtime, int threads);
  /// Returns what forbids it; empty when the threads have ended.
  std::string stop();
  /// The thread with the fewest sessions takes it; null when the engine does not run or is full. The thread
  /// is there as long as the session is open.
  engine::MediaThread* open(engine::Session& session);
  /// The recorder runs from the first recording on.
  void record(std::shared_ptr<record::Recording> recording);
  void settle();
  /// One for each thread.
  [[nodiscard]] std::vector<engine::EngineCounters> counters();
  /// Recordings whose files are still open.
  [[nodiscard]] std::size_t recordings();

 private:
  std::mutex mutex_;  // of control threads
  std::vector<std::unique_ptr<engine::MediaThread>> threads_;
  std::unique_ptr<record::Recorder> recorder_;
};

}  // namespace oavc::addon
