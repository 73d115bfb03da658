/** Fetches the model `test` of a catalogue given as JSON: one of several processes that want it at the same time. */
import { fetchModel } from '../../src/models/fetch.js';
import type { Model } from '../../src/models/model.js';

const [dir = '', models = '[]'] = process.argv.slice(2);
const model = await fetchModel('test', { dir, models: JSON.parse(models) as Model[] });
process.stdout.write(`${model.dir}\n`);
