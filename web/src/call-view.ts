/** One call as the page shows it: a pure machine that messages go into. Times in epoch seconds, durations in seconds. */

export interface Message {
  type: string;
  data?: unknown;
}

export interface Line {
  id: number;
  side: 'user' | 'bot' | 'note';
  text: string;
  /** Characters of the bot's text that the caller has heard. */
  heard: number;
  /** The words are still coming. */
  open: boolean;
  /** Cut off by the caller or by a client. */
  cut: boolean;
  /** Typed by a client, or written only: never heard on the telephone. */
  silent: boolean;
}

export interface TurnLatency {
  turn: number;
  kind: string;
  interrupted: boolean;
  partsMs: Record<string, number>;
  sumMs: number;
}

export interface Quality {
  loss: number;
  jitter: number;
  delay: number;
  round_trip?: number;
  concealed: number;
  lost: number;
  mos: number;
}

export interface Change {
  service?: string;
  option: string;
  from: unknown;
  to: unknown;
}
export interface ConfigUpdate {
  at: number;
  origin: string;
  changes: Change[];
}

export interface Summary {
  duration: number;
  metrics: Record<string, number>;
  end_reason: string;
  ledger?: { median_sum_ms?: number };
}

export interface CallView {
  callId: string;
  from: string;
  to: string;
  codec: string;
  startedAt: number;
  ended: { reason: string; at: number; summary: Summary } | undefined;
  lines: Line[];
  userSpeaking: boolean;
  botSpeaking: boolean;
  thinking: boolean;
  /** The caller is not listened to now. */
  deaf: boolean;
  levels: { user: number; bot: number };
  /** By `service.option`. */
  config: Map<string, unknown>;
  turns: TurnLatency[];
  quality: Quality | undefined;
  history: ConfigUpdate[];
  metrics: Record<string, number>;
}

const lineLimit = 400;
const turnLimit = 30;
const historyLimit = 200;

type Data = Record<string, unknown>;
const asData = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {});
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const asNumber = (value: unknown): number => (typeof value === 'number' ? value : 0);

export class CallWatch {
  view: CallView | undefined;
  /** Finished lines of the past that are still to come after `opensips-call-state`. */
  #retold = 0;
  #ids = 0;
  readonly #segments = new Map<number, { line: Line; start: number; length: number }>();

  /** Takes a message in; false when it changes nothing here. */
  take({ type, data }: Message): boolean {
    const members = asData(data);
    if (type === 'server-message') return this.#takeServerMessage(members);
    const row = this.#rows[type];
    if (!row || !this.view) return false;
    row(this.view, members);
    return true;
  }

  /** The configuration as an update's answer tells it. */
  configure(config: unknown): void {
    if (!this.view || !Array.isArray(config)) return;
    for (const { service, options } of config as { service: string; options: { name: string; value: unknown }[] }[])
      for (const { name, value } of options) this.view.config.set(`${service}.${name}`, value);
  }

  readonly #rows: Record<string, (view: CallView, data: Data) => void> = {
    'user-started-speaking': (view) => {
      view.userSpeaking = true;
    },
    'user-stopped-speaking': (view) => {
      view.userSpeaking = false;
    },
    'user-transcription': (view, { text, final }) => this.#callerSays(view, asText(text), final === true),
    'user-input': (view, { input_type, text }) => {
      if (input_type === 'backchannel') this.#note(view, asText(text));
      if (input_type === 'chat') this.#add(view, { side: 'user', text: asText(text), silent: true });
    },
    'user-mute-started': (view) => {
      view.deaf = true;
    },
    'user-mute-stopped': (view) => {
      view.deaf = false;
    },
    'bot-llm-started': (view) => {
      view.thinking = true;
    },
    'bot-llm-stopped': (view) => {
      view.thinking = false;
    },
    'bot-started-speaking': (view) => {
      view.botSpeaking = true;
      view.thinking = false;
    },
    'bot-stopped-speaking': (view) => this.#botStops(view, false),
    'bot-interrupted': (view) => this.#botStops(view, true),
    'bot-transcription': (view, { text }) => this.#retell(view, asText(text)),
    'bot-output': (view, data) => this.#botSays(view, data),
    'user-audio-level': (view, { value }) => {
      view.levels.user = asNumber(value);
    },
    'bot-audio-level': (view, { value }) => {
      view.levels.bot = asNumber(value);
    },
  };

  #takeServerMessage(data: Data): boolean {
    if (data.type === 'opensips-call-state') return this.#begin(data);
    const view = this.view;
    const row = this.#serverRows[asText(data.type)];
    if (!row || !view || data.call_id !== view.callId) return false;
    row(view, data);
    return true;
  }

  readonly #serverRows: Record<string, (view: CallView, data: Data) => void> = {
    'opensips-call-started': (view, { codec, from, to }) =>
      Object.assign(view, { codec: asText(codec), from: asText(from), to: asText(to) }),
    'opensips-call-ended': (view, { reason, timestamp, summary }) => {
      view.ended = { reason: asText(reason), at: asNumber(timestamp), summary: summary as Summary };
      Object.assign(view, { userSpeaking: false, botSpeaking: false, thinking: false, levels: { user: 0, bot: 0 } });
    },
    'opensips-bot-response-start': (view, { response_time, avg_response_time, conversation_turns }) =>
      Object.assign(view.metrics, { response_time, avg_response_time, conversation_turns }),
    'opensips-bot-interrupted': (view, { interruption_count }) => Object.assign(view.metrics, { interruption_count }),
    'opensips-config-changed': (view, { origin, changes, timestamp }) => {
      const update = { at: asNumber(timestamp), origin: asText(origin), changes: changes as Change[] };
      view.history = [...view.history, update].slice(-historyLimit);
      for (const { service, option, to } of update.changes) view.config.set(`${service}.${option}`, to);
    },
    'opensips-turn-latency': (view, data) => {
      const { turn, kind, interrupted, parts_ms, sum_ms } = data;
      const latency = {
        turn: asNumber(turn),
        kind: asText(kind),
        interrupted: interrupted === true,
        partsMs: parts_ms as Record<string, number>,
        sumMs: asNumber(sum_ms),
      };
      view.turns = [...view.turns, latency].slice(-turnLimit);
    },
    'opensips-media-quality': (view, data) => {
      view.quality = data as unknown as Quality;
    },
    'opensips-transcription-dropped': (view) => {
      view.lines = view.lines.filter(({ side, open }) => !(side === 'user' && open));
    },
    'opensips-digit': (view, { digit }) => this.#note(view, `# ${asText(digit)}`),
  };

  /** A call comes into focus: what follows tells it from its beginning. */
  #begin(data: Data): boolean {
    this.#retold = asNumber(data.lines);
    this.#segments.clear();
    this.view = {
      callId: asText(data.call_id),
      from: asText(data.from),
      to: asText(data.to),
      codec: asText(data.codec),
      startedAt: asNumber(data.started_at),
      ended: undefined,
      lines: [],
      userSpeaking: data.user_speaking === true,
      botSpeaking: data.bot_speaking === true,
      thinking: false,
      deaf: false,
      levels: { user: 0, bot: 0 },
      config: new Map(),
      turns: [],
      quality: undefined,
      history: [],
      metrics: { ...(data.metrics as Record<string, number>) },
    };
    this.configure(data.config);
    return true;
  }

  #callerSays(view: CallView, text: string, final: boolean): void {
    if (final && this.#retold > 0) this.#retold -= 1;
    const last = view.lines.at(-1);
    const line = last?.side === 'user' && last.open ? last : this.#add(view, { side: 'user', text });
    Object.assign(line, { text, open: !final });
  }

  /** A sentence of the past; what is said now comes as `bot-output`, in step with the voice. */
  #retell(view: CallView, text: string): void {
    if (this.#retold === 0) return;
    this.#retold -= 1;
    this.#add(view, { side: 'bot', text, heard: text.length });
  }

  #botSays(view: CallView, data: Data): void {
    const id = asNumber(data.segment_id);
    const spoken = data.will_be_spoken === true;
    const segment = this.#segments.get(id) ?? this.#begins(view, id, asText(data.text), spoken);
    const { accumulated_text } = asData(data.spoken_progress);
    const heard = data.spoken_status === 'completed' ? segment.length : asText(accumulated_text).length;
    if (spoken) segment.line.heard = Math.max(segment.line.heard, segment.start + heard);
  }

  /** The sentences of one answer stand in one line. */
  #begins(view: CallView, id: number, text: string, spoken: boolean) {
    const last = view.lines.at(-1);
    const joins = last?.side === 'bot' && last.open && spoken !== last.silent;
    const line = joins ? last : this.#add(view, { side: 'bot', text: '', open: spoken, silent: !spoken });
    if (line.text !== '') line.text += ' ';
    const segment = { line, start: line.text.length, length: text.length };
    line.text += text;
    this.#segments.set(id, segment);
    return segment;
  }

  #botStops(view: CallView, cut: boolean): void {
    view.botSpeaking = false;
    view.thinking = false;
    for (const line of view.lines) {
      if (line.side !== 'bot' || !line.open) continue;
      Object.assign(line, { open: false, cut: cut && line.heard < line.text.length });
    }
    this.#segments.clear();
  }

  #note(view: CallView, text: string): void {
    this.#add(view, { side: 'note', text });
  }

  #add(view: CallView, line: Partial<Line>): Line {
    this.#ids += 1;
    const added: Line = {
      id: this.#ids,
      side: 'note',
      text: '',
      heard: 0,
      open: false,
      cut: false,
      silent: false,
      ...line,
    };
    view.lines = [...view.lines, added].slice(-lineLimit);
    return added;
  }
}
