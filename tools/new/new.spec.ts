import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = process.cwd();
const place = mkdtempSync(join(tmpdir(), 'kiban-new-'));
/** What lists every context. */
const LISTS = ['apps/all/contexts.ts', 'apps/gateway/clients.ts', 'apps/kibanctl/jobs.ts', 'test/fault/checks.ts', 'tools/walk/walk.ts'];

/** A workspace of its own: the libraries and packages are links, the contracts are copies that may be changed. */
beforeAll(() => {
  mkdirSync(join(place, 'libs/contexts'), { recursive: true });
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  cpSync(join(root, 'libs/contracts'), join(place, 'libs/contracts'), { recursive: true });
  for (const path of LISTS) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    cpSync(join(root, path), join(place, path));
  }
  for (const link of ['node_modules', ...['chip', 'kernel', 'pki', 'platform', 'print', 'testing'].map((library) => `libs/${library}`)]) symlinkSync(join(root, link), join(place, link));
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: { rootDir: '.', preserveSymlinks: true }, include: ['libs/contracts', 'libs/contexts'], exclude: [] }));
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

test('a context, a use case and events come into being', () => {
  const context = create('context', 'tsunami-watch');
  expect(context.code, context.output).toBe(0);
  const files = context.output.split('\n').filter((line) => existsSync(join(place, line)) && line !== '');
  expect(files.length).toBeLessThanOrEqual(10);
  expect(files.reduce((sum, path) => sum + textOf(path).split('\n').length, 0)).toBeLessThanOrEqual(150);

  expect(textOf('apps/all/contexts.ts')).toMatch(/tsunamiWatchModule } from '#contexts\/tsunami-watch';[\s\S]*, tsunamiWatchModule\];/);
  expect(textOf('apps/gateway/clients.ts')).toMatch(/  { id: 'svc-tsunami-watch', kind: 'service', organisation: 'tsunami-watch',.* },\n\];/);
  for (const path of LISTS.slice(2)) expect(textOf(path)).toMatch(/(CONTEXTS|AUDITED) = \[.*, 'tsunami-watch'\]/);

  const useCase = create('use-case', 'tsunami-watch', 'tide-gauge', 'read-tide-gauge');
  expect(useCase.code, useCase.output).toBe(0);
  expect(readdirSync(join(place, 'libs/contexts/tsunami-watch/src/tide-gauge')).sort()).toEqual(['read-tide-gauge.int.spec.ts', 'read-tide-gauge.ts']);
  expect(textOf('libs/contexts/tsunami-watch/src/tide-gauge/read-tide-gauge.ts')).toContain("action: 'tsunami-watch.tide-gauge.read'");

  expect(create('event', 'tsunami-watch', 'tide-gauge.read-out').code).toBe(0);
  expect(create('event', 'tsunami-watch', 'wave.seen').code).toBe(0);
  expect(textOf('libs/contracts/tsunami-watch/events.ts')).toContain('tsunamiWatchEvents = [tideGaugeReadOut, waveSeen] as const');
});

test('an event can be added to every contract there is, and all of it compiles, the new context too', () => {
  const contracts = readdirSync(join(root, 'libs/contracts'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const contract of contracts) {
    const made = create('event', contract, 'planted-thing.added');
    expect(made.code, made.output).toBe(0);
    expect(textOf(`libs/contracts/${contract}/events.ts`).match(/\bplantedThingAdded\b/g)).toHaveLength(2);
  }
  // One wrong type beside it shows that one would be seen.
  writeFileSync(join(place, 'libs/contexts/planted.ts'), "import { systemClock } from '#platform';\n\nexport const planted: string = systemClock.now();\n");
  expect(typeErrors().match(/^.*error TS.*$/gm)).toEqual([expect.stringContaining('planted.ts(3,14)')]);
});

test.each([
  { what: 'nothing', args: [], says: 'npm run new context <name>' },
  { what: 'an unknown kind', args: ['service', 'x'], says: 'npm run new context <name>' },
  { what: 'a name in capitals', args: ['context', 'Tsunami'], says: 'npm run new context <name>' },
  { what: 'a use case without noun', args: ['use-case', 'tsunami-watch', 'wave', 'see'], says: 'npm run new context <name>' },
  { what: 'a context that exists', args: ['context', 'tsunami-watch'], says: 'exists already; nothing was written' },
  { what: 'a use case of no context', args: ['use-case', 'nowhere', 'wave', 'see-wave'], says: 'does not exist' },
  { what: 'an event that exists', args: ['event', 'tsunami-watch', 'wave.seen'], says: 'has the event wave.seen already' },
])('$what is refused in a sentence', ({ args, says }) => {
  const { code, output } = create(...args);
  expect(code).toBe(1);
  expect(output).toContain(says);
});

function create(...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/new/new.mjs'), ...args], { cwd: place, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

function typeErrors(): string {
  return spawnSync(process.execPath, [join(root, 'node_modules/ts7/bin/tsc'), '-p', place], { cwd: place, encoding: 'utf8' }).stdout;
}

function textOf(path: string): string {
  return readFileSync(join(place, path), 'utf8');
}
