/**
 * Every error that this program raises on purpose: a stable code, and a message that says what was expected and
 * what came. `docs/errors.md` documents each; a test compares both lists.
 */
const registry = {
  ADDON_MISSING: (path: string, cause: string) =>
    `the native addon could not be loaded from ${path}: ${cause}; run "npm run build:addon"`,
  CONFIG_UNREADABLE: (path: string, cause: string) => `configuration file ${path} cannot be read: ${cause}`,
  CONFIG_UNKNOWN_KEY: (key: string, nearest: string) => `unknown option ${key}; the nearest known one is ${nearest}`,
  CONFIG_INVALID: (key: string, expected: string, got: string, origin: string) =>
    `option ${key} expected ${expected}, got ${got} (from ${origin})`,
  PORTS_EXHAUSTED: (min: number, max: number) => `no free RTP port pair between ${min} and ${max}`,
  MEDIA_CLOSED: (what: string) => `${what} was called on a media session that is closed`,
  MEDIA_ADDRESS: (ip: string, cause: string) => `media cannot be bound to ${ip}: ${cause}`,
  RECORDING_FAILED: (path: string, cause: string) => `recordings cannot be written to ${path}: ${cause}`,
  SDP_UNACCEPTABLE: (why: string) => `the SDP offer cannot be answered: ${why}`,
  SIP_MALFORMED: (why: string) => `malformed SIP message: ${why}`,
  SIP_REFUSED: (method: string, status: number, reason: string) => `${method} was refused with ${status} ${reason}`,
  CALL_BUSY: (status: number, reason: string) => `the called party is busy: ${status} ${reason}`,
  CALL_NO_ANSWER: (why: string) => `the called party did not answer: ${why}`,
  CALL_CANCELLED: (why: string) => `the call was given up before it was answered: ${why}`,
  SIP_TIMEOUT: (method: string) => `${method} was not answered in time`,
  MI_TIMEOUT: (method: string, timeoutMs: number) => `OpenSIPS did not answer MI ${method} within ${timeoutMs} ms`,
  MI_ERROR: (method: string, code: number, message: string) => `OpenSIPS refused MI ${method}: ${code} ${message}`,
  CALL_UNKNOWN: (callId: string) => `no call ${callId} is running`,
  CALL_ENDED: (callId: string) => `call ${callId} has ended`,
  ANSWERS_LATE: (p90Ms: number, limitMs: number) =>
    `answers are late: the 90th percentile of the last minute is ${Math.round(p90Ms)} ms, expected at most ${limitMs}`,
  CALL_LIMIT: (limit: number) => `the limit of ${limit} calls is reached`,
  SHUTTING_DOWN: () => 'the server is shutting down and takes no more calls',
  TRANSFER_REFUSED: (destination: string, allowed: string) =>
    `a transfer to ${destination} is not allowed; [transfer] allow has ${allowed}`,
  NOT_SUPPORTED: (what: string, why: string) => `${what} is not possible here: ${why}`,
  OPTION_UNKNOWN: (service: string, option: string, known: string) =>
    `service ${service} has no option ${option}; it has ${known}`,
  OPTION_INVALID: (service: string, option: string, expected: string, got: string) =>
    `${service}.${option} expected ${expected}, got ${got}`,
  ENGINE_UNKNOWN: (kind: string, name: string, known: string) => `no ${kind} engine named ${name}; there are ${known}`,
  ENGINE_PROBE: (name: string, model: string, cause: string) => `engine ${name} cannot use model ${model}: ${cause}`,
  ENGINE_FAILED: (name: string, cause: string) => `engine ${name} failed: ${cause}`,
  PREFIX_NOT_KEPT: (folder: string, cause: string) =>
    `read prompts cannot be kept in ${folder}, so each call reads its own: ${cause}`,
  ENGINE_TIMEOUT: (name: string, timeoutMs: number) => `engine ${name} gave nothing within ${timeoutMs} ms`,
  MODEL_UNKNOWN: (name: string, known: string) => `no model named ${name}; there are ${known}`,
  MODEL_MISSING: (name: string) => `model ${name} is not here; run "oavc models get ${name}"`,
  MODEL_CHECKSUM: (file: string, expected: string, got: string) => `${file} expected SHA-256 ${expected}, got ${got}`,
  MODEL_SOURCE: (name: string, causes: string) => `model ${name} could not be fetched: ${causes}`,
  MODEL_DISK: (neededMb: number, freeMb: number) => `${neededMb} MB of free disk are needed, ${freeMb} MB are there`,
  TOOL_CALL_UNKNOWN: (toolCallId: string) => `no function call ${toolCallId} waits for a result`,
  WORKER_DIED: (role: string, cause: string) => `the ${role} worker ended: ${cause}`,
  RTVI_INVALID: (what: string, expected: string, got: string) => `${what}: expected ${expected}, got ${got}`,
  RTVI_ACTION_UNKNOWN: (name: string) => `Action ${name} not registered`,
  RTVI_UNAUTHORISED: (what: string) => `${what} needs a valid token`,
  LISTEN_FAILED: (what: string, address: string, cause: string) => `${what} cannot listen on ${address}: ${cause}`,
} as const;

type Registry = typeof registry;
export type ErrorCode = keyof Registry;
export const errorCodes = Object.keys(registry) as ErrorCode[];

/** An error of this program; `code` is stable and documented. */
export class OavcError extends Error {
  override readonly name = 'OavcError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Makes the error `code`; the arguments are the holes of its message in the registry. */
export function fault<C extends ErrorCode>(code: C, ...values: Parameters<Registry[C]>): OavcError {
  const message = registry[code] as (...holes: Parameters<Registry[C]>) => string;
  return new OavcError(code, message(...values));
}

/** The message of anything that was thrown. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
