/** How a REFER goes on (RFC 3515): the answer to it, then the NOTIFYs that report the call to the new destination. */
import { fault } from '../../errors.js';
import type { LegTransfer } from '../leg.js';
import type { SipRequest, SipResponse } from './message.js';

/** Longest wait for the last NOTIFY: as long as a telephone may ring. */
const notifyTimeoutMs = 60_000;

export class Referral {
  #settle: (transfer: LegTransfer) => void = () => undefined;
  readonly #outcome = new Promise<LegTransfer>((resolve) => {
    this.#settle = resolve;
  });

  /** A NOTIFY in the dialog; its body is the status line that the new call has got so far. */
  notified(notify: SipRequest): void {
    const found = /^SIP\/2\.0 (\d{3}) ?(.*)$/m.exec(notify.body);
    const status = Number(found?.[1] ?? 0);
    if (status >= 200) this.#settle({ success: status < 300, status, reason: found?.[2]?.trim() ?? '' });
  }

  /** The dialog is over: after an accepted REFER that is how many peers say that they went. */
  cancel(): void {
    this.#settle({ success: true, status: 202, reason: 'Accepted' });
  }

  /** Resolves when the transfer is decided; throws SIP_TIMEOUT when the REFER itself was not answered. */
  async result(response: SipResponse | undefined): Promise<LegTransfer> {
    if (!response) throw fault('SIP_TIMEOUT', 'REFER');
    const { status, reason } = response;
    if (status >= 300) return { success: false, status, reason };
    const late = setTimeout(
      () => this.#settle({ success: false, status: 408, reason: 'no NOTIFY came' }),
      notifyTimeoutMs,
    );
    try {
      return await this.#outcome;
    } finally {
      clearTimeout(late);
    }
  }
}
