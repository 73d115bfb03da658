/** `oavc demo`: fetches its models, starts a server, calls it, and shows what was said and how long it took. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '../config/schema.js';
import type { Demo } from '../demo/demo.js';
import { type Script, scripts } from '../demo/script.js';
import { fault } from '../errors.js';
import { configFor } from './config-options.js';

interface DemoFlags {
  language: string;
  stay?: boolean;
  report?: string;
  record: string;
}

const show = (line: string): void => void process.stdout.write(`${line}\n`);

export const demoCommand = (): Command =>
  new Command('demo')
    .description('have a real call with the server here: heard, understood, answered, measured, recorded')
    .addOption(new Option('--language <code>', 'language of the call').choices(Object.keys(scripts)).default('en'))
    .option('--stay', 'leave the server running afterwards')
    .option('--report <file>', 'write what was asked, heard, said and measured as JSON')
    .option('--record <file>', 'stereo WAV, left the caller, right the bot', 'recordings/demo.wav')
    .action(async (flags: DemoFlags, command: Command) => {
      const script = scripts[flags.language];
      if (!script) throw fault('NOT_SUPPORTED', `a demo in ${flags.language}`, 'nobody wrote its questions');
      const config = demoConfig(configFor(command).config, script);
      await fetchModels(config, script);
      const { runDemo } = await import('../demo/demo.js');
      const demo = await runDemo({ script, config, recording: resolve(flags.record), show });
      try {
        await conclude(demo, script, flags);
      } finally {
        if (flags.stay) await stay(demo);
        await demo.server.stop();
      }
    });

/** The configuration of the operator with the engines of the script. */
const demoConfig = (config: Config, { stt, llm }: Script): Config => ({
  ...config,
  sip: { ...config.sip, ip: '127.0.0.1' },
  rtp: { ...config.rtp, bind_ip: '127.0.0.1', ip: '127.0.0.1' },
  stt: { ...config.stt, ...stt },
  llm: { ...config.llm, ...llm },
});

async function fetchModels(config: Config, { language }: Script): Promise<void> {
  const { modelsDir, locateIn } = await import('../models/store.js');
  const { wantedModels } = await import('../models/resolve.js');
  const { modelNamed } = await import('../models/catalog.js');
  const dir = modelsDir(config);
  const missing = wantedModels(config, [language]).filter((name) => locateIn(dir, name) === undefined);
  if (missing.length === 0) return;
  const bytes = missing.reduce((sum, name) => sum + modelNamed(name).downloadBytes, 0);
  show(`fetching ${missing.join(', ')} once, about ${Math.round(bytes / 1e6)} MB, into ${dir}`);
  const { fetchAll } = await import('./models.js');
  await fetchAll(dir, missing);
}

async function conclude(demo: Demo, script: Script, { report: file }: DemoFlags): Promise<void> {
  const { shortcomings } = await import('../demo/report.js');
  const { conclusion } = await import('../demo/conclusion.js');
  show(conclusion(demo));
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(demo.report, null, 2)}\n`);
  const found = shortcomings(demo.report.turns, script.questions);
  for (const each of found) show(`NOT GOOD: ${each}`);
  if (found.length > 0) process.exitCode = 1;
}

async function stay({ server }: Demo): Promise<void> {
  show('the server stays; end it with Ctrl-C');
  const asked = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  await Promise.race([asked, server.exited]);
}
