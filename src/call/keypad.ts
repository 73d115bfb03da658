/** What has to hold before digits are sent to the other side. */
import { fault } from '../errors.js';
import type { StreamOptions } from '../media/addon.js';
import { keyClass } from '../pipeline/keys.js';

const keys = new RegExp(`^${keyClass}{1,64}$`);

/** Throws NOT_SUPPORTED where the peer takes no telephone events, and OPTION_INVALID for what are no keys. */
export function checkKeys(digits: string, stream: StreamOptions | undefined): void {
  if ((stream?.telephoneEventType ?? -1) < 0)
    throw fault('NOT_SUPPORTED', 'sending digits', 'the peer offered no telephone-event');
  if (!keys.test(digits))
    throw fault('OPTION_INVALID', 'opensips_call', 'digits', '1 to 64 of 0-9 * # A-D', JSON.stringify(digits));
}
