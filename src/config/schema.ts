/**
 * Every option once: type, bounds, default, unit and one line of documentation. The validator, the defaults,
 * `oavc config`, `docs/configuration.md` and the static type all come from here.
 * `env` is the environment variable read when the key is absent from the file; `flag` the command-line option.
 */
import { type Static, Type } from '@sinclair/typebox';
import { callSchema, transferSchema } from './call-schema.js';
import { choice, count, flag, port, ratio, section, text } from './option-kinds.js';
import { turnSchema } from './turn-schema.js';

/** `[agent NAME]`: who answers. The first agent whose `match` fits the called name answers; `default` fits all. */
export const agentSchema = section('who answers; the first section whose match fits the called name wins', {
  prompt: text(
    'You are a friendly assistant on the telephone. Answer in one or two short sentences, in plain words.',
    'system prompt of the language model',
  ),
  greeting: text('Hello, how can I help you?', 'first words of the bot; empty for none'),
  apology: text('', 'spoken when an engine fails; empty for the one of the language'),
  greeting_interruptible: flag(true, 'let the caller interrupt the greeting'),
  expect_digits: count(0, 0, 40, 'digits that a number of the caller has: his turn waits for them; 0 for any'),
  language: text('en', 'language of the call'),
  voice: text('', 'voice of the bot; empty for the one of the language'),
  match: text('*', 'called user name, * stands for anything'),
  tools: text('', 'what the model may call: names of [tool NAME] sections, and hang_up, transfer, send_dtmf, wait'),
  transfer_to: text('', 'where the tool transfer may lead: name=destination, separated by commas'),
});

/** `[tool NAME]`: something that the model may call while it answers. */
export const toolSchema = section('what the model may do besides talking: an HTTP request, or a question to a client', {
  description: text('', 'what it does and when to use it, for the model'),
  parameters: text('{}', 'JSON Schema of the arguments (an object), or the path of a .json file with it'),
  url: text('', 'address of the request; {NAME} in path or query becomes that argument, encoded'),
  method: choice(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'POST', 'method; GET and DELETE send no body'),
  headers: text('', 'headers, separated by |: Name: value; $NAME becomes that environment variable'),
  client: flag(false, 'an RTVI client answers it, no request is sent'),
  timeout_ms: count(5000, 100, 120000, 'longest wait for the result, its retries included, in milliseconds'),
  retries: count(0, 0, 5, 'further tries after a failed connection, 429 or 5xx'),
  filler: text('', 'said when the result is late and nothing was said yet; empty for nothing'),
  filler_after_ms: count(300, 0, 60000, 'how late that is, in milliseconds'),
  max_characters: count(4000, 100, 100000, 'longest result that the model reads; the rest is cut off'),
});

export const configSchema = Type.Object(
  {
    opensips: section('where OpenSIPS listens for MI commands (mi_datagram)', {
      enabled: flag(false, 'take calls from OpenSIPS B2B; on as soon as ip or port is given'),
      ip: text('127.0.0.1', 'address of mi_datagram', { env: 'MI_IP' }),
      port: port(8080, 'port of mi_datagram', { env: 'MI_PORT' }),
      timeout_ms: count(2000, 100, 60000, 'longest wait for an MI answer, in milliseconds'),
      expire_s: count(3600, 30, 86400, 'lifetime of the event subscription, in seconds'),
      connector: text('', 'name of this connector, where several share one OpenSIPS; docs/opensips.md says how'),
      journal: text('', 'file of the sessions in progress, which a crash outlives; empty for one by MI address'),
    }),
    engine: section('where this program receives OpenSIPS events', {
      event_ip: text('127.0.0.1', 'address that OpenSIPS sends E_UA_SESSION to', { env: 'EVENT_IP' }),
      event_port: port(0, 'its UDP port; 0 for any free one', { env: 'EVENT_PORT' }),
    }),
    sip: section('the own SIP user agent, for softphones, trunks and the demo', {
      enabled: flag(true, 'listen for SIP', { flag: 'sip-enabled' }),
      ip: text('127.0.0.1', 'address to listen on', { env: 'SIP_IP', flag: 'sip-ip' }),
      port: port(5060, 'port to listen on, UDP and TCP; 0 for any free one', { env: 'SIP_PORT', flag: 'sip-port' }),
      tcp: flag(true, 'listen over TCP beside UDP'),
      advertise: text('', 'address to put into Via and Contact; empty for the one that the peer sees', {
        env: 'SIP_ADVERTISE',
      }),
      allow: text(
        '127.0.0.0/8 ::1',
        'addresses and networks (CIDR) that may call without a password, with blanks between',
      ),
      users: text('', 'who else may call: NAME:PASSWORD, with blanks between (digest authentication)', {
        env: 'SIP_USERS',
        secret: true,
      }),
      digests: choice(
        ['MD5 SHA-256', 'SHA-256 MD5', 'SHA-256', 'MD5'],
        'MD5 SHA-256',
        'how passwords are asked for, the preferred way first; many telephones look at the first one only, and know MD5',
      ),
      realm: text('oavc', 'realm that users are asked for their password in'),
      session_expires_s: count(1800, 0, 86400, 'session timer: calls whose peer is silently gone end then; 0 for none'),
      min_se_s: count(90, 90, 86400, 'shortest session timer that a peer may ask for, in seconds'),
      refer: choice(
        ['refuse', 'call'],
        'refuse',
        'what a caller gets who asks us to call somebody (REFER): 603, or a call',
      ),
      rate: count(100, 0, 100000, 'requests a second that one allowed address may begin; 0 for any number'),
    }),
    trunk: section('the provider or exchange behind the own SIP user agent; off without a host', {
      host: text(
        '',
        'HOST or HOST:PORT, with ;transport=tcp behind it, in quotes, if wanted; calls from there need no password',
      ),
      user: text('', 'our account there'),
      password: text('', 'its password', { env: 'SIP_TRUNK_PASSWORD', secret: true }),
      register: flag(true, 'register there, so that calls come to us'),
      expires_s: count(600, 60, 86400, 'lifetime of the registration, in seconds; it is refreshed in time'),
    }),
    call: callSchema,
    transfer: transferSchema,
    rtp: section('media', {
      min_port: count(35000, 1024, 65534, 'lowest RTP port; a call takes an even one and the odd one after it', {
        env: 'RTP_MIN_PORT',
      }),
      max_port: count(65000, 1025, 65535, 'highest RTP port', { env: 'RTP_MAX_PORT' }),
      bind_ip: text('127.0.0.1', 'address to bind RTP to', { env: 'RTP_BIND_IP' }),
      ip: text('', 'address to put into SDP; empty for bind_ip', { env: 'RTP_IP' }),
      codecs: text('PCMU PCMA opus L16', 'codecs to answer with, the preferred first'),
      opus_complexity: count(5, 0, 10, 'effort of the Opus encoder; docs/media.md has what each costs'),
      opus_bitrate: count(24000, 6000, 128000, 'most bits a second of our Opus; a peer may ask for fewer'),
      opus_fec: flag(true, 'ask for Opus redundancy, and send it where the peer makes use of it'),
      opus_dtx: flag(false, 'ask for no Opus packets in silence, and send none'),
      detect_tones: flag(false, 'look for digits in the audio itself while a caller sends no telephone events'),
      jitter_min_ms: count(10, 0, 200, 'least playout delay of the jitter buffer, in milliseconds'),
      jitter_max_ms: count(200, 40, 480, 'largest playout delay of the jitter buffer, in milliseconds'),
      timeout_s: count(60, 0, 3600, 'seconds without any RTP that end a call; 0 for never'),
      threads: count(1, 1, 64, 'media threads; calls are spread over them, and one serves some hundred'),
      realtime: flag(true, 'run the media threads with real-time priority where the right to it is there'),
    }),
    recording: section('recordings of calls; off by default', {
      enabled: flag(false, 'record every call: caller left, bot right, at 16 kHz'),
      dir: text('', 'folder of the recordings, made where it is missing; files are named after the call'),
      format: choice(['wav', 'opus'], 'wav', 'WAV, 3.8 MB a minute, or Opus in Ogg, some 0.3 MB'),
    }),
    vad: section('voice activity detection (Silero)', {
      start_threshold: ratio(0.5, 0.05, 0.95, 'probability at which speech starts'),
      stop_threshold: ratio(0.35, 0.01, 0.95, 'probability below which speech may end'),
      min_speech_ms: count(120, 0, 2000, 'speech shorter than this is noise, in milliseconds'),
    }),
    turn: turnSchema,
    stt: section('speech to text', {
      engine: choice(['vosk', 'moonshine', 'vosk-server', 'openai', 'scripted'], 'vosk', 'recogniser', { flag: 'stt' }),
      model: text('', 'model name of the catalogue or folder; empty for the one of engine and language'),
      model_en: text('', 'model for English; empty for model'),
      model_tr: text('', 'model for Turkish; empty for model'),
      url: text('', 'address of a remote recogniser: ws://host:2700 of vosk-server, http://host/v1 of openai'),
      remote_model: text('whisper-1', 'name of the model at the remote recogniser openai'),
      key_env: text('', 'environment variable with the key of the remote recogniser'),
      confidence_threshold: ratio(0, 0, 1, 'finals below are dropped'),
      threads: count(2, 1, 64, 'threads of one decoding'),
      workers: count(1, 1, 64, 'speech worker threads; a call stays on one'),
    }),
    llm: section('language model', {
      engine: choice(['llama', 'openai', 'scripted'], 'llama', 'language engine', { flag: 'llm' }),
      model: text('qwen2.5-coder-0.5b', 'model name of the catalogue, or a .gguf file'),
      url: text('', 'address of the remote engine openai, up to and with /v1'),
      remote_model: text('', 'name of the model at the remote engine'),
      key_env: text('', 'environment variable with the key of the remote engine'),
      fallback: choice(['none', 'llama', 'scripted'], 'none', 'engine that answers while the remote one does not'),
      temperature: ratio(0.3, 0, 2, 'sampling temperature'),
      max_tokens: count(120, 1, 4096, 'longest answer, in tokens'),
      context_tokens: count(2048, 256, 131072, 'context of one call, in tokens'),
      sequences: count(8, 1, 512, 'calls that the model serves at once'),
      threads: count(0, 0, 256, 'threads of the model; 0 leaves one core free'),
      speculate: flag(true, 'begin the answer at a pause of the caller, and drop it when he goes on'),
      tool_calls: count(1, 1, 8, 'tools that may be called in one turn; small models do not know when to stop'),
    }),
    tts: section('text to speech', {
      engine: choice(['piper', 'espeak', 'piper-http', 'scripted'], 'piper', 'voice engine', { flag: 'tts' }),
      voice: text('', 'voice of the catalogue; empty for the one of the language'),
      voice_en: text('en_US-joe-medium', 'voice for English'),
      voice_tr: text('tr_TR-dfki-medium', 'voice for Turkish'),
      url: text('', 'address of the HTTP server of Piper'),
      key_env: text('', 'environment variable with the key of that server'),
      speed: ratio(1, 0.5, 2, 'speaking rate'),
      level_db: count(
        -20,
        -40,
        0,
        'level that voices are brought to, in dB under full scale; 0 leaves them as they are',
      ),
      threads: count(1, 1, 64, 'threads of one synthesis'),
      workers: count(1, 1, 64, 'voice worker threads'),
    }),
    models: section('where models lie', {
      dir: text('', 'folder of the models; empty for oavc/models under XDG_DATA_HOME', { env: 'OAVC_MODELS_DIR' }),
    }),
    rtvi: section('RTVI clients over WebSocket; off by default', {
      enabled: flag(false, 'serve RTVI', { flag: 'rtvi-enabled' }),
      ip: text('127.0.0.1', 'address to listen on', { flag: 'rtvi-ip' }),
      port: port(8080, 'port to listen on; 0 for any free one', { flag: 'rtvi-port' }),
      token: text('', 'token that may do everything; needed when ip is not loopback', {
        env: 'RTVI_TOKEN',
        secret: true,
      }),
      watch_token: text('', 'token that may only watch', { env: 'RTVI_WATCH_TOKEN', secret: true }),
      steer_token: text('', 'token that may also act on calls, but place none', {
        env: 'RTVI_STEER_TOKEN',
        secret: true,
      }),
      max_clients: count(64, 1, 10000, 'clients at once'),
      queue_kb: count(1024, 16, 65536, 'what a slow client may leave unread before it is dropped, in kB'),
      linger_s: count(60, 0, 86400, 'how long a call that ended can still be looked at, in seconds'),
      supervisor_audio: flag(false, 'let the microphone of a client that may steer speak to the caller'),
      watch_function_calls: choice(
        ['disabled', 'none', 'name', 'arguments', 'full'],
        'name',
        'what clients that may only watch are told of the tools that the model calls; the others are told all',
      ),
      dashboard: flag(true, 'serve the dashboard at /, where it was built (`npm run build` in `web/`)'),
      origins: text(
        '',
        'web origins that may connect besides the own one, separated by blanks; * for any, where a token is set',
      ),
    }),
    log: section('the log', {
      level: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info', 'least severe level to write', {
        env: 'LOG_LEVEL',
        flag: 'log-level',
      }),
    }),
    agent: Type.Record(Type.String(), agentSchema, { default: {}, description: 'agents by name' }),
    tool: Type.Record(Type.String(), toolSchema, { default: {}, description: 'tools by name' }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof configSchema>;
export type AgentConfig = Static<typeof agentSchema>;
export type ToolConfig = Static<typeof toolSchema>;
