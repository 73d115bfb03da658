// audio_resampler ours|speexdsp-q5: 20 ms frames between the rates of telephony and of voices; a tone must
// survive.
#include "audio/resampler.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <vector>

#include "native/timing.h"

#ifdef OAVC_SPEEXDSP
#include <speex/speex_resampler.h>
#endif

namespace {

using namespace oavc;

struct Rates {
  int from, to;
  const char* name;
};
constexpr Rates kRates[] = {{8000, 16000, "8 to 16 kHz"},
                            {16000, 8000, "16 to 8 kHz"},
                            {22050, 8000, "22.05 to 8 kHz"},
                            {24000, 8000, "24 to 8 kHz"},
                            {48000, 16000, "48 to 16 kHz"}};

class Contender {
 public:
  virtual ~Contender() = default;
  virtual std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out) = 0;
};

class Ours final : public Contender {
 public:
  explicit Ours(const Rates& rates) : resampler_(rates.from, rates.to) {}
  std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out) override {
    return resampler_.process(in, out);
  }

 private:
  audio::Resampler resampler_;
};

#ifdef OAVC_SPEEXDSP
class Speex final : public Contender {
 public:
  explicit Speex(const Rates& rates) {
    int error = 0;
    state_ = speex_resampler_init(1, static_cast<spx_uint32_t>(rates.from),
                                  static_cast<spx_uint32_t>(rates.to), 5, &error);
  }
  ~Speex() override { speex_resampler_destroy(state_); }
  std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out) override {
    auto inLength = static_cast<spx_uint32_t>(in.size());
    auto outLength = static_cast<spx_uint32_t>(out.size());
    speex_resampler_process_int(state_, 0, in.data(), &inLength, out.data(), &outLength);
    return outLength;
  }

 private:
  SpeexResamplerState* state_ = nullptr;
};
#endif

std::unique_ptr<Contender> make(const char* name, const Rates& rates) {
  if (std::strcmp(name, "ours") == 0) return std::make_unique<Ours>(rates);
#ifdef OAVC_SPEEXDSP
  if (std::strcmp(name, "speexdsp-q5") == 0) return std::make_unique<Speex>(rates);
#endif
  return nullptr;
}

std::vector<std::int16_t> tone(double hz, int rateHz, int samples) {
  std::vector<std::int16_t> wave;
  for (int i = 0; i < samples; ++i)
    wave.push_back(static_cast<std::int16_t>(10000 * std::sin(2 * std::numbers::pi * hz * i / rateHz)));
  return wave;
}

/// Of what comes out for a tone: the part that is the tone, over the rest, in dB.
double purity(Contender& contender, const Rates& rates, double hz) {
  const auto in = tone(hz, rates.from, rates.from);
  std::vector<std::int16_t> out(static_cast<std::size_t>(rates.to) + 100);
  const std::size_t count = contender.process(in, out);
  const std::size_t skip = count / 4, length = count / 2;
  double sine = 0, cosine = 0, power = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rates.to;
    const double value = out[skip + i];
    sine += value * std::sin(angle);
    cosine += value * std::cos(angle);
    power += value * value;
  }
  const double signal = 2 * (sine * sine + cosine * cosine) / static_cast<double>(length);
  return 10 * std::log10(signal / std::max(power - signal, 1e-6));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  bench::Report report;
  for (const Rates& rates : kRates) {
    const auto contender = make(arguments[1], rates);
    if (!contender) {
      bench::Report::absent("libspeexdsp was not there when the benches were compiled");
      return 0;
    }
    const double snrDb = purity(*contender, rates, 1000);
    if (snrDb < 40) return 1;
    const auto frame = tone(440, rates.from, rates.from / 50);
    std::vector<std::int16_t> out(2000);
    report.add(rates.name, bench::timed([&] { contender->process(frame, out); }, 300, 100));
    report.add(std::string(rates.name) + ": SNR at 1 kHz dB", snrDb);
  }
  report.end();
}
