/** Timers on the clock of the user agent. One tick looks at all of them, and none is left when it is closed. */
interface Alarm {
  atMs: number;
  ring: () => void;
}

export type CancelAlarm = () => void;

export class Alarms {
  readonly #alarms = new Set<Alarm>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    readonly nowMs: () => number,
    readonly tickMs = 50,
  ) {}

  get size(): number {
    return this.#alarms.size;
  }

  /** Rings once, unless it is cancelled before; never when all are closed. */
  set(afterMs: number, ring: () => void): CancelAlarm {
    if (this.#closed) return () => undefined;
    const alarm = { atMs: this.nowMs() + afterMs, ring };
    this.#alarms.add(alarm);
    this.#timer ??= setInterval(() => this.#tick(), this.tickMs);
    return () => void this.#alarms.delete(alarm);
  }

  #tick(): void {
    const nowMs = this.nowMs();
    for (const alarm of this.#alarms) {
      if (alarm.atMs > nowMs) continue;
      this.#alarms.delete(alarm);
      alarm.ring();
    }
    if (this.#alarms.size === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#rest();
    this.#alarms.clear();
  }
}
