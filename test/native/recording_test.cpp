#include "record/recording.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "audio/opus_codec.h"
#include "record/recorder.h"
#include "tone.h"

namespace oavc::record {
namespace {

constexpr std::size_t kLine = 160;  // 20 ms at 8 kHz

void waitFor(const std::function<bool()>& done) {
  for (int i = 0; i < 20'000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_TRUE(done());
}

class Recorded : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return folder_ / name; }
  std::vector<std::uint8_t> content(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Tones of 300 Hz on the left and 700 Hz on the right.
  static void take(Recording& recording, std::size_t tick) {
    recording.take(tone(300, kRateHz, kTickSamples, 8000, tick * kTickSamples),
                   tone(700, 8000, kLine, 8000, tick * kLine));
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("oavc-recording-" + std::to_string(::getpid()));
};

/// One channel of a WAV file's samples.
std::vector<std::int16_t> channel(const std::vector<std::uint8_t>& wav, std::size_t which) {
  std::vector<std::int16_t> samples;
  for (std::size_t at = 44 + 2 * which; at + 1 < wav.size(); at += 4)
    samples.push_back(static_cast<std::int16_t>(wav[at] | wav[at + 1] << 8));
  return samples;
}

TEST_F(Recorded, BothSidesLieWhereTheyWereInTime) {
  const auto recording = std::make_shared<Recording>(path("a.wav"), Format::kWav);
  {
    Recorder recorder;
    recorder.add(recording);
    for (std::size_t tick = 0; tick < 100; ++tick) {
      if (tick == 40)  // one sample on each side at one moment
        recording->take(std::vector<std::int16_t>(kTickSamples, 20000),
                        std::vector<std::int16_t>(kLine, 20000));
      else
        recording->take(std::vector<std::int16_t>(kTickSamples), std::vector<std::int16_t>(kLine));
    }
    recording->close();
    waitFor([&] { return recorder.held() == 0; });
  }
  const auto wav = content(path("a.wav"));
  ASSERT_EQ(wav.size(), 44 + 100 * kTickSamples * 4);
  EXPECT_EQ(wav[40] | wav[41] << 8 | wav[42] << 16, 100 * kTickSamples * 4) << "the header says so too";
  const auto left = channel(wav, 0), right = channel(wav, 1);
  const auto half = [](const auto& samples) {
    return std::ranges::find_if(samples, [](std::int16_t sample) { return sample > 10000; }) -
           samples.begin();
  };
  EXPECT_EQ(half(left), 40 * 320);
  EXPECT_NEAR(static_cast<double>(half(right)), 40 * 320, 2);
  struct stat status {};
  ASSERT_EQ(::stat(path("a.wav").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(recording->lostTicks(), 0U);
}

TEST_F(Recorded, OggHoldsBothChannelsApart) {
  const auto recording = std::make_shared<Recording>(path("a.opus"), Format::kOpus);
  {
    Recorder recorder;
    recorder.add(recording);
    for (std::size_t tick = 0; tick < 120; ++tick) take(*recording, tick);
    recording->close();
  }  // waits
  const auto ogg = content(path("a.opus"));
  ASSERT_GT(ogg.size(), 5000U);
  EXPECT_EQ(std::string(ogg.begin(), ogg.begin() + 4), "OggS");
  EXPECT_EQ(std::string(ogg.begin() + 28, ogg.begin() + 36), "OpusHead");
  std::uint64_t last = 0;
  std::size_t pages = 0, at = 0;
  for (; at < ogg.size(); ++pages) {  // page by page to the very end
    ASSERT_EQ(std::string(ogg.begin() + static_cast<std::ptrdiff_t>(at),
                          ogg.begin() + static_cast<std::ptrdiff_t>(at) + 4),
              "OggS");
    last = 0;
    for (std::size_t i = 0; i < 8; ++i) last |= std::uint64_t{ogg[at + 6 + i]} << (8 * i);
    std::size_t body = 0;
    for (std::size_t i = 0; i < ogg[at + 26]; ++i) body += ogg[at + 27 + i];
    at += 27 + ogg[at + 26] + body;
  }
  EXPECT_EQ(at, ogg.size());
  EXPECT_EQ(pages, 5U);
  const std::uint64_t skip = ogg[38] | ogg[39] << 8;
  EXPECT_EQ(last - skip, 120 * 960U) << "as long as the call, to the sample";
}

TEST_F(Recorded, AStuckDiskLosesTheRecordingOnly) {
  const std::string fifo = path("stuck");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const auto recording = std::make_shared<Recording>(fifo, Format::kWav);
  const auto begun = std::chrono::steady_clock::now();
  auto slowest = std::chrono::nanoseconds(0);
  {
    Recorder recorder([](const Recording& what) {
      return makeAudioFile(what.format(), ::open(what.path().c_str(), O_WRONLY | O_CLOEXEC));
    });
    recorder.add(recording);
    const auto next = [&](std::size_t tick) {
      const auto before = std::chrono::steady_clock::now();
      take(*recording, tick);
      slowest = std::max(slowest, std::chrono::steady_clock::now() - before);
    };
    std::size_t tick = 0;
    // The pipe takes 64 kB, half a second; then the recorder stands.
    while (recording->lostTicks() < 200 &&
           std::chrono::steady_clock::now() - begun < std::chrono::seconds(20)) {
      next(tick++);
      if (tick % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_GE(recording->lostTicks(), 200U);
    // The disk comes back: what was lost is silence, and the file goes on.
    std::vector<std::uint8_t> octets;
    std::vector<std::uint8_t> part(65536);
    const auto drain = [&] {
      for (ssize_t count = 0; (count = ::read(reader, part.data(), part.size())) > 0;)
        octets.insert(octets.end(), part.begin(), part.begin() + count);
      return recorder.held() == 0;
    };
    waitFor([&] {
      drain();
      return octets.size() > 44 + (tick - recording->lostTicks() - 1) * 1280;
    });
    const std::uint64_t lost = recording->lostTicks();
    next(tick++);
    recording->close();
    waitFor(drain);
    drain();
    EXPECT_EQ(octets.size(), 44 + tick * 1280) << "the moments stay where they were";
    EXPECT_EQ(recording->lostTicks(), lost);
  }
  EXPECT_EQ(recording->error(), 0);
  ::close(reader);
}

TEST_F(Recorded, ADiskThatNeverComesBackDoesNotHoldTheEndUp) {
  const std::string fifo = path("stuck");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const auto recording = std::make_shared<Recording>(fifo, Format::kWav);
  std::atomic<bool> opened{false};
  {
    Recorder recorder([&opened](const Recording& what) {
      auto file = makeAudioFile(what.format(), ::open(what.path().c_str(), O_WRONLY | O_CLOEXEC));
      opened.store(true);
      return file;
    });
    recorder.add(recording);
    waitFor([&] { return opened.load(); });
    for (std::size_t tick = 0; tick < 200; ++tick) take(*recording, tick);
    recording->close();
  }  // gives up after kPatienceMs
  std::vector<std::uint8_t> part(1 << 20);
  while (::read(reader, part.data(), part.size()) > 0) {  // lets the thread go, so that nothing of it is left
    pollfd waiting{reader, POLLIN, 0};
    ::poll(&waiting, 1, 500);
  }
  ::close(reader);
}

TEST_F(Recorded, AFileThatCannotBeMadeIsCounted) {
  const auto recording = std::make_shared<Recording>(path("no/such/folder.wav"), Format::kWav);
  Recorder recorder;
  recorder.add(recording);
  for (std::size_t tick = 0; tick < 30; ++tick) take(*recording, tick);
  recording->close();
  waitFor([&] { return recorder.held() == 0; });
  EXPECT_EQ(recording->error(), ENOENT);
  EXPECT_EQ(recording->lostTicks(), 30U);
}

TEST_F(Recorded, NothingIsWrittenOver) {
  std::ofstream(path("taken.wav")) << "mine";
  const auto recording = std::make_shared<Recording>(path("taken.wav"), Format::kWav);
  Recorder recorder;
  recorder.add(recording);
  take(*recording, 0);
  recording->close();
  waitFor([&] { return recorder.held() == 0; });
  EXPECT_EQ(recording->error(), EEXIST);
  EXPECT_EQ(content(path("taken.wav")).size(), 4U);
}

}  // namespace
}  // namespace oavc::record
