/**
 * Keeps what OpenSIPS holds and what we hold the same. No event tells of a session that OpenSIPS lost in a restart,
 * of one whose NEW was lost on the way, or of those that an earlier run of this program left behind.
 */
import { OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { reply } from './commands.js';
import type { MiClient } from './mi.js';
import type { SessionJournal } from './session-journal.js';
import { type ListedSession, readSessionList } from './session-list.js';

export interface ReconciliationHost {
  readonly mi: MiClient;
  readonly log: Log;
  readonly journal: SessionJournal;
  /** Other connectors use this OpenSIPS too: only what the journal has is ours. */
  readonly shared: boolean;
  /** Whether it belongs to a call that lives, or is being placed or ended. */
  holds(key: string): boolean;
  /** Keys of answered calls. */
  answered(): string[];
  /** OpenSIPS does not know this call any more. */
  gone(key: string): void;
}

export class Reconciliation {
  /** Listed and not ours when we looked last: a NEW that is under way comes within the time between two looks. */
  #unknown = new Set<string>();
  #busy = false;

  constructor(readonly host: ReconciliationHost) {}

  /** At the start, and after a silence of OpenSIPS: ends what nobody serves. Throws MI_TIMEOUT. */
  async endLeftovers(): Promise<void> {
    const listed = await this.#list();
    const ours = listed ?? (await this.#lookUp(this.host.journal.keys));
    await this.#endAll(ours.filter(({ key }) => !this.host.holds(key)));
  }

  /** Once in a while; `returned` after OpenSIPS had not answered. */
  async compare(returned: boolean): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (returned) await this.endLeftovers();
      else await this.#endUnknown();
      await this.#audit();
    } catch (thrown) {
      this.host.log.warn({ reason: reasonOf(thrown) }, 'sessions could not be compared with those of OpenSIPS');
    } finally {
      this.#busy = false;
    }
  }

  /** A session that we do not know twice in a row has a caller who waits for an answer that nobody will give. */
  async #endUnknown(): Promise<void> {
    const listed = (await this.#list()) ?? (await this.#unended());
    const unknown = listed.filter(({ key }) => !this.host.holds(key));
    await this.#endAll(unknown.filter(({ key }) => this.#unknown.has(key)));
    this.#unknown = new Set(unknown.map(({ key }) => key));
  }

  /** Calls of ours that OpenSIPS was told to end and did not answer. */
  #unended(): Promise<ListedSession[]> {
    return this.#lookUp(this.host.journal.keys.filter((key) => !this.host.holds(key)));
  }

  /**
   * Undefined where the list is not ours to judge, or does not fit a datagram: that of about 115 sessions and more
   * does not, and the answer is an error without an id.
   */
  async #list(): Promise<ListedSession[] | undefined> {
    if (this.host.shared) return undefined;
    try {
      return readSessionList(await this.host.mi.call('ua_session_list'));
    } catch (thrown) {
      refused(thrown);
      return undefined;
    }
  }

  /** Those of `keys` that OpenSIPS has; the others are struck off the journal. */
  async #lookUp(keys: readonly string[]): Promise<ListedSession[]> {
    const found: ListedSession[] = [];
    for (const key of keys) {
      const answer = await this.host.mi.call('ua_session_list', { key }).catch(refused);
      // OpenSIPS finds a session by a part of its key: another session may answer to one that is gone.
      const session = readSessionList(answer).find((listed) => listed.key === key);
      if (session) found.push(session);
      else this.host.journal.remove(key);
    }
    return found;
  }

  async #endAll(sessions: readonly ListedSession[]): Promise<void> {
    const { mi, log, journal } = this.host;
    if (sessions.length > 0) log.warn({ sessions: sessions.length }, 'ending sessions that no call belongs to');
    for (const { key, waiting } of sessions) {
      if (waiting) await mi.call('ua_session_reply', unavailable(key)).catch(refused);
      await mi.call('ua_session_terminate', { key }).catch(refused);
      journal.remove(key);
    }
  }

  /** Asks for each call whether OpenSIPS still has it. One command at a time: OpenSIPS has one process for them. */
  async #audit(): Promise<void> {
    for (const key of this.host.answered()) {
      const known = await this.host.mi.call('ua_session_list', { key }).then(() => true, isKnown);
      if (!known) this.host.gone(key);
    }
  }
}

const unavailable = (key: string) => reply(key, 'INVITE', 503, 'Service Unavailable');

/** An error answer means that there is nothing to do any more; no answer means that OpenSIPS is away. */
function refused(thrown: unknown): undefined {
  if (!(thrown instanceof OavcError && thrown.code === 'MI_ERROR')) throw thrown;
}

/** 404 is the one answer that says no. */
function isKnown(thrown: unknown): boolean {
  refused(thrown);
  return !/: 404 /.test(reasonOf(thrown));
}
