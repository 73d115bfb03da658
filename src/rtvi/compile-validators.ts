/** A step of the build: turns the schemas into `validators.cjs`, so that the running program makes no code of strings. */
import { writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { schemas } from './schemas.js';

const ajv = new Ajv({ allErrors: false, strict: true, code: { source: true } });
for (const [name, schema] of Object.entries(schemas)) ajv.addSchema({ ...schema, $id: name });
const references = Object.fromEntries(Object.keys(schemas).map((name) => [name, name]));
writeFileSync(new URL('validators.cjs', import.meta.url), standalone.default(ajv, references));
