import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Negotiation } from '../../src/call/negotiate.js';
import { loadConfig } from '../../src/config/load.js';

const offer = (formats: string, ...maps: string[]) =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', `m=audio 4000 RTP/AVP ${formats}`]
    .concat(maps, '')
    .join('\r\n');
const opusMap = 'a=rtpmap:96 opus/48000/2';

function negotiation(rtp: Record<string, string> = {}): Negotiation {
  const commandLine = Object.entries(rtp).map(([key, text]) => ({ key: `rtp.${key}`, text, origin: 'test' }));
  return new Negotiation(loadConfig({ file: undefined, env: {}, commandLine }).config, 35_000);
}

describe('a codec in mid-call', () => {
  test('stays while the peer still has it', () => {
    const call = negotiation();
    assert.equal(call.answer(offer('8')).stream.codec, 'PCMA');
    assert.equal(call.answer(offer('0 8')).stream.codec, 'PCMA');
  });

  test('changes when the peer has another', () => {
    const call = negotiation();
    assert.equal(call.answer(offer('0 8')).stream.codec, 'PCMU');
    const { stream, sdp } = call.answer(offer('96', opusMap));
    assert.equal(stream.codec, 'opus');
    assert.match(sdp, /m=audio 35000 RTP\/AVP 96\r\n/);
    assert.equal(call.answer(offer('0 8')).stream.codec, 'PCMU');
  });
});

describe('Opus is encoded', () => {
  const opus = (rtp: Record<string, string>, fmtp: string) =>
    negotiation(rtp).answer(offer('96', opusMap, `a=fmtp:96 ${fmtp}`)).stream.opus;

  test('as configured, within what the peer takes', () => {
    assert.deepEqual(opus({ opus_bitrate: '32000', opus_complexity: '7' }, 'useinbandfec=1;maxaveragebitrate=20000'), {
      complexity: 7,
      bitrate: 20_000,
      fec: true,
      dtx: false,
      constantBitrate: false,
    });
    assert.equal(opus({ opus_bitrate: '16000' }, 'maxaveragebitrate=20000')?.bitrate, 16_000);
  });

  test('with redundancy only where both want it', () => {
    assert.equal(opus({ opus_fec: 'false' }, 'useinbandfec=1')?.fec, false);
    assert.equal(opus({}, 'minptime=10')?.fec, false);
  });

  test('without packets in silence where either wants it', () => {
    assert.equal(opus({}, 'usedtx=1')?.dtx, true);
    assert.equal(opus({ opus_dtx: 'true' }, 'minptime=10')?.dtx, true);
  });

  test('and the answer says what we want', () =>
    assert.match(
      negotiation({ opus_dtx: 'true' }).answer(offer('96', opusMap)).sdp,
      /a=fmtp:96 useinbandfec=1;usedtx=1\r\n/,
    ));

  test('not at all where the codec is another', () =>
    assert.equal(negotiation().answer(offer('0')).stream.opus, undefined));
});
