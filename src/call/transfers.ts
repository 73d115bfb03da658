/** The transfers of one call: one at a time, to where it is allowed, told as events. */
import type { Config } from '../config/schema.js';
import { fault, reasonOf } from '../errors.js';
import type { EventBody } from '../pipeline/events.js';
import type { Leg, LegTransfer } from '../signalling/leg.js';
import { parseUri } from '../signalling/sip/uri.js';
import type { Conversation } from './conversation.js';
import { transferTarget } from './transfer-target.js';
import { transferFailed, transferNote } from './words.js';

export interface Transferred extends LegTransfer {
  /** The URI that the caller was sent to. */
  target: string;
}

export class Transfers {
  #busy = false;

  constructor(
    readonly leg: Leg,
    readonly config: Config,
    readonly emit: (body: EventBody) => void,
  ) {}

  /** Resolves when it is decided. Throws NOT_SUPPORTED or TRANSFER_REFUSED for what is not even asked for. */
  async to(destination: string, origin: string): Promise<Transferred> {
    const { direction, from, to } = this.leg;
    const domain = parseUri(direction === 'inbound' ? to : from)?.host ?? '';
    const target = transferTarget(this.config, destination, domain);
    if (this.#busy) throw fault('NOT_SUPPORTED', 'a transfer', 'another one is under way');
    this.emit({ type: 'transfer-started', destination: target, origin });
    const outcome = await this.#refer(target);
    this.emit({ type: 'transfer-ended', destination: target, ...outcome });
    return { target, ...outcome };
  }

  async #refer(target: string): Promise<LegTransfer> {
    this.#busy = true;
    try {
      return await this.leg.transfer(target);
    } catch (thrown) {
      return { success: false, status: 0, reason: reasonOf(thrown) };
    } finally {
      this.#busy = false;
    }
  }
}

/** The caller is back: the agent is told, and says so where that is configured. */
export function tellStayed(
  { target, status, reason }: Transferred,
  conversation: Conversation,
  config: Config,
  language: string,
): void {
  conversation.append('system', transferNote(language, target, `${status} ${reason}`));
  const text = transferFailed(config, language);
  if (text !== '') conversation.say(text, true, true);
}
