/** The boundaries of the design, as data, against the import lines of the sources. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ImportLine, includes, sourceFiles, typescriptImports } from '../support/import-lines.js';

interface Rule {
  /** Folders or files that may be imported. */
  may: readonly string[];
  /** Folders or files of which only types may be imported. */
  types?: readonly string[];
}

/** Everybody may import these. */
const everybody = ['errors', 'clock', 'log'];

const table: Readonly<Record<string, Rule>> = {
  config: { may: [] },
  media: { may: [] },
  engines: { may: [] },
  signalling: { may: [] },
  models: { may: [], types: ['config/schema', 'engines/engine', 'pipeline/workers/protocol'] },
  pipeline: {
    may: [
      'media/sample-ring',
      'media/ring-layout',
      'media/spoken-writer',
      'media/voice-activity',
      'media/voiced',
      'engines',
    ],
  },
  observer: { may: [], types: ['pipeline/events'] },
  rtvi: { may: ['pipeline/services', 'pipeline/keys'], types: ['pipeline/events', 'call/control'] },
  call: { may: ['signalling', 'media', 'pipeline'], types: ['config/schema'] },
  server: {
    may: ['rtvi', 'observer/export'],
    types: ['call/control', 'config/schema', 'observer/observer', 'observer/tap'],
  },
  caller: { may: ['media', 'signalling', 'engines', 'models', 'call/negotiate'], types: ['config/schema'] },
  demo: { may: ['caller'], types: ['config/schema', 'observer', 'cli/event-lines'] },
};

/** Files that put the parts together may import all. */
const composition = [
  'main.ts',
  'cli.ts',
  'serve.ts',
  'worker-plan.ts',
  'sip-plan.ts',
  'readiness.ts',
  'opensips-plan.ts',
  'metrics.ts',
  'cli',
];

/** Single files that may import what their folder may not, and why. */
const exceptions: Readonly<Record<string, { to: string; why: string }>> = {
  'pipeline/workers/speech-worker.ts': { to: 'media/addon', why: 'the wake-up of its thread' },
};

/** Packages that only these folders may know. */
const packages: Readonly<Record<string, readonly string[]>> = {
  koffi: ['engines'],
  vosk: ['engines'],
  'sherpa-onnx-node': ['engines'],
  'node-llama-cpp': ['engines'],
  '@echogarden/espeak-ng-emscripten': ['engines'],
  ws: ['server', 'engines', 'caller'],
  commander: ['cli', 'cli.ts'],
  'cli-progress': ['cli'],
  'sdp-transform': ['signalling'],
};

const native: Readonly<Record<string, readonly string[]>> = {
  audio: [],
  rtp: [],
  ring: [],
  jitter: ['rtp'],
  record: ['audio'],
  engine: ['audio', 'rtp', 'ring', 'jitter', 'record'],
  addon: ['audio', 'rtp', 'ring', 'jitter', 'record', 'engine'],
};

const folderOf = (path: string): string => path.split('/')[0] ?? path;
const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
const isWithinAny = (path: string, places: readonly string[]): boolean => places.some((place) => within(path, place));

/** Why a line of TypeScript breaks the table; undefined when it does not. */
function broken({ from, to, isPackage, typesOnly }: ImportLine): string | undefined {
  const folder = folderOf(from);
  if (isPackage) {
    const owners = packages[to];
    return owners && !owners.includes(folder)
      ? `${from} imports ${to}, which is for ${owners.join(' and ')}`
      : undefined;
  }
  if (composition.includes(folder) || folderOf(to) === folder || isWithinAny(to, everybody)) return undefined;
  if (exceptions[from]?.to === to) return undefined;
  const rule = table[folder];
  if (!rule) return `${from}: the table has no row for ${folder}`;
  if (isWithinAny(to, rule.may) || (typesOnly && isWithinAny(to, rule.types ?? []))) return undefined;
  return `${from} imports ${to}${isWithinAny(to, rule.types ?? []) ? ', of which it may know only types' : ''}`;
}

function brokenInclude({ from, to, isPackage }: ImportLine): string | undefined {
  const folder = folderOf(from);
  if (isPackage) return to === 'napi.h' && folder !== 'addon' ? `${from} includes napi.h` : undefined;
  if (!to.includes('/') || folderOf(to) === folder) return undefined;
  return native[folder]?.includes(folderOf(to)) ? undefined : `${from} includes ${to}`;
}

const line = (from: string, text: string) => typescriptImports({ path: from, text });

describe('the reader of import lines', () => {
  const rows: [string, ImportLine[], Pick<ImportLine, 'to' | 'typesOnly'>[]][] = [
    [
      'a value',
      line('rtvi/hub.ts', "import { a } from '../call/control.js';"),
      [{ to: 'call/control', typesOnly: false }],
    ],
    [
      'types',
      line('rtvi/hub.ts', "import type { A } from '../call/control.js';"),
      [{ to: 'call/control', typesOnly: true }],
    ],
    ['inline types', line('a/b.ts', "import { type A, type B } from './c.js';"), [{ to: 'a/c', typesOnly: true }]],
    ['a type among values', line('a/b.ts', "import { type A, b } from './c.js';"), [{ to: 'a/c', typesOnly: false }]],
    ['many lines', line('a/b.ts', "import {\n  c,\n  d,\n} from '../e/f.js';"), [{ to: 'e/f', typesOnly: false }]],
    ['for its effect', line('a/b.ts', "import '../e/f.js';"), [{ to: 'e/f', typesOnly: false }]],
    ['passed on', line('a/b.ts', "export * from '../e/f.js';"), [{ to: 'e/f', typesOnly: false }]],
    ['while running', line('a/b.ts', "  const x = await import('../e/f.js');"), [{ to: 'e/f', typesOnly: false }]],
    ['a package', line('a/b.ts', "import x from 'ws';"), [{ to: 'ws', typesOnly: false }]],
  ];
  for (const [name, found, expected] of rows)
    test(name, () =>
      assert.deepEqual(
        found.map(({ to, typesOnly }) => ({ to, typesOnly })),
        expected,
      ),
    );

  test('what breaks the table is found', () => {
    const wrong = [
      line('engines/stt/x.ts', "import { a } from '../../media/addon.js';"),
      line('rtvi/x.ts', "import { a } from '../call/control.js';"),
      line('pipeline/x.ts', "import { a } from '../media/addon.js';"),
      line('observer/x.ts', "import { a } from 'ws';"),
      line('strange/x.ts', "import { a } from '../media/addon.js';"),
    ].flat();
    assert.equal(wrong.map(broken).filter(Boolean).length, wrong.length);
    const includesNapi = includes({ path: 'rtp/packet.h', text: '#include <napi.h>\n#include "engine/session.h"' });
    assert.equal(includesNapi.map(brokenInclude).filter(Boolean).length, 2);
  });
});

test('TypeScript keeps to the boundaries', () => {
  const files = sourceFiles('src', ['.ts']).filter(({ path }) => !path.endsWith('.d.ts'));
  assert.ok(files.length > 50, 'the sources are read');
  assert.deepEqual(files.flatMap(typescriptImports).map(broken).filter(Boolean), []);
});

test('an engine knows no engine of another kind', () => {
  const kinds = ['stt', 'llm', 'tts'];
  const lines = sourceFiles('src/engines', ['.ts']).flatMap(typescriptImports);
  const crossing = lines.filter(({ from, to, isPackage }) => {
    const own = folderOf(from);
    return !isPackage && kinds.includes(own) && kinds.includes(folderOf(to)) && folderOf(to) !== own;
  });
  assert.deepEqual(crossing, []);
});

test('C++ keeps to the boundaries', () => {
  const files = sourceFiles('native', ['.h', '.cpp']);
  assert.ok(files.length > 10, 'the sources are read');
  assert.deepEqual(files.flatMap(includes).map(brokenInclude).filter(Boolean), []);
});

test('no clock below native/engine', () => {
  const below = sourceFiles('native', ['.h', '.cpp']).filter(({ path }) => !/^(engine|addon)\//.test(path));
  const clocks = below.filter(({ text }) => /clock_gettime|steady_clock|system_clock|gettimeofday/.test(text));
  assert.deepEqual(
    clocks.map(({ path }) => path),
    [],
  );
});

test('no file is a drawer, and none is too long to read', () => {
  const files = [...sourceFiles('src', ['.ts']), ...sourceFiles('native', ['.h', '.cpp'])];
  const drawers = files.filter(({ path }) => /(^|[/_-])(utils?|helpers?|common|manager|misc)([./_-]|$)/.test(path));
  assert.deepEqual(
    drawers.map(({ path }) => path),
    [],
  );
  const long = files.filter(({ text }) => text.split('\n').length > 301);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});
