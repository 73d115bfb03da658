import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const mainFile = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oavc-cli-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the real program with nothing of this environment but what it needs to start. */
async function oavc(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [mainFile, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (data: Buffer) => {
      output[name] += data.toString();
    });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

describe('oavc config', () => {
  test('prints what is in force and where each value came from', async () => {
    const file = join(folder, 'oavc.ini');
    writeFileSync(file, '[rtvi]\nenabled = true\nport = 9000\n');
    const { code, stdout, stderr } = await oavc(['config', '--config', file, '--rtvi-port', '9001'], {
      SIP_PORT: '5080',
    });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^enabled = true +; .*oavc\.ini:2$/m);
    assert.match(stdout, /^port = 9001 +; command line --rtvi-port$/m);
    assert.match(stdout, /^port = 5080 +; environment SIP_PORT$/m);
  });

  test('options stand before the command as well as behind it', async () => {
    for (const args of [
      ['--sip-port', '5081', 'config', '--json'],
      ['config', '--json', '--sip-port', '5081'],
    ]) {
      const { stdout } = await oavc(args);
      assert.equal(JSON.parse(stdout).sip.port.value, 5081);
    }
  });

  test('a switch and its opposite', async () => {
    const enabled = async (args: string[]) =>
      JSON.parse((await oavc(['config', '--json', ...args])).stdout).sip.enabled;
    assert.deepEqual(await enabled(['--no-sip-enabled']), { value: false, origin: 'command line --sip-enabled' });
    assert.equal((await enabled(['--sip-enabled'])).value, true);
  });

  test('all that is wrong at once, one line each, exit code 2, nothing on stdout', async () => {
    const file = join(folder, 'wrong.ini');
    writeFileSync(file, '[sip]\nprot = 5070\n[rtp]\nmin_port = 40000\nmax_port = 39000\n');
    const { code, stdout, stderr } = await oavc(['config', '--config', file, '--set', 'tts.speed=9'], { MI_PORT: 'x' });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    const codes = stderr
      .trim()
      .split('\n')
      .map((line) => line.split(':')[1]?.trim());
    assert.deepEqual(codes, ['CONFIG_INVALID', 'CONFIG_UNKNOWN_KEY', 'CONFIG_INVALID', 'CONFIG_INVALID']);
  });

  test('every command that reads a configuration refuses a wrong one with 2', async () => {
    for (const command of [['serve'], ['check'], ['models'], ['call', 'sip:x@127.0.0.1'], ['demo']]) {
      const { code, stderr } = await oavc([...command, '--config', join(folder, 'absent.ini')]);
      assert.equal(code, 2, command[0]);
      assert.match(stderr, /^oavc: CONFIG_UNREADABLE: configuration file .*absent\.ini cannot be read/);
    }
  });
});

describe('wrong use', () => {
  const rows: [string, string[], RegExp][] = [
    ['unknown option', ['config', '--sip-prot', '1'], /unknown option '--sip-prot'.*--sip-port/s],
    ['unknown command', ['sreve'], /unknown command 'sreve'.*serve/s],
    ['--set without a value', ['config', '--set', 'sip.port'], /Expected section\.key=value/],
    ['call without an address', ['call'], /missing required argument 'sip-uri'/],
    ['a demo in a language that nobody wrote', ['demo', '--language', 'xx'], /Allowed choices are en, tr/],
  ];
  for (const [name, args, message] of rows)
    test(`${name} ends with 2`, async () => {
      const { code, stderr } = await oavc(args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });

  test('help and version are no errors', async () => {
    for (const args of [['--help'], ['--version'], ['models', '--help']]) assert.equal((await oavc(args)).code, 0);
  });
});

describe('oavc models', () => {
  test('lists what can be had, and that nothing is here', async () => {
    const { code, stdout } = await oavc(['models', '--set', `models.dir=${folder}/models`]);
    assert.equal(code, 0);
    assert.match(stdout, /^en_US-joe-medium +voice +en +\d+ MB +no /m);
    assert.match(stdout, new RegExp(`folder: ${folder}/models`));
  });
  test('an unknown name is refused before anything is fetched', async () => {
    const { code, stderr } = await oavc(['models', 'get', 'nonsense', '--set', `models.dir=${folder}/models`]);
    assert.equal(code, 1);
    assert.match(stderr, /MODEL_UNKNOWN: no model named nonsense; there are .*vosk-small-tr/);
  });
});

describe('oavc check', () => {
  test('names the taken port and the missing model, says how to mend them, and ends with 1', async () => {
    const holder = createSocket('udp4').bind(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address();
    const { code, stdout } = await oavc(['check', '--sip-port', `${port}`, '--set', `models.dir=${folder}/models`]);
    holder.close();
    assert.equal(code, 1);
    assert.match(
      stdout,
      new RegExp(`WRONG SIP port 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*\\n +choose another sip\\.ip`),
    );
    assert.match(
      stdout,
      /WRONG stt vosk in en: model vosk-small-en-us is not here; run "oavc models get vosk-small-en-us"/,
    );
    assert.match(stdout, /^ok {4}Node$/m);
  });

  test('an OpenSIPS that does not answer is told', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const set = ['--set', `opensips.port=${silent.address().port}`, '--set', 'opensips.timeout_ms=100'];
    const { stdout } = await oavc([
      'check',
      '--json',
      ...set,
      '--stt',
      'scripted',
      '--llm',
      'scripted',
      '--tts',
      'scripted',
    ]);
    silent.close();
    const findings: { what: string; wrong?: string }[] = JSON.parse(stdout);
    const mi = findings.find(({ what }) => what.startsWith('OpenSIPS MI'));
    assert.equal(mi?.wrong, 'no answer within 100 ms');
  });
});
