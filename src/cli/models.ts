/** `oavc models`: what can be had and what is here; fetches; checks again. */
import { Command } from 'commander';
import { catalog, modelNamed } from '../models/catalog.js';
import { fetchModel } from '../models/fetch.js';
import type { Model } from '../models/model.js';
import { locateIn, modelsDir, verify } from '../models/store.js';
import { configFor } from './config-options.js';
import { openProgress } from './progress.js';
import { table } from './table.js';

const folder = (command: Command): string => modelsDir(configFor(command).config);

export const modelsCommand = (): Command =>
  new Command('models')
    .description('list the models that can be had (the default), fetch them, check them')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(getCommand())
    .addCommand(verifyCommand());

const listCommand = (): Command =>
  new Command('list')
    .description('what can be had, how big it is, under which licence, and what is here')
    .option('--json', 'as JSON')
    .action((flags: { json?: boolean }, command: Command) => {
      const dir = folder(command);
      const here = ({ name }: Model) => locateIn(dir, name) !== undefined;
      if (flags.json) {
        const rows = catalog.map((model) => ({ ...model, here: here(model) }));
        return void process.stdout.write(`${JSON.stringify({ dir, models: rows }, null, 2)}\n`);
      }
      const header = ['name', 'for', 'language', 'download', 'here', 'checked by us', 'licence', ''];
      process.stdout.write(
        `${table([header, ...catalog.map((model) => rowOf(model, here(model)))])}\nfolder: ${dir}\n`,
      );
    });

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const rowOf = (model: Model, here: boolean): string[] => [
  model.name,
  model.role,
  model.languages.join(' '),
  megabytes(model.downloadBytes),
  here ? 'yes' : 'no',
  model.checked ? 'yes' : 'no',
  model.licence,
  model.about,
];

const getCommand = (): Command =>
  new Command('get')
    .description('fetch models, and what they need')
    .argument('<name...>', 'names as listed')
    .action(async (names: string[], _flags: object, command: Command) => {
      const dir = folder(command);
      for (const name of names) modelNamed(name);
      await fetchAll(dir, names);
      process.stdout.write(`${names.join(', ')} ready in ${dir}\n`);
    });

/** Fetches one after another with a progress bar; what is here already costs nothing. */
export async function fetchAll(dir: string, names: readonly string[]): Promise<void> {
  const progress = openProgress();
  try {
    for (const name of names)
      await fetchModel(name, {
        dir,
        onProgress: ({ model, bytes, totalBytes }) => progress.show(model, bytes, totalBytes),
      });
  } finally {
    progress.close();
  }
}

const verifyCommand = (): Command =>
  new Command('verify')
    .description('check the models that are here, or the ones named, against their checksums')
    .argument('[name...]', 'names as listed')
    .action(async (names: string[], _flags: object, command: Command) => {
      const dir = folder(command);
      const wanted = names.length > 0 ? names : catalog.map(({ name }) => name).filter((name) => locateIn(dir, name));
      for (const name of wanted) {
        await verify(dir, modelNamed(name).name);
        process.stdout.write(`${name} is whole\n`);
      }
      if (wanted.length === 0) process.stdout.write(`no model in ${dir}\n`);
    });
