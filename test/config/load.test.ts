import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ConfigError, type LoadedConfig, loadConfig } from '../../src/config/load.js';

const folder = mkdtempSync(join(tmpdir(), 'oavc-config-'));
after(() => rmSync(folder, { recursive: true }));

interface Case {
  ini?: string;
  env?: Record<string, string>;
  set?: Record<string, string>;
}

function load({ ini, env = {}, set = {} }: Case): LoadedConfig {
  const file = ini === undefined ? undefined : join(folder, 'oavc.ini');
  if (file !== undefined) writeFileSync(file, ini ?? '');
  const commandLine = Object.entries(set).map(([key, text]) => ({ key, text, origin: `command line --set ${key}` }));
  return loadConfig({ file, env, commandLine });
}

/** The messages of all that is wrong, with the folder of this run cut out. */
function faultsOf(given: Case): string[] {
  try {
    load(given);
  } catch (thrown) {
    assert.ok(thrown instanceof ConfigError);
    return thrown.faults.map(({ message }) => message.replaceAll(`${folder}/`, ''));
  }
  return [];
}

describe('precedence', () => {
  const rows: [string, Case, number, string][] = [
    ['default', {}, 8080, 'default'],
    ['environment over default', { env: { MI_PORT: '1' } }, 1, 'environment MI_PORT'],
    ['file over environment', { env: { MI_PORT: '1' }, ini: '[opensips]\nport=2' }, 2, 'oavc.ini:2'],
    [
      'command line over all',
      { env: { MI_PORT: '1' }, ini: '[opensips]\nport=2', set: { 'opensips.port': '3' } },
      3,
      'command line --set opensips.port',
    ],
    ['an empty variable is not given', { env: { MI_PORT: '' } }, 8080, 'default'],
  ];
  for (const [name, given, port, origin] of rows)
    test(name, () => {
      const loaded = load(given);
      assert.equal(loaded.config.opensips.port, port);
      assert.equal(loaded.origins.get('opensips.port')?.replace(`${folder}/`, '') ?? 'default', origin);
    });
});

describe('values', () => {
  const rows: [string, string, (loaded: LoadedConfig) => unknown, unknown][] = [
    ['whole number', '[sip]\nport = 5070', ({ config }) => config.sip.port, 5070],
    ['number', '[llm]\ntemperature = 0.75', ({ config }) => config.llm.temperature, 0.75],
    ['boolean yes', '[rtvi]\nenabled = yes', ({ config }) => config.rtvi.enabled, true],
    ['boolean 0', '[sip]\nenabled = 0', ({ config }) => config.sip.enabled, false],
    ['choice', '[stt]\nengine = moonshine', ({ config }) => config.stt.engine, 'moonshine'],
    [
      'quoted text keeps its semicolon',
      '[agent a]\nprompt = "One; two"',
      ({ config }) => config.agent.a?.prompt,
      'One; two',
    ],
    ['text keeps what looks like a number', '[stt]\nmodel = 12', ({ config }) => config.stt.model, '12'],
    [
      'an agent with a dot in its name',
      '[agent a.b]\ngreeting = Hi',
      ({ config }) => config.agent['a.b']?.greeting,
      'Hi',
    ],
    ['a comment behind a value', '[sip]\nport = 5070 ; ours', ({ config }) => config.sip.port, 5070],
  ];
  for (const [name, ini, pick, expected] of rows) test(name, () => assert.equal(pick(load({ ini })), expected));

  test('without agents there is one that answers everybody', () => {
    const { config } = load({});
    assert.deepEqual(Object.keys(config.agent), ['default']);
    assert.equal(config.agent.default?.match, '*');
  });
  test('agents keep the order of the file, since the first match answers', () => {
    const { config } = load({ ini: '[agent z]\nmatch = 1*\n[agent a]\nmatch = *' });
    assert.deepEqual(Object.keys(config.agent), ['z', 'a']);
  });
  test('nobody can change it', () => {
    const { config } = load({});
    assert.throws(() => Object.assign(config.sip, { port: 1 }), TypeError);
    assert.throws(() => Object.assign(config.agent, { more: {} }), TypeError);
  });
});

describe('OpenSIPS is on as soon as it is addressed', () => {
  const rows: [string, Case, boolean][] = [
    ['not by itself', {}, false],
    ['by the file', { ini: '[opensips]\nip = 10.0.0.1' }, true],
    ['by the environment', { env: { MI_PORT: '8080' } }, true],
    ['unless switched off', { env: { MI_PORT: '8080' }, ini: '[opensips]\nenabled = no' }, false],
  ];
  for (const [name, given, enabled] of rows)
    test(name, () => assert.equal(load(given).config.opensips.enabled, enabled));
});

describe('faults', () => {
  const rows: [string, Case, string[]][] = [
    ['nothing wrong', { ini: '[sip]\nport = 5070' }, []],
    [
      'unknown key',
      { ini: '[sip]\nprot = 1' },
      ['unknown option sip.prot (oavc.ini:2); the nearest known one is sip.port'],
    ],
    [
      'unknown section',
      { ini: '[spi]\nport = 1' },
      ['unknown option spi.port (oavc.ini:2); the nearest known one is sip.port'],
    ],
    [
      'a line without =',
      { ini: '[sip]\nport 5070\n[sip' },
      [
        'option sip.port 5070 expected name = value, or [section], got a line without = (from oavc.ini:2)',
        'option sip.[sip expected name = value, or [section], got a line without = (from oavc.ini:3)',
      ],
    ],
    [
      'empty unknown section',
      { ini: '[modles]' },
      ['unknown option modles (oavc.ini:1); the nearest known one is models'],
    ],
    ['empty known section', { ini: '[models]\n; dir = x\n[agent a]' }, []],
    [
      'key outside of any section',
      { ini: 'bind_ip = 1' },
      ['unknown option bind_ip (oavc.ini:1); the nearest known one is rtp.bind_ip'],
    ],
    [
      'unknown key of an agent',
      { ini: '[agent a]\nprompts = x' },
      ['unknown option agent.a.prompts (oavc.ini:2); the nearest known one is agent.a.prompt'],
    ],
    [
      'unknown key of the command line',
      { set: { 'rtvi.prot': '1' } },
      ['unknown option rtvi.prot (command line --set rtvi.prot); the nearest known one is rtvi.port'],
    ],
    [
      'text for a number',
      { env: { MI_PORT: 'many' } },
      ['option opensips.port expected a whole number from 0 to 65535, got "many" (from environment MI_PORT)'],
    ],
    [
      'fraction for a whole number',
      { set: { 'sip.port': '1.5' } },
      ['option sip.port expected a whole number from 0 to 65535, got "1.5" (from command line --set sip.port)'],
    ],
    [
      'number out of range',
      { ini: '[tts]\nspeed = 3' },
      ['option tts.speed expected a number from 0.5 to 2, got "3" (from oavc.ini:2)'],
    ],
    [
      'nothing for a number',
      { ini: '[sip]\nport =' },
      ['option sip.port expected a whole number from 0 to 65535, got "" (from oavc.ini:2)'],
    ],
    [
      'no boolean',
      { ini: '[rtvi]\nenabled = perhaps' },
      ['option rtvi.enabled expected true or false, got "perhaps" (from oavc.ini:2)'],
    ],
    [
      'no choice',
      { ini: '[stt]\nengine = whisper' },
      [
        'option stt.engine expected one of vosk, moonshine, vosk-server, openai, scripted, got "whisper" (from oavc.ini:2)',
      ],
    ],
    [
      'a list',
      { ini: '[sip]\nport[] = 1\nport[] = 2' },
      ['option sip.port expected a whole number from 0 to 65535, got "1, 2" (from oavc.ini)'],
    ],
    [
      'wrong in the file although the command line overrides it',
      { ini: '[sip]\nport = x', set: { 'sip.port': '1' } },
      ['option sip.port expected a whole number from 0 to 65535, got "x" (from oavc.ini:2)'],
    ],
    [
      'ports the wrong way round',
      { ini: '[rtp]\nmin_port = 4000\nmax_port = 3000' },
      [
        'option rtp.max_port expected room for an even port and the odd one after it above rtp.min_port 4000, got 3000 (from oavc.ini:3)',
      ],
    ],
    [
      'an odd port and the next even one are no pair',
      { ini: '[rtp]\nmin_port = 4001\nmax_port = 4002' },
      [
        'option rtp.max_port expected room for an even port and the odd one after it above rtp.min_port 4001, got 4002 (from oavc.ini:3)',
      ],
    ],
    ['exactly one pair', { ini: '[rtp]\nmin_port = 4001\nmax_port = 4003' }, []],
    [
      'unknown codec',
      { ini: '[rtp]\ncodecs = PCMU G729' },
      ['option rtp.codecs expected one or more of PCMU, PCMA, opus, L16, got "PCMU G729" (from oavc.ini:2)'],
    ],
    [
      'open RTVI without a token',
      { ini: '[rtvi]\nenabled = true\nip = 0.0.0.0' },
      [
        'option rtvi.token expected a token, since rtvi.ip 0.0.0.0 can be reached from outside, got none (from default)',
      ],
    ],
    [
      'a name where an address belongs',
      { ini: '[sip]\nallow = 10.0.0.0/33 pbx' },
      [
        'option sip.allow expected addresses or networks as 192.0.2.7 or 10.0.0.0/8, separated by blanks, got "10.0.0.0/33 pbx" (from oavc.ini:2)',
      ],
    ],
    ['open SIP with addresses', { ini: '[sip]\nip = 192.0.2.1\nallow = 10.0.0.0/8 2001:db8::1' }, []],
    ['open SIP with users', { ini: '[sip]\nip = 192.0.2.1', env: { SIP_USERS: 'alice:a:b bob:c' } }, []],
    [
      'a trunk that is no host',
      { ini: '[trunk]\nhost = sip:x\nregister = no' },
      ['option trunk.host expected HOST, HOST:PORT, or in quotes "HOST;transport=tcp", got "sip:x" (from oavc.ini:2)'],
    ],
    ['a trunk over TCP', { ini: '[trunk]\nhost = "192.0.2.1:5080;transport=tcp"\nregister = no' }, []],
    ['open RTVI with a token', { ini: '[rtvi]\nenabled = true\nip = 0.0.0.0', env: { RTVI_TOKEN: 'x' } }, []],
  ];
  for (const [name, given, expected] of rows) test(name, () => assert.deepEqual(faultsOf(given), expected));

  test('all of them at once, an unreadable file among them', () => {
    const file = join(folder, 'absent.ini');
    const commandLine = [{ key: 'sip.port', text: 'x', origin: 'command line --sip-port' }];
    assert.throws(
      () => loadConfig({ file, env: { MI_PORT: '-1' }, commandLine }),
      (thrown) =>
        thrown instanceof ConfigError &&
        assert.deepEqual(
          thrown.faults.map(({ code }) => code),
          ['CONFIG_UNREADABLE', 'CONFIG_INVALID', 'CONFIG_INVALID'],
        ) === undefined,
    );
  });
  test('a folder or a file that is no text cannot be read', () => {
    writeFileSync(join(folder, 'binary.ini'), Buffer.from([0xff, 0xfe, 0x00]));
    for (const file of [folder, join(folder, 'binary.ini')])
      assert.throws(() => loadConfig({ file, env: {}, commandLine: [] }), /cannot be read/);
  });
  test('CONFIG_FILE names the file where the command line does not', () => {
    writeFileSync(join(folder, 'by-env.ini'), '[sip]\nport = 5099');
    const loaded = loadConfig({ file: undefined, env: { CONFIG_FILE: join(folder, 'by-env.ini') }, commandLine: [] });
    assert.equal(loaded.config.sip.port, 5099);
  });
});

describe('what may stand in [sip], [trunk], [opensips] and [engine]', () => {
  const host = 'an address or a host name, without a port';
  const user = 'NAME:PASSWORD, several separated by blanks';
  const rows: [key: string, value: string, expected: string, got?: string][] = [
    ['sip.enabled', 'maybe', 'true or false'],
    ['sip.ip', '127.0.0.1:5060', host],
    ['sip.port', '65536', 'a whole number from 0 to 65535'],
    ['sip.tcp', 'both', 'true or false'],
    ['sip.advertise', 'sip:pbx', host],
    ['sip.users', 'alice', user, 'a secret'],
    ['sip.users', ':password', user, 'a secret'],
    ['sip.users', 'alice:', user, 'a secret'],
    ['sip.users', 'al"ice:password', user, 'a secret'],
    ['sip.digests', 'SHA-1', 'one of MD5 SHA-256, SHA-256 MD5, SHA-256, MD5'],
    ['sip.realm', 'a"b', 'a name without quotes and backslashes'],
    ['sip.realm', '', 'a name without quotes and backslashes'],
    ['sip.session_expires_s', '86401', 'a whole number from 0 to 86400'],
    ['sip.min_se_s', '60', 'a whole number from 90 to 86400'],
    ['sip.refer', 'bridge', 'one of refuse, call'],
    ['sip.rate', '-1', 'a whole number from 0 to 100000'],
    ['trunk.host', '192.0.2.1;transport=tls', 'HOST, HOST:PORT, or in quotes "HOST;transport=tcp"'],
    ['trunk.register', 'later', 'true or false'],
    ['trunk.expires_s', '10', 'a whole number from 60 to 86400'],
    ['opensips.enabled', '2', 'true or false'],
    ['opensips.ip', '127.0.0.1:8080', host],
    ['opensips.port', 'mi', 'a whole number from 0 to 65535'],
    ['opensips.timeout_ms', '0', 'a whole number from 100 to 60000'],
    ['opensips.expire_s', '5', 'a whole number from 30 to 86400'],
    ['opensips.connector', 'a;b', 'a name without blanks, quotes, ; and ='],
    ['engine.event_ip', '::1', 'an IPv4 address or a host name: OpenSIPS sends events to no other'],
    ['engine.event_port', '-1', 'a whole number from 0 to 65535'],
  ];
  for (const [key, value, expected, got = JSON.stringify(value)] of rows)
    test(`${key}: ${JSON.stringify(value)}`, () => {
      const set = { 'trunk.user': 'a', [key]: value };
      assert.deepEqual(faultsOf({ set }), [
        `option ${key} expected ${expected}, got ${got} (from command line --set ${key})`,
      ]);
    });

  test('a trunk needs an account, unless it knows us', () => {
    const account = 'option trunk.user expected the account to register with, since trunk.register is on';
    assert.deepEqual(faultsOf({ ini: '[trunk]\nhost = a.example' }), [`${account}, got "" (from default)`]);
    assert.deepEqual(faultsOf({ ini: '[trunk]\nhost = a.example\nregister = no' }), []);
  });
});
