/** How much a browser loads: the first page, each further page, and the styles, as they are sent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../fixtures/console-build.ts';

type Chunk = Readonly<{
  file: string;
  isEntry?: boolean;
  isDynamicEntry?: boolean;
  imports?: readonly string[];
  css?: readonly string[];
}>;
type Manifest = Readonly<Record<string, Chunk>>;

let directory: string;
let manifest: Manifest;

beforeAll(async () => {
  directory = await buildConsole();
  manifest = JSON.parse(readFileSync(join(directory, '.vite', 'manifest.json'), 'utf8')) as Manifest;
});

/** What a chunk needs, with itself. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name]?.imports ?? []) withImports(imported, seen);
  return seen;
}

function gzippedKb(names: Iterable<string>): number {
  const bytes = [...new Set(names)].reduce(
    (sum, name) =>
      sum + gzipSync(readFileSync(join(directory, manifest[name]?.file ?? '')), { level: 9 }).length,
    0,
  );
  return Math.round(bytes / 100) / 10;
}

const entry = 'index.html';
const pages = () => Object.keys(manifest).filter((name) => name.startsWith('src/pages/'));

test('whatever page is opened first, it is there after less than 250 kB of scripts', () => {
  const sizes = pages().map(
    (name) => [name, gzippedKb([...withImports(entry), ...withImports(name)])] as const,
  );
  expect(sizes.filter(([, size]) => size >= 250)).toEqual([]);
});

test('each page brings at most 40 kB of its own', () => {
  // What several pages share, such as tables and forms, is loaded by the first one that needs it.
  const shared = [...withImports(entry), ...sharedBy(3)];
  const sizes = pages().map((name) => [name, gzippedKb(without(withImports(name), shared))] as const);
  expect(sizes.filter(([, size]) => size > 40)).toEqual([]);
});

test('the styles are small', () => {
  const styles = manifest[entry]?.css ?? [];
  const bytes = styles.map((file) => gzipSync(readFileSync(join(directory, file)), { level: 9 }).length);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(16_000);
});

function without(names: Iterable<string>, others: readonly string[]): string[] {
  return [...names].filter((name) => !others.includes(name));
}

/** Chunks that at least so many pages need. */
function sharedBy(count: number): Set<string> {
  const uses = new Map<string, number>();
  for (const page of pages()) {
    for (const name of withImports(page)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return new Set([...uses].filter(([, used]) => used >= count).map(([name]) => name));
}
