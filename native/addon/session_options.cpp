#include "addon/session_options.h"

namespace oavc::addon {
namespace {

int integer(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::Number>().Int32Value();
}

std::string text(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::String>();
}

engine::Endpoint endpoint(const Napi::Object& given, const char* ipName, std::uint16_t port) {
  const std::string ip = text(given, ipName);
  const auto parsed = engine::parseEndpoint(ip, port);
  if (!parsed) throw Napi::Error::New(given.Env(), "not a numeric address: " + ip);
  return *parsed;
}

ring::Memory memory(const Napi::Object& given, const char* name, std::size_t bytes) {
  const auto view = given.Get(name).As<Napi::Uint8Array>();
  void* data = nullptr;
  std::size_t length = 0;
  // The ArrayBuffer of a shared view cannot be asked for its data on Node 20; the view itself can.
  napi_get_typedarray_info(given.Env(), view, nullptr, &length, &data, nullptr, nullptr);
  if (length < bytes || reinterpret_cast<std::uintptr_t>(data) % 8 != 0)
    throw Napi::Error::New(given.Env(), std::string("not the whole memory of the ring: ") + name);
  return static_cast<ring::Memory>(data);
}

audio::Codec codecFrom(const Napi::Object& given) {
  const std::string name = text(given, "codec");
  if (name == "PCMU") return audio::Codec::kPcmu;
  if (name == "PCMA") return audio::Codec::kPcma;
  if (name == "opus") return audio::Codec::kOpus;
  if (name == "L16") return audio::Codec::kL16;
  throw Napi::Error::New(given.Env(), "not a codec: " + name);
}

audio::OpusSettings opusFrom(const Napi::Object& given) {
  if (!given.Has("opus")) return {};
  const auto opus = given.Get("opus").As<Napi::Object>();
  const auto flag = [&](const char* name) { return opus.Get(name).ToBoolean().Value(); };
  return {integer(opus, "complexity"), integer(opus, "bitrate"), flag("fec"), flag("dtx"),
          flag("constantBitrate")};
}

}  // namespace

engine::SessionOptions sessionOptionsFrom(const Napi::Object& given) {
  engine::SessionOptions options;
  options.bind = endpoint(given, "bindIp", 0);
  options.portMin = static_cast<std::uint16_t>(integer(given, "portMin"));
  options.portMax = static_cast<std::uint16_t>(integer(given, "portMax"));
  options.heard = memory(given, "heard", ring::heard::kBytes);
  options.spoken = memory(given, "spoken", ring::spoken::kBytes);
  options.supervisor = memory(given, "supervisor", ring::supervisor::kBytes);
  options.wake = given.Get("wake").As<Napi::Number>().Uint32Value();
  options.limits.minDelayMs = integer(given, "jitterMinMs");
  options.limits.maxDelayMs = integer(given, "jitterMaxMs");
  options.detectTones = given.Get("detectTones").ToBoolean();
  return options;
}

engine::StreamOptions streamOptionsFrom(const Napi::Object& given) {
  engine::StreamOptions options;
  options.remote = endpoint(given, "remoteIp", static_cast<std::uint16_t>(integer(given, "remotePort")));
  if (given.Has("remoteRtcpPort"))
    options.remoteRtcpPort = static_cast<std::uint16_t>(integer(given, "remoteRtcpPort"));
  options.codec = codecFrom(given);
  options.payloads = {integer(given, "payloadType"), integer(given, "telephoneEventType"),
                      integer(given, "telephoneEventClockHz"), integer(given, "comfortNoiseType")};
  if (given.Has("signallingIp")) options.host = endpoint(given, "signallingIp", 0);
  options.lineRateHz = integer(given, "lineRateHz");
  options.opus = opusFrom(given);
  options.ptimeMs = integer(given, "ptimeMs");
  const std::string direction = text(given, "direction");
  options.sends = direction == "sendrecv" || direction == "sendonly";
  options.receives = direction == "sendrecv" || direction == "recvonly";
  return options;
}

Napi::Object statsObject(Napi::Env env, const engine::SessionCounters& counters) {
  auto stats = Napi::Object::New(env);
  const auto set = [&](const char* name, auto value) {
    stats.Set(name, Napi::Number::New(env, static_cast<double>(value)));
  };
  set("packetsReceived", counters.packetsReceived);
  set("packetsSent", counters.packetsSent);
  set("bytesReceived", counters.bytesReceived);
  set("bytesSent", counters.bytesSent);
  set("packetsLost", counters.packetsLost);
  set("packetsLate", counters.packetsLate);
  set("packetsDuplicate", counters.packetsDuplicate);
  set("packetsReordered", counters.packetsReordered);
  set("packetsRejected", counters.packetsRejected);
  set("framesConcealed", counters.framesConcealed);
  set("framesPlayed", counters.framesPlayed);
  set("jitterMs", counters.jitterMs);
  set("playoutDelayMs", counters.playoutDelayMs);
  set("targetDelayMs", counters.targetDelayMs);
  set("heardDropped", counters.heardDropped);
  set("spokenUnderruns", counters.spokenUnderruns);
  set("lastPacketNs", counters.lastPacketNs);
  set("ssrcChanges", counters.ssrcChanges);
  set("remotePort", counters.remote.port);
  stats.Set("remoteIp", counters.remote.ipText());
  set("roundTripMs", counters.roundTripMs);
  set("remoteLossFraction", counters.remoteLossFraction);
  set("remoteLost", counters.remoteLost);
  set("remoteJitterMs", counters.remoteJitterMs);
  set("packetsUnsent", counters.packetsUnsent);
  set("recordingLostMs", counters.recordingLostMs);
  return stats;
}

}  // namespace oavc::addon
