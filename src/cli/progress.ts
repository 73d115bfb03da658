/** A progress bar a model on a terminal; elsewhere a line each ten percent, so that a log stays readable. */
import { Presets, SingleBar } from 'cli-progress';

export interface DownloadProgress {
  show(name: string, bytes: number, totalBytes: number): void;
  close(): void;
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

/** Writes to stderr. */
export const openProgress = (): DownloadProgress => (process.stderr.isTTY ? bars() : lines());

function bars(): DownloadProgress {
  const format = '{name} {bar} {percentage} % | {value} of {total} MB';
  let current: { name: string; bar: SingleBar } | undefined;
  const begin = (name: string, totalBytes: number): SingleBar => {
    current?.bar.stop();
    const bar = new SingleBar({ format, stream: process.stderr }, Presets.shades_classic);
    bar.start(megabytes(totalBytes), 0, { name });
    current = { name, bar };
    return bar;
  };
  return {
    show(name, bytes, totalBytes) {
      const bar = current?.name === name ? current.bar : begin(name, totalBytes);
      bar.setTotal(megabytes(totalBytes));
      bar.update(megabytes(bytes));
    },
    close: () => current?.bar.stop(),
  };
}

function lines(): DownloadProgress {
  const told = new Map<string, number>();
  return {
    show(name, bytes, totalBytes) {
      const tenth = totalBytes === 0 ? 10 : Math.floor((bytes * 10) / totalBytes);
      if ((told.get(name) ?? -1) >= tenth) return;
      told.set(name, tenth);
      process.stderr.write(`${name}: ${tenth * 10} % of ${megabytes(totalBytes)} MB\n`);
    },
    close: () => told.clear(),
  };
}
