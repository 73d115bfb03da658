/** Takes files and folders out of zip archives (wheels are zips). Names that would leave the folder are refused by yauzl. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** Writes the member `member` to `target`, behind what is there when `append`. Throws when it is not in the archive. */
export async function extractFile(archive: string, member: string, target: string, append: boolean): Promise<void> {
  const found = await extractMatching(archive, (name) =>
    name === member ? { path: target, flags: append ? 'a' : 'w' } : undefined,
  );
  if (found === 0) throw new Error(`${member} is not in the archive`);
}

/** Writes all below the folder `member` (ending with a slash) into `target`. Throws when there is nothing. */
export async function extractFolder(archive: string, member: string, target: string): Promise<void> {
  const found = await extractMatching(archive, (name) =>
    name.startsWith(member) ? { path: join(target, name.slice(member.length)), flags: 'w' } : undefined,
  );
  if (found === 0) throw new Error(`${member} is not in the archive`);
}

type Place = { path: string; flags: string } | undefined;

/** Entries come one at a time (`lazyEntries`), so memory stays flat however large the archive is. */
async function extractMatching(archive: string, placeOf: (name: string) => Place): Promise<number> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  let written = 0;
  try {
    for await (const entry of entriesOf(zip)) {
      const place = entry.fileName.endsWith('/') ? undefined : placeOf(entry.fileName);
      if (place === undefined) continue;
      await mkdir(dirname(place.path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(place.path, { flags: place.flags }));
      written++;
    }
  } finally {
    zip.close();
  }
  return written;
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === undefined) return;
    yield entry;
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      zip.removeAllListeners();
      act();
    };
    zip.once('entry', (entry: Entry) => settle(() => resolve(entry)));
    zip.once('end', () => settle(() => resolve(undefined)));
    zip.once('error', (error: Error) => settle(() => reject(error)));
    zip.readEntry();
  });
}
