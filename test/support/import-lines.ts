/** Reads what source files import, TypeScript's imports and C++'s includes, for the contract tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, seen from `dist/test/support`. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface ImportLine {
  /** File that imports, below the folder that was read: `rtvi/hub.ts`. */
  from: string;
  /** What it imports: a path of the same kind without extension (`call/control`), or a package (`ws`, `node:fs`). */
  to: string;
  isPackage: boolean;
  typesOnly: boolean;
  /** Loaded only when the line is reached. */
  dynamic: boolean;
}

export interface SourceFile {
  path: string;
  text: string;
}

/** Files below a folder of the repository whose names end so. */
export function sourceFiles(folder: string, endings: readonly string[]): SourceFile[] {
  const root = join(repository, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }));
}

const statement = /^\s*(import|export)\s+(type\s+)?([^'"`;]*?\bfrom\s+)?['"]([^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Imports, re-exports and dynamic imports of a TypeScript file. */
export function typescriptImports({ path, text }: SourceFile): ImportLine[] {
  const lines = [...text.matchAll(statement)].map(([, , type, names = '', target = '']) =>
    importLine(path, target, type !== undefined || onlyTypes(names)),
  );
  return [
    ...lines,
    ...[...text.matchAll(dynamic)].map(([, target = '']) => ({ ...importLine(path, target, false), dynamic: true })),
  ];
}

/** `{ type A, type B } from`: every name is a type. */
function onlyTypes(names: string): boolean {
  const list = /^\{([^}]*)\}/.exec(names.trim())?.[1]?.split(',');
  return list?.every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

function importLine(from: string, target: string, typesOnly: boolean): ImportLine {
  const isPackage = !target.startsWith('.');
  const to = isPackage
    ? target
    : normalize(join(dirname(from), target))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '');
  return { from, to, isPackage, typesOnly, dynamic: false };
}

/** Includes of a C++ file: quoted ones are ours (`rtp/packet.h`), the others are packages. */
export function includes({ path, text }: SourceFile): ImportLine[] {
  return [...text.matchAll(/^\s*#\s*include\s+([<"])([^>"]+)[>"]/gm)].map(([, open, to = '']) => ({
    from: path,
    to,
    isPackage: open === '<',
    typesOnly: false,
    dynamic: false,
  }));
}
