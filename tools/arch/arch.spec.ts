import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bannedCode, lockedAddresses, machinePlaces } from './banned-text.js';
import { boundaryRules, boundaryViolations, type BoundaryViolation } from './boundaries.js';
import { likenessOf } from './identical-files.js';
import { tablesCreated } from './migrations.js';
import { contextNames, filesIn, isTest, lineCount, pathsIn, root, type SourceFile } from './tree.js';

/** Contexts that may be larger than the others: docs/adr/0010, 0013, 0014. */
const LARGE = new Map([['juki-net', 18_200], ['numbering', 8_300], ['jpki-ca', 8_150], ['training', 11_500], ['card-issuance', 10_800]]);
/** Non-blank lines of source without specs (style, 5.2 and 5.5). */
const BUDGETS = [
  { folder: 'libs/platform/src', most: 4_430 },
  { folder: 'libs/kernel/src', most: 3_000 },
  { folder: 'libs/chip/src', most: 1_800 },
  { folder: 'libs/sealed-trail/src', most: 600 },
  ...contextNames().map((context) => ({ folder: `libs/contexts/${context}/src`, most: LARGE.get(context) ?? 6_000 })),
];
const LONGEST_FILE = 500;
const LARGEST_SHARE = 3;
/** What a domain file may take from node:crypto: functions of their input. */
const PURE_CRYPTO = new Set(['createHash', 'createHmac', 'timingSafeEqual']);

const isSource = (path: string): boolean => /\.(ts|js|mjs)$/.test(path);
const isText = (path: string): boolean => /\.(ts|js|mjs|cjs|json|md|sql|proto|html|css|ya?ml|txt|sh)$/.test(path) || /^\.(npmrc|gitignore|editorconfig)$/.test(path);

describe('boundaries', () => {
  test('nothing in the tree imports what it must not', async () => {
    expect(await boundaryViolations(root)).toEqual([]);
  }, 180_000);

  describe('of the planted estate', () => {
    let planted: readonly BoundaryViolation[];
    let rules: readonly string[];
    beforeAll(async () => {
      planted = await boundaryViolations(join(root, 'tools/arch/fixtures/estate'));
      rules = await boundaryRules();
    });

    // A planted file is named after the one rule that it breaks.
    test('every rule reports its planted violation', () => {
      const reported = new Set(planted.filter(({ rule, from }) => ruleOf(from) === rule).map(({ rule }) => rule));
      expect(rules.filter((rule) => !reported.has(rule))).toEqual([]);
      expect(rules.length).toBeGreaterThan(20);
    });

    test('no rule reports anything else', () => {
      expect(planted.filter(({ rule, from }) => ruleOf(from) !== rule)).toEqual([]);
    });
  });

  test('domain files draw nothing at random', () => {
    const domain = filesIn('libs/contexts', (path) => /\/([^/]+)\/\1\.ts$/.test(path));
    expect(domain.flatMap(({ path, text }) => impureCrypto(text).map((name) => `${path}: ${name}`))).toEqual([]);
    expect(impureCrypto("import { createHash, randomInt } from 'node:crypto';")).toEqual(['randomInt']);
  });
});

test('no source does what the linter does not see', () => {
  const clocked = (line: string): boolean => line.includes('a date without a clock');
  expect(bannedCode(filesIn('.', (path) => isSource(path) && !isTest(path)))).toEqual([]);
  expect(bannedCode(filesIn('.', (path) => isSource(path) && isTest(path))).filter((line) => !clocked(line))).toEqual([]);
  const planted = ['export enum A { B }', 'const a = new Date();', 'const a = Date();', `// oxlint-${'disable'}-next-line`, 'const a = new Date(b);'].join('\n');
  expect(bannedCode([{ path: 'libs/kernel/src/planted.ts', text: planted }])).toHaveLength(4);
  expect(bannedCode([{ path: 'libs/platform/src/planted.ts', text: planted }])).toHaveLength(2);
});

describe('sizes', () => {
  const sourceLines = (folder: string): number => filesIn(folder, (path) => isSource(path) && !isTest(path)).reduce((sum, { text }) => sum + lineCount(text), 0);

  test.each(BUDGETS)('$folder has at most $most lines', ({ folder, most }) => {
    expect(sourceLines(folder)).toBeLessThanOrEqual(most);
  });

  test(`no file has more than ${LONGEST_FILE} lines`, () => {
    const files = ['apps', 'libs', 'tools', 'bench'].flatMap((folder) => filesIn(folder, isSource));
    expect(tooLong(files)).toEqual([]);
    expect(tooLong([{ path: 'planted.ts', text: 'a\n\n'.repeat(LONGEST_FILE + 1) }])).toEqual(['planted.ts']);
  });
});

describe('contexts', () => {
  test(`at most ${LARGEST_SHARE} % of their files are alike`, () => {
    const contexts = new Map(contextNames().map((name) => [name, filesIn(`libs/contexts/${name}`, (path) => /\.(ts|sql)$/.test(path))]));
    const { share, groups } = likenessOf(contexts);
    expect(share, groups.map((group) => group.join(' = ')).join('\n')).toBeLessThanOrEqual(LARGEST_SHARE);
  });

  test('a copied file is found under another name of the context', () => {
    const text = (camel: string, kebab: string, title: string): string => `export const ${camel}Rows = '${kebab}';\n`.repeat(9) + `class ${title} {}\n`;
    const { groups, share } = likenessOf(new Map([
      ['card-issuance', [{ path: 'card.ts', text: text('cardIssuance', 'card-issuance', 'CardIssuance') }, { path: 'own.ts', text: 'own\n'.repeat(10) }]],
      ['jpki-ca', [{ path: 'jpki.ts', text: text('jpkiCa', 'jpki_ca', 'JpkiCa') }, { path: 'short.ts', text: 'short\n' }]],
    ]));
    expect(groups).toEqual([['card.ts', 'jpki.ts']]);
    expect(share).toBeGreaterThan(LARGEST_SHARE);
  });
});

describe('migrations', () => {
  const migrations = [...filesIn('libs', isMigration), ...filesIn('apps', isMigration)];

  test('each creates one table at most', () => {
    expect(migrations.filter(({ text }) => tablesCreated(text).length > 1).map(({ path }) => path)).toEqual([]);
    expect(migrations.length).toBeGreaterThan(0);
  });

  test('each has its place in the order', () => {
    const places = migrations.map(({ path }) => path.replace(/^(.*\/\d{4})_.*$/, '$1'));
    expect(places.filter((place, index) => !/\/\d{4}$/.test(place) || places.indexOf(place) !== index)).toEqual([]);
  });

  test('two tables in one are found; partitions and DO blocks are not counted', () => {
    expect(tablesCreated('CREATE TABLE a (x int);\nCREATE TABLE b (x int);')).toEqual(['a', 'b']);
    expect(tablesCreated("CREATE TABLE a (x int) PARTITION BY RANGE (x);\nCREATE TABLE b PARTITION OF a DEFAULT;\nDO $$ BEGIN EXECUTE 'CREATE TABLE c PARTITION OF a'; END $$; -- CREATE TABLE d")).toEqual(['a']);
  });
});

describe('the repository is at home everywhere', () => {
  test('no file names a place of one machine', () => {
    const own = /^(\.ci\/|tools\/arch\/|package-lock\.json$)/;
    expect(machinePlaces(filesIn('.', (path) => isText(path) && !own.test(path)))).toEqual([]);
    expect(machinePlaces([{ path: 'planted', text: `cd ${'/ho'}me/someone/kiban\nsee ../${'shared'}/X.md\nGET /api/work/v1` }])).toHaveLength(2);
  });

  test('the lock file names no registry', () => {
    expect(lockedAddresses(readFileSync(join(root, 'package-lock.json'), 'utf8'))).toEqual([]);
    expect(lockedAddresses('"resolved": "https://registry.example/a.tgz"')).toHaveLength(1);
  });

  test('specs are where npm test looks for them', () => {
    const elsewhere = pathsIn('.', (path) => path.endsWith('.spec.ts') && !/^(libs|apps|tools|test)\//.test(path));
    expect(elsewhere).toEqual([]);
  });
});

function ruleOf(path: string): string {
  return basename(path).replace(/\..*$/, '');
}

function impureCrypto(text: string): string[] {
  const named = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '(?:node:)?crypto'/g)].flatMap((match) => (match[1] ?? '').split(','));
  return named.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type ') && !PURE_CRYPTO.has(name));
}

function tooLong(files: readonly SourceFile[]): string[] {
  return files.filter(({ text }) => lineCount(text) > LONGEST_FILE).map(({ path }) => path);
}

function isMigration(path: string): boolean {
  return /\/migrations\/[^/]+\.sql$/.test(path);
}

/** The rules of a resolved configuration that are errors, with the number of their options. */
