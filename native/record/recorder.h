// The thread that writes recordings: one for all calls. It may block on the disk for as long as the disk
// likes.
#pragma once
#include <functional>
#include <memory>

#include "record/audio_file.h"
#include "record/recording.h"

namespace oavc::record {

class Recorder {
 public:
  using Open = std::function<std::unique_ptr<AudioFile>(const Recording&)>;
  /// `open` is called on the recorder's thread, and may throw std::system_error.
  explicit Recorder(Open open = [](const Recording& recording) {
    return createAudioFile(recording.path(), recording.format());
  });
  /// Waits until all is written, but not for a stuck disk: after kPatienceMs the thread is left to itself.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void add(std::shared_ptr<Recording> recording);
  /// Recordings whose files are not closed yet.
  [[nodiscard]] std::size_t held() const;

  static constexpr int kPatienceMs = 3000;

 private:
  struct Shared;
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;  // with the thread, which may outlive this
};

}  // namespace oavc::record
