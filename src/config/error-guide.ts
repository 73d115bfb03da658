/** What each error means and how to mend it: the text of `docs/errors.md`. A code without an entry does not compile. */
import type { ErrorCode } from '../errors.js';

export interface ErrorEntry {
  means: string;
  mend: string;
}

export const errorGuide: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ADDON_MISSING: {
    means: 'The native media engine was not built, or was built for another platform.',
    mend: 'Run `npm run build:addon`; it says what is missing (compiler, CMake or Python).',
  },
  CONFIG_UNREADABLE: {
    means: 'The configuration file is absent, not readable for this user, or no UTF-8 text.',
    mend: 'Check the path after `--config` or in `CONFIG_FILE`, and the rights of the file.',
  },
  CONFIG_UNKNOWN_KEY: {
    means: 'A section or key that does not exist, most often a misspelling.',
    mend: 'Use the key that the message names, or see [configuration](configuration.md).',
  },
  CONFIG_INVALID: {
    means: 'A value of the wrong kind, out of its range, or in conflict with another option.',
    mend: 'The message says what was expected, what came, and from where.',
  },
  PORTS_EXHAUSTED: {
    means: 'Every even/odd port pair between `rtp.min_port` and `rtp.max_port` is taken.',
    mend: 'Widen the range: a call takes two ports. `oavc check` counts the pairs that are free.',
  },
  MEDIA_CLOSED: {
    means: 'Something reached for the media of a call that had just ended.',
    mend: 'Nothing to do; if it repeats, it is a defect to report.',
  },
  MEDIA_ADDRESS: {
    means: 'The address of `rtp.bind_ip` cannot be used: no interface has it, or it went away. The call got 503.',
    mend: 'Check the interface and `rtp.bind_ip`. Calls on other addresses are not concerned.',
  },
  RECORDING_FAILED: {
    means: 'The folder of the recordings cannot be made or written to.',
    mend: 'Check `recording.dir`, its owner and its rights.',
  },
  SDP_UNACCEPTABLE: {
    means: 'The peer offers no codec, address or media type that can be answered; it got 488.',
    mend: 'Allow PCMU, PCMA, Opus or L16/16000 at the peer, or add to `rtp.codecs`.',
  },
  SIP_MALFORMED: { means: 'A datagram that is no SIP message.', mend: 'Nothing to do; it was dropped.' },
  SIP_REFUSED: { means: 'The peer refused a request with this SIP status.', mend: 'Look the status up at the peer.' },
  CALL_BUSY: { means: 'Who was called speaks already (SIP 486 or 600).', mend: 'Call again later.' },
  CALL_NO_ANSWER: {
    means: 'It rang, and nobody took the call in time, or nobody is reachable there (SIP 408 or 480).',
    mend: 'Call again later, or let it ring for longer.',
  },
  CALL_CANCELLED: { means: 'Whoever placed the call gave it up while it rang.', mend: 'Nothing to do.' },
  SIP_TIMEOUT: {
    means: 'The peer did not answer in the time that RFC 3261 allows.',
    mend: 'Check address, port and firewall of the peer.',
  },
  MI_TIMEOUT: {
    means: 'OpenSIPS did not answer a management command.',
    mend: 'Check `[opensips] ip` and `port`, and that mi_datagram is loaded with that socket.',
  },
  MI_ERROR: {
    means: 'OpenSIPS refused a management command.',
    mend: 'Check that b2b_entities and event_datagram are loaded; the message has its reason.',
  },
  CALL_UNKNOWN: { means: 'No call of that name is running.', mend: 'List the calls first; it may have ended.' },
  CALL_ENDED: { means: 'The call ended before the request reached it.', mend: 'Nothing to do.' },
  ANSWERS_LATE: {
    means: 'Callers wait longer for answers than `turn.admission_p90_ms` allows, so new calls are refused with 503.',
    mend: 'It opens again by itself; where it comes often, lower `call.max` or use smaller models.',
  },
  CALL_LIMIT: {
    means: 'As many calls as `call.max` or `llm.sequences` allows are running.',
    mend: 'Raise it if the machine bears more.',
  },
  SHUTTING_DOWN: { means: 'The server was told to end and takes no more calls.', mend: 'Use another one.' },
  TRANSFER_REFUSED: {
    means: 'A transfer to a destination that `transfer.allow` does not name.',
    mend: 'Add a pattern for it if it is meant to be allowed.',
  },
  NOT_SUPPORTED: { means: 'A request that makes no sense in this place.', mend: 'The message says why.' },
  OPTION_UNKNOWN: {
    means: 'An RTVI client asked for an option that the service does not have.',
    mend: 'Ask `describe-config` for the options.',
  },
  OPTION_INVALID: {
    means: 'An RTVI client gave an option a value that it cannot hold; nothing was changed.',
    mend: 'Keep to the range that `describe-config` gives.',
  },
  ENGINE_UNKNOWN: {
    means: 'No engine of that name is built in.',
    mend: 'Use one of the names in the message for `stt.engine`, `llm.engine` or `tts.engine`.',
  },
  ENGINE_PROBE: {
    means: 'A trial run in a child process showed that the engine cannot use this model.',
    mend: 'Run `oavc models verify`, and fetch the model again if it is broken.',
  },
  ENGINE_FAILED: {
    means: 'An engine failed in a call; the caller heard an apology.',
    mend: 'The message has the cause; `oavc check` tries the engines.',
  },
  PREFIX_NOT_KEPT: {
    means:
      "llama's state behind an agent's prompt could not be written to the folder for temporary files. Calls go on; the first answer of each takes longer.",
    mend: 'Give the user of the service a folder that it can write, with room for the states, in `TMPDIR`.',
  },
  ENGINE_TIMEOUT: {
    means: 'An engine gave nothing in time; the caller heard an apology.',
    mend: 'Use a smaller model, fewer calls, or raise `turn.stt_timeout_ms`, `llm_timeout_ms` or `tts_timeout_ms`.',
  },
  MODEL_UNKNOWN: { means: 'The catalogue has no such model.', mend: '`oavc models` lists them.' },
  MODEL_MISSING: { means: 'The model was not fetched yet.', mend: 'Run the command in the message.' },
  MODEL_CHECKSUM: {
    means: 'A file is not the one that was expected: broken, or changed at its source.',
    mend: 'Fetch it again; if it stays so, the source has changed and must be looked at.',
  },
  MODEL_SOURCE: {
    means: 'No source of the model could be reached.',
    mend: 'The message has the reason for each; check network and pip, or put the files into the models folder.',
  },
  MODEL_DISK: {
    means: 'The disk is too full for the model.',
    mend: 'Make room, or point `[models] dir` to another disk.',
  },
  TOOL_CALL_UNKNOWN: {
    means: 'A client answered a function call that is not its to answer, was answered already, or was cancelled.',
    mend: 'Answer each `function-call-started` once, in the time of its tool.',
  },
  WORKER_DIED: {
    means: 'A worker thread ended by itself; its calls apologised or ended, and it was replaced.',
    mend: 'The log before it has the cause; if a model was loaded, verify it.',
  },
  RTVI_INVALID: { means: 'An RTVI client sent a message that is none.', mend: 'The message says what was expected.' },
  RTVI_ACTION_UNKNOWN: {
    means: 'An RTVI client asked for an action that no service has.',
    mend: 'Ask `describe-actions` for the actions.',
  },
  RTVI_UNAUTHORISED: {
    means: 'An RTVI client asked for control without the token.',
    mend: 'Give it the token of `[rtvi] token`.',
  },
  LISTEN_FAILED: {
    means: 'A port is taken, or the address is not one of this machine.',
    mend: 'Choose another port or address; `oavc check` tells which are free.',
  },
};
