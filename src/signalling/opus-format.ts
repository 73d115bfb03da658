/** Format parameters of Opus in SDP (RFC 7587, 6.1): what a receiver wishes for. */

export interface OpusFormat {
  /** It makes use of in-band redundancy. */
  fec: boolean;
  /** It would rather have no packets in silence. */
  dtx: boolean;
  constantBitrate: boolean;
  /** Most bits a second that it takes; undefined where it does not say. */
  maxBitrate: number | undefined;
}

/** Unknown and malformed parameters are left aside. */
export function readOpusFormat(fmtp: string): OpusFormat {
  const pairs = fmtp.split(';').map((pair) => pair.trim().toLowerCase().split('=', 2));
  const values = new Map(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]));
  const bitrate = Number(values.get('maxaveragebitrate'));
  return {
    fec: values.get('useinbandfec') === '1',
    dtx: values.get('usedtx') === '1',
    constantBitrate: values.get('cbr') === '1',
    maxBitrate: bitrate >= 6000 && bitrate <= 510_000 ? bitrate : undefined,
  };
}

/** Our own wishes. */
export const writeOpusFormat = ({ fec, dtx }: Pick<OpusFormat, 'fec' | 'dtx'>): string =>
  [fec ? 'useinbandfec=1' : '', dtx ? 'usedtx=1' : ''].filter((part) => part !== '').join(';');
