import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OavcError } from '../../src/errors.js';
import { answerSdp, type ChosenMedia, offerSdp, readAnswer, readSdp, reofferSdp } from '../../src/signalling/sdp.js';
import { mutations, seeded } from '../support/rubbish.js';

const local = {
  ip: '192.0.2.9',
  port: 35000,
  codecs: ['PCMU', 'PCMA', 'opus', 'L16'],
  sessionId: 7,
  version: 1,
} as const;

const description = (media: string[], session: string[] = ['c=IN IP4 192.0.2.1']) =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', ...session, 't=0 0', ...media, ''].join('\r\n');

const chosen = (sdp: string, codecs: readonly (typeof local.codecs)[number][] = local.codecs) =>
  answerSdp({ remote: readSdp(sdp), local: { ...local, codecs } }).chosen;

const plain = ['m=audio 4000 RTP/AVP 0 8'];

describe('an offer', () => {
  const rows: [name: string, sdp: string, expected: Partial<ChosenMedia>][] = [
    [
      'static types need no rtpmap',
      description(plain),
      { codec: 'PCMU', payloadType: 0, telephoneEventType: -1, ptimeMs: 20 },
    ],
    ['our order counts', description(['m=audio 4000 RTP/AVP 8 0']), { codec: 'PCMU', payloadType: 0 }],
    [
      'a dynamic type is kept',
      description(['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 PCMA/8000']),
      { codec: 'PCMA', payloadType: 97 },
    ],
    [
      'Opus',
      description(['m=audio 4000 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2']),
      { codec: 'opus', payloadType: 111 },
    ],
    [
      'L16 at 16 kHz, one channel',
      description(['m=audio 4000 RTP/AVP 98', 'a=rtpmap:98 L16/16000/1']),
      { codec: 'L16', payloadType: 98 },
    ],
    [
      'L16 of more than 40 ms would be fragmented',
      description(['m=audio 4000 RTP/AVP 98', 'a=rtpmap:98 L16/16000', 'a=ptime:60']),
      { codec: 'L16', ptimeMs: 40 },
    ],
    [
      'events of another clock say so',
      description(['m=audio 4000 RTP/AVP 96 101', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:101 telephone-event/8000']),
      { codec: 'opus', telephoneEventType: 101, telephoneEventClockHz: 8000 },
    ],
    [
      'what the peer says of its format',
      description(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 useinbandfec=1; usedtx=1']),
      { fmtp: 'useinbandfec=1; usedtx=1' },
    ],
    ['names in any case', description(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 OPUS/48000/2']), { codec: 'opus' }],
    [
      'an rtpmap counts before the static table',
      description(['m=audio 4000 RTP/AVP 0 8', 'a=rtpmap:0 G722/8000']),
      { codec: 'PCMA' },
    ],
    [
      'events',
      description(['m=audio 4000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000']),
      { telephoneEventType: 101 },
    ],
    [
      'events at the clock of the audio',
      description([
        'm=audio 4000 RTP/AVP 96 100 101',
        'a=rtpmap:96 opus/48000/2',
        'a=rtpmap:101 telephone-event/8000',
        'a=rtpmap:100 telephone-event/48000',
      ]),
      { codec: 'opus', telephoneEventType: 100 },
    ],
    [
      'an rtpmap without its format is nothing',
      description([...plain, 'a=rtpmap:101 telephone-event/8000']),
      { telephoneEventType: -1 },
    ],
    ['comfort noise', description(['m=audio 4000 RTP/AVP 8 13']), { codec: 'PCMA', comfortNoiseType: 13 }],
    [
      'comfort noise is for 8 kHz',
      description(['m=audio 4000 RTP/AVP 96 13', 'a=rtpmap:96 opus/48000/2']),
      { codec: 'opus', comfortNoiseType: -1 },
    ],
    ['ptime', description([...plain, 'a=ptime:30']), { ptimeMs: 30 }],
    ['odd ptime is cut to tens', description([...plain, 'a=ptime:25']), { ptimeMs: 20 }],
    ['maxptime bounds it', description([...plain, 'a=ptime:60', 'a=maxptime:40']), { ptimeMs: 40 }],
    ['ptime too long', description([...plain, 'a=ptime:200']), { ptimeMs: 60 }],
    ['ptime too short', description([...plain, 'a=ptime:5']), { ptimeMs: 10 }],
    [
      'Opus has no 30 ms',
      description(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 opus/48000/2', 'a=ptime:30']),
      { ptimeMs: 20 },
    ],
    ['the connection of the media counts', description([...plain, 'c=IN IP4 192.0.2.77']), { remoteIp: '192.0.2.77' }],
    ['hold: sendonly', description([...plain, 'a=sendonly']), { direction: 'recvonly' }],
    ['hold: inactive', description([...plain, 'a=inactive']), { direction: 'inactive' }],
    ['hold: 0.0.0.0', description(plain, ['c=IN IP4 0.0.0.0']), { direction: 'recvonly', remoteIp: '0.0.0.0' }],
    ['hold of the session', description(plain, ['c=IN IP4 192.0.2.1', 'a=sendonly']), { direction: 'recvonly' }],
    [
      'the direction of the media counts',
      description([...plain, 'a=sendrecv'], ['c=IN IP4 192.0.2.1', 'a=inactive']),
      { direction: 'sendrecv' },
    ],
    [
      'a later audio stream that can be used',
      description(['m=audio 0 RTP/AVP 0', 'm=audio 4002 RTP/AVP 8']),
      { remotePort: 4002, codec: 'PCMA' },
    ],
    ['lines that end with LF', description(plain).replaceAll('\r', ''), { codec: 'PCMU', remotePort: 4000 }],
    [
      'ICE beside plain RTP is left aside',
      description([...plain, 'a=ice-ufrag:x', 'a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host']),
      { codec: 'PCMU' },
    ],
  ];
  for (const [name, sdp, expected] of rows)
    test(name, () => {
      const found = chosen(sdp);
      assert.deepEqual({ ...found, ...expected }, found);
    });

  test('the profile with feedback is answered as such', () => {
    const remote = readSdp(description(['m=audio 4000 RTP/AVPF 0', 'a=rtcp-fb:* nack']));
    const { sdp } = answerSdp({ remote, local });
    assert.match(sdp, /^m=audio \d+ RTP\/AVPF 0\r$/m);
    assert.doesNotMatch(sdp, /rtcp-fb/);
  });

  test('RTCP beside it', () => {
    assert.equal(chosen(description([...plain, 'a=rtcp:4999'])).remoteRtcpPort, 4999);
    assert.equal(chosen(description(plain)).remoteRtcpPort, undefined);
  });

  test('IPv6', () => {
    const remote = readSdp(description(plain, ['c=IN IP6 2001:db8::1']));
    const { sdp, chosen } = answerSdp({ remote, local: { ...local, ip: '2001:db8::9' } });
    assert.equal(chosen.remoteIp, '2001:db8::1');
    assert.match(sdp, /c=IN IP6 2001:db8::9\r\n/);
  });
});

describe('what cannot be answered says why', () => {
  const rows: [name: string, sdp: string, why: RegExp][] = [
    ['nothing', '', /begins with v=0/],
    ['rubbish', 'hello', /begins with v=0/],
    ['no media', description([]), /got no media/],
    ['video only', description(['m=video 4000 RTP/AVP 96']), /video 4000 RTP\/AVP/],
    ['SRTP', description(['m=audio 4000 RTP/SAVP 0']), /RTP\/SAVP/],
    ['DTLS', description(['m=audio 4000 UDP/TLS/RTP/SAVPF 0']), /UDP\/TLS\/RTP\/SAVPF/],
    ['port 0', description(['m=audio 0 RTP/AVP 0']), /audio 0/],
    ['port too big', description(['m=audio 70000 RTP/AVP 0']), /audio 70000/],
    ['no codec of ours', description(['m=audio 4000 RTP/AVP 9 18']), /none that is known/],
    ['no address', description(plain, []), /expected c=/],
    ['a name for an address', description(plain, ['c=IN IP4 example.org']), /example\.org/],
    ['an address of no kind', description(plain, ['c=IN IP4 999.1.1.1']), /999/],
    ['the other family', description(plain, ['c=IN IP6 2001:db8::1']), /expected IPv4/],
    [
      'PCMU at a strange clock',
      description(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 PCMU/16000']),
      /none that is known/,
    ],
    ['stereo L16', description(['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 L16/16000/2']), /none that is known/],
    ['a media line with holes', description(['m=audio RTP/AVP 0']), /m=TYPE PORT/],
    ['too many streams', description(Array.from({ length: 40 }, () => 'm=audio 4000 RTP/AVP 0')), /at most 16/],
  ];
  for (const [name, sdp, why] of rows)
    test(name, () =>
      assert.throws(
        () => chosen(sdp),
        (thrown) => thrown instanceof OavcError && thrown.code === 'SDP_UNACCEPTABLE' && why.test(thrown.message),
      ),
    );
});

test('the answer refuses other streams in their place', () => {
  const offer = description([
    'm=video 5000 RTP/AVP 96 97',
    'm=audio 4000 RTP/AVP 8 101',
    'a=rtpmap:101 telephone-event/8000',
    'm=image 0 udptl t38',
  ]);
  const { sdp } = answerSdp({ remote: readSdp(offer), local });
  assert.deepEqual(sdp.match(/^m=.*(?=\r)/gm), [
    'm=video 0 RTP/AVP 96 97',
    'm=audio 35000 RTP/AVP 8 101',
    'm=image 0 udptl t38',
  ]);
  assert.deepEqual(sdp.split('\r\n').slice(0, 5), [
    'v=0',
    'o=oavc 7 1 IN IP4 192.0.2.9',
    's=-',
    'c=IN IP4 192.0.2.9',
    't=0 0',
  ]);
  assert.ok(sdp.endsWith('\r\n'));
});

test('comfort noise is taken where it is offered, and not asked for', () => {
  const { sdp } = answerSdp({ remote: readSdp(description(['m=audio 4000 RTP/AVP 0 13'])), local });
  assert.match(sdp, /m=audio 35000 RTP\/AVP 0 13\r\n/);
  assert.match(sdp, /a=rtpmap:13 CN\/8000\r\n/);
  assert.doesNotMatch(offerSdp(local), /CN/);
});

test('our offer has events at the clock of each codec', () => {
  const offer = offerSdp(local);
  for (const map of [
    '97 L16/16000',
    '101 telephone-event/8000',
    '102 telephone-event/16000',
    '103 telephone-event/48000',
  ])
    assert.ok(offer.includes(`a=rtpmap:${map}\r\n`), map);
});

test('our offer, answered by ourselves, is what both chose', () => {
  for (const codec of local.codecs) {
    const offer = offerSdp({ ...local, codecs: [codec] });
    const { sdp, chosen } = answerSdp({ remote: readSdp(offer), local: { ...local, port: 36000 } });
    assert.equal(chosen.codec, codec);
    assert.deepEqual(readAnswer(sdp, local), { ...chosen, remotePort: 36000 });
  }
});

test('an answer with a codec that was not offered is refused', () =>
  assert.throws(() => readAnswer(description(plain), { ...local, codecs: ['opus'] }), { code: 'SDP_UNACCEPTABLE' }));

test('a re-offer opens the stream again, as the next version', () => {
  const open = offerSdp(local);
  assert.equal(reofferSdp(open), open);
  const held = open.replace('a=sendrecv', 'a=recvonly');
  assert.match(reofferSdp(held), /o=oavc 7 2 [\s\S]*a=sendrecv/);
});

test('rubbish throws nothing but SDP_UNACCEPTABLE, and what is accepted is sound', () => {
  const original = Buffer.from(
    description([
      'm=audio 4000 RTP/AVP 0 96 101',
      'a=rtpmap:96 opus/48000/2',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=ptime:20',
      'a=rtcp:4001',
    ]),
  );
  let accepted = 0;
  for (const bytes of mutations(original, 5000, seeded(11))) {
    try {
      const { ptimeMs, payloadType, remotePort, telephoneEventType } = chosen(bytes.toString());
      accepted++;
      assert.ok(ptimeMs >= 10 && ptimeMs <= 60 && ptimeMs % 10 === 0, `ptime ${ptimeMs}`);
      assert.ok(payloadType >= 0 && payloadType < 128 && remotePort > 0 && remotePort < 65536);
      assert.ok(telephoneEventType >= -1 && telephoneEventType < 128);
    } catch (thrown) {
      if (!(thrown instanceof OavcError && thrown.code === 'SDP_UNACCEPTABLE')) throw thrown;
    }
  }
  assert.ok(accepted > 500, `${accepted} were accepted`);
});
