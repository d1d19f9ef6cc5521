/** Holds the house rules against the code: who may import whom, no cycles, and how files are named and opened. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The table of ARCHITECTURE.md: what each folder or file may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[] | 'everything'>> = {
  'src/odata/': [],
  'src/errors.ts': [],
  'src/config.ts': ['src/errors.ts'],
  'src/model/': [],
  'src/mapping/': ['src/model/'],
  'src/connectors/connector.ts': ['src/model/'],
  'src/connectors/entra/': ['src/connectors/connector.ts', 'src/model/', 'src/odata/', 'src/errors.ts'],
  'src/connectors/identities/': ['src/connectors/connector.ts', 'src/model/', 'src/errors.ts'],
  'src/store/': ['src/errors.ts', 'src/config.ts', 'src/mapping/', 'src/model/', 'src/odata/'],
  'src/sync/': ['src/connectors/connector.ts', 'src/errors.ts', 'src/model/', 'src/store/'],
  'src/schedule/': [],
  'src/reconciliation/': [
    'src/connectors/connector.ts',
    'src/errors.ts',
    'src/mapping/',
    'src/model/',
    'src/store/',
  ],
  'src/jobs/': [
    'src/connectors/connector.ts',
    'src/errors.ts',
    'src/mapping/',
    'src/model/',
    'src/reconciliation/',
    'src/schedule/',
    'src/store/',
    'src/sync/',
  ],
  'src/identity-manager/': ['src/errors.ts', 'src/mapping/', 'src/model/', 'src/schedule/', 'src/store/'],
  'src/http/': [
    'src/errors.ts',
    'src/mapping/',
    'src/model/',
    'src/schedule/',
    'src/store/',
    'src/jobs/queue.ts',
    'src/jobs/follow-pace.ts',
  ],
  'src/secrets/': ['src/connectors/entra/', 'src/config.ts', 'src/errors.ts', 'src/model/', 'src/store/'],
  'src/settings/': ['src/connectors/entra/', 'src/config.ts', 'src/errors.ts', 'src/model/'],
  'src/cli/': 'everything',
  'console/src/': ['src/http/schemas/'],
  'simulator/': ['src/odata/'],
};

interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  /** Files of this repository, from the root. */
  readonly imports: readonly string[];
  /** Those of them that are still there once types are stripped. */
  readonly runtimeImports: readonly string[];
  /** Bare names of packages, and `node:` modules. */
  readonly packages: readonly string[];
}

const specifierPatterns = [
  /^(?:import|export)\s(?:[^;'"`]*?\s)?from\s+'([^']+)'/gm,
  /^import\s+'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*\)/g,
];

/** What a text imports or exports again, types included, in no particular order. */
function specifiersOf(text: string): string[] {
  return specifierPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

/** `import { type A }` stays, as the compiler lets it stay: it still loads the file. */
function withoutTypes(text: string): string {
  return text.replace(/^(?:import|export)\s+type\s[^;]*;/gm, '');
}

function readFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]sx?$/.test(name))
    .map((name) => readSource(join(folder, name).replaceAll(sep, '/')));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = specifiersOf(text);
  const files = (names: readonly string[]) =>
    names
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, join(root, dirname(path), name)).replaceAll(sep, '/'));
  return {
    path,
    text,
    isTest: /\.(?:test|suite)\.ts$/.test(path) || path.startsWith('test/'),
    imports: files(specifiers),
    runtimeImports: files(specifiersOf(withoutTypes(text))),
    packages: specifiers
      .filter((name) => !name.startsWith('.'))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
  };
}

const src = readFiles('src');
const simulator = readFiles('simulator');
const pages = readFiles('console/src');
const tests = readFiles('test');
const all = [...readFiles('bin'), ...src, ...simulator, ...pages, ...tests, ...readFiles('bench')];
/** What runs on the server. */
const product = [...src, ...simulator].filter(({ isTest }) => !isTest);

const isWithin = (path: string, place: string) =>
  place.endsWith('/') ? path.startsWith(place) : path === place;
const placeOf = (path: string) => Object.keys(mayImport).find((place) => isWithin(path, place));

/** `file → import` for each import that the rule does not allow. */
function offences(
  files: readonly SourceFile[],
  isAllowed: (file: SourceFile, path: string) => boolean,
): string[] {
  return files.flatMap((file) =>
    file.imports.filter((path) => !isAllowed(file, path)).map((path) => `${file.path} → ${path}`),
  );
}

describe('imports are found', () => {
  test.each<[string, string[]]>([
    ["import { a } from './a.ts';", ['./a.ts']],
    ["import {\n  a,\n  type B,\n} from './a.ts';\nimport c from 'c';", ['./a.ts', 'c']],
    ["import type { A } from '../a.ts';", ['../a.ts']],
    ["import * as a from '@scope/a/b.js';", ['@scope/a/b.js']],
    ["import 'reflect-metadata'; // first", ['reflect-metadata']],
    ["export { a } from './a.ts';\nexport * from './b.ts';", ['./a.ts', './b.ts']],
    ["const { run } = await import('node:fs');", ['node:fs']],
    ["// import { a } from './a.ts';\nconst text = ' from ';", []],
    ["export const a = 1;\nconst b = Array.from('./b.ts');", []],
  ])('in %j', (text, found) => {
    expect(specifiersOf(text)).toEqual(found);
  });

  test('apart from types', () => {
    const text =
      "import type {\n  A,\n} from './a.ts';\nimport { type B } from './b.ts';\nexport type C = string;";
    expect(specifiersOf(withoutTypes(text))).toEqual(['./b.ts']);
  });

  test('in the code', () => {
    expect(src.length).toBeGreaterThan(20);
    expect(simulator.length).toBeGreaterThan(80);
    const missing = offences(all, (_file, path) => existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});

describe('who may import whom', () => {
  test('is what ARCHITECTURE.md says', () => {
    const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const table = /^\| folder \| may import \|\n\| *-+ *\| *-+ *\|\n((?:\|.*\n)+)/m.exec(page)?.[1] ?? '';
    const rows = [...table.matchAll(/^\| `([^`]+)` \| (.+?) \|$/gm)].map(([, place = '', cell = '']) => {
      const places = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
      return [place, cell === 'everything' ? cell : cell === 'nothing' ? [] : places];
    });
    expect(Object.fromEntries(rows)).toEqual(mayImport);
  });

  test('is said of every file of src and simulator', () => {
    expect(product.filter(({ path }) => !placeOf(path)).map(({ path }) => path)).toEqual([]);
  });

  test('holds', () => {
    const broken = offences([...product, ...pages], ({ path: from }, to) => {
      const place = placeOf(from);
      const allowed = place === undefined ? [] : mayImport[place];
      return place === undefined || isWithin(to, place) || allowed === 'everything'
        ? true
        : (allowed ?? []).some((other) => isWithin(to, other));
    });
    expect(broken).toEqual([]);
  });

  test('leaves alone, without packages either, what may import nothing', () => {
    const alone = product.filter(({ path }) => mayImport[placeOf(path) ?? '']?.length === 0);
    expect(alone.length).toBeGreaterThan(5);
    // Calendars of cron expressions, and their words, are libraries' business.
    const ofSchedules = ['croner', 'cronstrue'];
    const others = ({ path, packages }: SourceFile) =>
      packages.filter((name) => !(path.startsWith('src/schedule/') && ofSchedules.includes(name)));
    expect(alone.filter((file) => others(file).length > 0).map(({ path }) => path)).toEqual([]);
  });

  test('lets nobody import the commands', () => {
    const elsewhere = [...src, ...simulator].filter(({ path }) => !path.startsWith('src/cli/'));
    expect(offences(elsewhere, (_file, path) => !path.startsWith('src/cli/'))).toEqual([]);
  });

  test('lets the console take nothing from the server but types', () => {
    const taken = pages.flatMap(({ path, runtimeImports }) =>
      runtimeImports.filter((to) => !to.startsWith('console/')).map((to) => `${path} → ${to}`),
    );
    expect(taken).toEqual([]);
    const classic = pages.filter(({ text }) => /from 'zod'/.test(text));
    expect(classic.map(({ path }) => path)).toEqual([]);
  });

  test('keeps src apart from the simulator, but for commands and tests', () => {
    const inner = src.filter(({ path, isTest }) => !isTest && !path.startsWith('src/cli/'));
    expect(offences(inner, (_file, path) => !path.startsWith('simulator/'))).toEqual([]);
  });

  test('lets no product code import a test or a tool', () => {
    expect(offences(product, (_file, path) => /^(?:src|simulator|package\.json)/.test(path))).toEqual([]);
    expect(offences(product, (_file, path) => !path.endsWith('.test.ts'))).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const strange = product.flatMap(({ path, packages }) =>
      packages
        .filter((name) => !name.startsWith('node:') && !(name in dependencies))
        .map((name) => `${path} → ${name}`),
    );
    expect(strange).toEqual([]);
  });
});

/** One cycle that a walk along imports runs into, as the files on it; undefined when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('cycles', () => {
  test('would be found', () => {
    const chain: [string, string[]][] = [
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['d']],
    ];
    expect(findCycle(new Map(chain))).toBeUndefined();
    expect(findCycle(new Map([...chain, ['d', ['b']]]))).toEqual(['b', 'c', 'd', 'b']);
  });

  test('are nowhere at run time', () => {
    expect(findCycle(new Map(all.map(({ path, runtimeImports }) => [path, runtimeImports])))).toBeUndefined();
  });
});

describe('files', () => {
  const named = (isMeant: (file: SourceFile) => boolean) => all.filter(isMeant).map(({ path }) => path);

  test('have no default exports', () => {
    const isDefault = /^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m;
    // Vitest asks for one.
    const isAsked = (path: string) => path.endsWith('/vitest.config.ts');
    expect(named(({ path, text }) => !isAsked(path) && isDefault.test(text))).toEqual([]);
  });

  test('are no barrels', () => {
    expect(named(({ path }) => /(?:^|\/)index\.\w+$/.test(path))).toEqual([]);
    expect(named(({ text }) => /^export\s[^;'"`=]*\sfrom\s+'/m.test(text))).toEqual([]);
  });

  test('are named for what they own, in kebab-case', () => {
    const banned =
      /^(?:types?|utils?|utilities|common|constants?|helpers?|misc|shared|service|manager|handler)\./;
    expect(named(({ path }) => banned.test(path.slice(path.lastIndexOf('/') + 1)))).toEqual([]);
    expect(
      named(({ path }) => !/^(?:[a-z][a-z0-9-]*\/)+[a-z0-9-]+(?:\.[a-z]+)?\.[jt]sx?$/.test(path)),
    ).toEqual([]);
  });

  test('open with a comment, unless the file that they test stands beside them', () => {
    const isOpened = (text: string) => /^(?:#!.*\n)?(?:\/\/ ?\S|\/\*\*)/.test(text);
    const hasSubject = (path: string) =>
      path.endsWith('.test.ts') && existsSync(join(root, path.replace(/\.test\.ts$/, '.ts')));
    expect(named(({ path, text }) => !isOpened(text) && !hasSubject(path))).toEqual([]);
  });

  test('leave the environment to src/config.ts', () => {
    const readers = product.filter(({ text }) => /\bprocess\s*(?:\.|\?\.|\[')\s*env\b/.test(text));
    expect(readers.map(({ path }) => path)).toEqual(['src/config.ts']);
  });

  test('of the tests read nothing outside the repository', () => {
    expect(offences(all, (_file, path) => !path.startsWith('..'))).toEqual([]);
    const leaving = tests.flatMap(({ path, text }) =>
      [...text.matchAll(/new URL\(\s*'(\.[^']*)'/g)]
        .map(([, target = '']) => relative(root, join(root, dirname(path), target)))
        .filter((target) => target.startsWith('..'))
        .map((target) => `${path} → ${target}`),
    );
    expect(leaving).toEqual([]);
    const reading =
      /\b(?:(?:read(?:File|dir|link)|cp|copyFile|stat)(?:Sync)?|openSync|createReadStream|import)\(\s*['"`]\/(?!proc\b)/;
    expect(named(({ path, text }) => path.startsWith('test/') && reading.test(text))).toEqual([]);
    // In the browser, what begins with a slash is a page.
    const opening = /\bopen\(\s*['"`]\/(?!proc\b)/;
    const isElsewhere = (path: string) => path.startsWith('test/') && !path.startsWith('test/browser/');
    expect(named(({ path, text }) => isElsewhere(path) && opening.test(text))).toEqual([]);
  });
});
