// Source lists for binding.gyp: `node native/sources.mjs opus | core | addon` prints one file a line.
// CMakeLists.txt finds the same files with its own globs.
import { readdirSync, readFileSync } from 'node:fs';

const opusRoot = 'node_modules/@discordjs/opus/deps/opus';
const coreFolders = ['audio', 'rtp', 'jitter', 'ring', 'record', 'engine'];

const cppFiles = (folder) =>
  readdirSync(`native/${folder}`)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => `native/${folder}/${name}`);

/** The files that a variable of an automake source list names. */
function opusFiles(list, variable) {
  const text = readFileSync(`${opusRoot}/${list}`, 'utf8').replaceAll('\\\n', ' ');
  const line = text.split('\n').find((candidate) => candidate.split('=')[0].trim() === variable);
  return (line.match(/\S+\.c\b/g) ?? []).map((name) => `${opusRoot}/${name}`);
}

const lists = {
  opus: () => [
    ...opusFiles('opus_sources.mk', 'OPUS_SOURCES'),
    ...opusFiles('opus_sources.mk', 'OPUS_SOURCES_FLOAT'),
    ...opusFiles('celt_sources.mk', 'CELT_SOURCES'),
    ...opusFiles('silk_sources.mk', 'SILK_SOURCES'),
    ...opusFiles('silk_sources.mk', 'SILK_SOURCES_FLOAT'),
  ],
  core: () => coreFolders.flatMap(cppFiles),
  addon: () => cppFiles('addon'),
};

console.log(lists[process.argv[2]]().join('\n'));
