// The shared memory of a call: three rings of int16 samples, each a header of 128-byte lines and then the
// samples. This file owns the layout; src/media/ring-layout.ts repeats it and a test compares both. Indices
// are free-running 32-bit sample counts since the start of the call; a capacity is a power of two.
#pragma once
#include <cstddef>
#include <cstdint>

namespace oavc::ring {

inline constexpr std::size_t kLine = 128;

// Heard: what the caller says, 16 kHz. Writer: media thread. Reader: speech worker.
namespace heard {
inline constexpr std::uint32_t kRateHz = 16000;
inline constexpr std::uint32_t kFrameSamples = 320;
inline constexpr std::uint32_t kCapacity = 65536;  // 4.1 s
inline constexpr std::size_t kWrite = 0;           // u32, native
inline constexpr std::size_t kRead = 128;          // u32, JavaScript
inline constexpr std::size_t kDropped = 256;       // u32, samples that a full ring refused
inline constexpr std::size_t kDigitCount = 260;    // u32, RFC 4733 digits written since the start
inline constexpr std::size_t kDigits = 264;  // u32[16]: character | duration in ms << 8, slot = count % 16
inline constexpr std::uint32_t kDigitSlots = 16;
inline constexpr std::size_t kStampCount = 328;  // u32, stamps written since the start
inline constexpr std::size_t kStamps = 384;      // {i64 arrivalNs, i64 playoutNs}[512], slot = count % 512
inline constexpr std::size_t kStampPositions = 8576;  // u32[512]: position from which the stamp holds
inline constexpr std::uint32_t kStampSlots = 512;
inline constexpr std::size_t kSamples = 10624;  // int16[kCapacity]
inline constexpr std::size_t kBytes = kSamples + std::size_t{kCapacity} * 2;
}  // namespace heard

// Spoken: what the bot says, at the line rate. Writer: voice worker. Reader: media thread.
namespace spoken {
inline constexpr std::uint32_t kCapacity = 262144;  // 32 s at 8 kHz
inline constexpr std::size_t kWrite = 0;            // u32, voice worker
inline constexpr std::size_t kRead = 128;           // u32, native
inline constexpr std::size_t kDiscardTo = 256;  // u32, JavaScript: skip to this position; only ever advances
inline constexpr std::size_t kPaused = 260;     // u32, speech worker: 1 = hold the playout
inline constexpr std::size_t kEpoch =
    264;  // u32, speech worker: counts discards; a writer of an older epoch stops
inline constexpr std::size_t kMarkPosition = 268;  // u32, voice worker: position whose sending is to be timed
inline constexpr std::size_t kMarkSequence = 272;  // u32, voice worker: stored after kMarkPosition
inline constexpr std::size_t kPlayed = 384;        // u32, native: end of the last sample really sent
inline constexpr std::size_t kMarkDone = 388;   // u32, native: kMarkSequence of the mark that kMarkNs times
inline constexpr std::size_t kMarkNs = 392;     // i64, native: when the packet with kMarkPosition was sent
inline constexpr std::size_t kUnderruns = 400;  // u32, native: times that the ring ran dry after speech
inline constexpr std::size_t kSending = 404;    // u32, native: 1 while samples of the ring are being sent
inline constexpr std::size_t kSamples = 512;    // int16[kCapacity]
inline constexpr std::size_t kBytes = kSamples + std::size_t{kCapacity} * 2;
}  // namespace spoken

// Supervisor: what a human says in place of the bot, at the line rate. A small spoken ring: same header, same
// reader. Writer: main thread. Reader: media thread.
namespace supervisor {
inline constexpr std::uint32_t kCapacity = 16384;  // 0.68 s at 24 kHz
inline constexpr std::size_t kSamples = 512;       // int16[kCapacity]
inline constexpr std::size_t kBytes = kSamples + std::size_t{kCapacity} * 2;
}  // namespace supervisor

}  // namespace oavc::ring
