/** The arithmetic against the examples of the RFCs, both sides against each other, and nonces in virtual time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Authentication } from '../../../src/signalling/sip/authentication.js';
import {
  algorithms,
  answerTo,
  challenges,
  digestOf,
  readDigest,
  sameText,
} from '../../../src/signalling/sip/digest.js';
import type { SipRequest } from '../../../src/signalling/sip/message.js';
import { Nonces, nonceLifetimeMs } from '../../../src/signalling/sip/nonces.js';

describe('digests of RFC 7616, 3.9.1', () => {
  const input = {
    user: 'Mufasa',
    realm: 'http-auth@example.org',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    protection: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
  };
  test('MD5', () => assert.equal(digestOf({ ...input, algorithm: 'MD5' }), '8ca523f5e9506fed4657c9700eebdbec'));
  test('SHA-256', () =>
    assert.equal(
      digestOf({ ...input, algorithm: 'SHA-256' }),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ));
  test('without qop, as in RFC 2069', () => {
    const { protection: _none, ...old } = input;
    assert.notEqual(digestOf({ ...old, algorithm: 'MD5' }), digestOf({ ...input, algorithm: 'MD5' }));
  });
});

describe('header fields', () => {
  test('are read', () => {
    const params = readDigest(
      'digest Realm="a \\"b\\"", nonce = "x,y" ,algorithm=SHA-256,qop="auth,auth-int", stale=true',
    );
    assert.deepEqual(
      [...(params ?? [])],
      [
        ['realm', 'a "b"'],
        ['nonce', 'x,y'],
        ['algorithm', 'SHA-256'],
        ['qop', 'auth,auth-int'],
        ['stale', 'true'],
      ],
    );
    assert.equal(readDigest('Basic abc'), undefined);
    assert.equal(readDigest(''), undefined);
  });
  test('the same text takes no look at where it differs', () => {
    assert.ok(sameText('a', 'a'));
    assert.ok(!sameText('a', 'ab'));
    assert.ok(!sameText('', 'a'));
  });
});

describe('our answer to a challenge', () => {
  const credentials = { user: 'bot', password: 'secret' };
  const asked = { method: 'INVITE', uri: 'sip:a@b', cnonce: 'c' };
  const rows: [name: string, challenge: string[], expected: RegExp | undefined][] = [
    ['the first that we can', challenges(algorithms, 'r', 'n', false), /algorithm=SHA-256.*qop=auth, nc=00000001/],
    [
      'not one that we cannot',
      ['Digest realm="r", nonce="n", algorithm=X, qop="auth"', ...challenges(algorithms, 'r', 'n', false)],
      /SHA-256/,
    ],
    [
      'without an algorithm it is MD5 and not named',
      ['Digest realm="r", nonce="n", qop="auth"'],
      /^(?!.*algorithm).*qop=auth/,
    ],
    ['without qop', ['Digest realm="r", nonce="n"'], /^(?!.*(qop|nc=))/],
    ['opaque goes back', ['Digest realm="r", nonce="n", opaque="o"'], /opaque="o"/],
    ['only auth-int', ['Digest realm="r", nonce="n", qop="auth-int"'], undefined],
    ['another scheme', ['Basic realm="r"'], undefined],
    ['none', [], undefined],
  ];
  for (const [name, challenge, expected] of rows)
    test(name, () => {
      const answer = answerTo(challenge, credentials, asked);
      if (expected) assert.match(answer ?? '', expected);
      else assert.equal(answer, undefined);
    });
});

describe('nonces', () => {
  test('are good for so long, and nobody else can make one', () => {
    const nonces = new Nonces();
    const nonce = nonces.make(1000);
    assert.equal(nonces.check(nonce, 1000 + nonceLifetimeMs), 'good');
    assert.equal(nonces.check(nonce, 1001 + nonceLifetimeMs), 'stale');
    for (const forged of ['', '.', 'x', `${nonce}x`, nonce.replace(/^./, 'z'), new Nonces().make(1000)])
      assert.equal(nonces.check(forged, 1000), 'forged', forged);
  });

  test('counts only rise', () => {
    const nonces = new Nonces();
    const nonce = nonces.make(0);
    const uses = ['00000001', '00000001', '00000003', '00000002', '0000000a', 'x', '', '000000000b'];
    assert.deepEqual(
      uses.map((nc) => nonces.use(nonce, nc, 0)),
      [true, false, true, false, true, false, false, false],
    );
  });

  test('what is forgotten for want of room cannot be replayed', () => {
    const nonces = new Nonces();
    const first = nonces.make(1);
    assert.ok(nonces.use(first, '00000001', 1));
    for (let n = 0; n < 10_000; n++) nonces.use(nonces.make(2), '00000001', 2);
    assert.equal(nonces.check(first, 3), 'stale');
    assert.equal(nonces.check(nonces.make(3), 3), 'good');
  });
});

describe('who asks', () => {
  const authentication = new Authentication('oavc', new Map([['alice', 'wonder:land']]), algorithms);
  const right = { user: 'alice', password: 'wonder:land' };
  const challenge = (nowMs: number) => authentication.challenge(false, nowMs).map(([, value]) => value);
  const request = (authorization: string[], method = 'INVITE'): SipRequest => ({
    kind: 'request',
    method,
    uri: 'sip:bot@h',
    headers: { authorization },
    body: '',
  });
  const asked = { method: 'INVITE', uri: 'sip:bot@h', cnonce: 'c' };
  const answer = (credentials = right, nowMs = 0, which = 0) =>
    answerTo(challenge(nowMs).slice(which), credentials, asked) ?? '';

  const rows: [name: string, proof: string, value: () => string[], nowMs?: number, method?: string][] = [
    ['nobody', 'none', () => []],
    ['SHA-256', 'proven', () => [answer()]],
    ['MD5', 'proven', () => [answer(right, 0, 1)]],
    ['beside credentials for another realm', 'proven', () => ['Digest realm="other"', answer()]],
    ['a wrong password', 'wrong', () => [answer({ user: 'alice', password: 'x' })]],
    ['an unknown user', 'wrong', () => [answer({ user: 'mallory', password: '' })]],
    ['another method', 'wrong', () => [answer()], 0, 'REFER'],
    ['an old nonce', 'stale', () => [answer(right, 0)], nonceLifetimeMs + 1],
    [
      'a nonce that is not ours',
      'none',
      () => [answerTo(challenges(algorithms, 'oavc', 'x.y.z', false), right, asked) ?? ''],
    ],
    ['without qop', 'wrong', () => [answer().replace(/, qop=auth.*/, '')]],
    ['another scheme', 'none', () => ['Basic YTpi']],
  ];
  for (const [name, proof, value, nowMs = 0, method = 'INVITE'] of rows)
    test(`${name}: ${proof}`, () => assert.equal(authentication.prove(request(value(), method), nowMs), proof));

  test('an algorithm that is not offered is none', () => {
    const strong = new Authentication('oavc', new Map([['alice', 'wonder:land']]), ['SHA-256']);
    const value = strong.challenge(false, 0).map(([, header]) => header);
    assert.equal(value.length, 1);
    const weak = answerTo([value[0]?.replace('SHA-256', 'MD5') ?? ''], right, asked) ?? '';
    assert.equal(strong.prove(request([weak]), 0), 'wrong');
  });

  test('the same credentials a second time are stale', () => {
    const value = answer();
    assert.equal(authentication.prove(request([value]), 0), 'proven');
    assert.equal(authentication.prove(request([value]), 0), 'stale');
  });
});
