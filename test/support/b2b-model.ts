/**
 * The sessions of an OpenSIPS, as far as their commands go: what is refused in which state, as real 3.6 and 4.0
 * refuse it. A session is over when nobody waits for anything any more.
 */
import type { MiRequest } from './opensips-stand-in.js';

interface Session {
  state: 'new' | 'answered' | 'refused';
  /** Methods of requests that wait for a reply. */
  open: Set<string>;
  /** The caller has said CANCEL. */
  cancelled: boolean;
}

const failed = { code: 500, message: 'Failed' };

export class B2bModel {
  readonly #sessions = new Map<string, Session>();
  readonly #looks = new Set<() => void>();

  get keys(): string[] {
    return [...this.#sessions.keys()];
  }

  stateOf(key: string): Session['state'] | undefined {
    return this.#sessions.get(key)?.state;
  }

  invite(key: string): void {
    this.#sessions.set(key, { state: 'new', open: new Set(['INVITE']), cancelled: false });
  }

  /** A request of the caller's in the dialog; false where OpenSIPS answers it itself. */
  request(key: string, method: string): boolean {
    const session = this.#sessions.get(key);
    if (session?.state !== 'answered' || session.open.size > 0) return false;
    session.open.add(method);
    return true;
  }

  bye(key: string): boolean {
    const session = this.#sessions.get(key);
    return session?.state === 'answered' && this.#end(key);
  }

  /** False when it comes too late. */
  cancel(key: string): boolean {
    const session = this.#sessions.get(key);
    if (session?.state !== 'new' || session.cancelled) return false;
    session.cancelled = true;
    return true;
  }

  /** The body of the answer to a command. */
  answer({ method, params }: MiRequest): object {
    const key = String(params.key);
    if (method === 'event_subscribe') return { result: 'OK' };
    if (method === 'ua_session_list') return this.#list(params.key === undefined ? undefined : key);
    const session = this.#sessions.get(key);
    const done =
      session !== undefined &&
      (method === 'ua_session_reply'
        ? this.#reply(key, session, String(params.method), Number(params.code))
        : method === 'ua_session_terminate'
          ? session.state !== 'new' && this.#end(key)
          : method === 'ua_session_update' && session.state === 'answered');
    for (const look of this.#looks) look();
    return done ? { result: 'OK' } : { error: failed };
  }

  #reply(key: string, session: Session, method: string, code: number): boolean {
    if (method === 'INVITE' && session.state !== 'new') return true;
    if (!session.open.has(method)) return false;
    if (code < 200) return true;
    // They crossed: the session is dropped at the ACK, without an event.
    if (session.cancelled && code < 300) return this.#end(key);
    session.open.delete(method);
    if (session.state === 'new') session.state = code < 300 ? 'answered' : 'refused';
    return true;
  }

  #list(key: string | undefined): object {
    const entry = (name: string) => ({ to_tag: name, callid: 'c', logic_key: '', state: this.#number(name) });
    if (key === undefined) return { result: this.keys.map(entry) };
    return this.#sessions.has(key) ? { result: entry(key) } : { error: { code: 404, message: 'Entity not found' } };
  }

  #number(key: string): number {
    return { new: 1, answered: 5, refused: 7 }[this.#sessions.get(key)?.state ?? 'refused'];
  }

  #end(key: string): true {
    this.#sessions.delete(key);
    return true;
  }

  /** Resolves when `holds` does; looked at after each command. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#looks.delete(look);
          resolve();
        };
        this.#looks.add(look);
      });
    }
  }
}
