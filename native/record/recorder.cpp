#include "record/recorder.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "record/mixdown.h"

namespace oavc::record {
namespace {

constexpr std::chrono::milliseconds kPeriod{100};  // the ring holds fifty times as much

/// A recording and the file that it becomes.
class Job {
 public:
  Job(std::shared_ptr<Recording> recording, const Recorder::Open& open)
      : recording_(std::move(recording)), open_(open) {}
  /// Writes what is there; true when nothing will come any more.
  bool work() {
    const bool closed = recording_->closed();  // before the look at the ring: nothing comes after it
    try {
      if (recording_->error() == 0) write(closed);
    } catch (const std::system_error& failure) {
      file_.reset();
      recording_->fail(failure.code().value());
    } catch (const std::bad_alloc&) {
      file_.reset();
      recording_->fail(ENOMEM);
    }
    if (recording_->error() != 0) discard();
    return closed;
  }

 private:
  void write(bool closed) {
    if (!file_) file_ = open_(*recording_);
    for (const Tick* tick = recording_->front(); tick != nullptr; tick = recording_->front()) {
      mixdown_.add(*tick);
      recording_->pop();
    }
    if (closed) mixdown_.finish();
    file_->write(mixdown_.take());
    if (!closed) return;
    file_->finish();
    file_.reset();
  }
  void discard() {
    for (; recording_->front() != nullptr; recording_->pop()) recording_->countLost(1);
  }

  std::shared_ptr<Recording> recording_;
  const Recorder::Open& open_;
  std::unique_ptr<AudioFile> file_;
  Mixdown mixdown_;
};

}  // namespace

struct Recorder::Shared {
  explicit Shared(Open given) : open(std::move(given)) {}
  const Open open;
  std::mutex mutex;  // never held while a file is touched
  std::condition_variable changed;
  std::vector<std::shared_ptr<Job>> jobs;
  bool stopping = false;
  bool ended = false;
};

Recorder::Recorder(Open open) : shared_(std::make_shared<Shared>(std::move(open))) {
  std::thread([shared = shared_] { run(shared); }).detach();
}

Recorder::~Recorder() {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, std::chrono::milliseconds(kPatienceMs), [this] { return shared_->ended; });
}

void Recorder::add(std::shared_ptr<Recording> recording) {
  const std::lock_guard lock(shared_->mutex);
  shared_->jobs.push_back(std::make_shared<Job>(std::move(recording), shared_->open));
}

std::size_t Recorder::held() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->jobs.size();
}

/// Before it ends it writes what is left of recordings that were closed; others have no end to wait for.
void Recorder::run(const std::shared_ptr<Shared>& shared) {
  pthread_setname_np(pthread_self(), "oavc-recorder");
  std::unique_lock lock(shared->mutex);
  for (bool last = false; !last;) {
    shared->changed.wait_for(lock, kPeriod, [&] { return shared->stopping; });
    last = shared->stopping;
    const auto jobs = shared->jobs;
    lock.unlock();
    std::vector<std::shared_ptr<Job>> done;
    for (const auto& job : jobs)
      if (job->work()) done.push_back(job);
    lock.lock();
    std::erase_if(shared->jobs, [&](const auto& job) { return std::ranges::count(done, job) > 0; });
  }
  shared->ended = true;
  shared->changed.notify_all();
}

}  // namespace oavc::record
