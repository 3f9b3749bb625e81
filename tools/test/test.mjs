// `npm test`: types and lint, then every spec on one private PostgreSQL and one private NATS server.
// `npm test -- <path>...` runs those specs only. The last line counts what passed and failed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, phase, prepareBuild, prepareInstall, root, run } from '../start/prepare.mjs';

const base = join(root, '.kiban-test');
const folder = join(base, `${process.pid}-run`);
const report = join(folder, 'vitest.json');

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = [];
let servers;
let specs;
let interrupted;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = signal;
    if (specs?.pid !== undefined && specs.exitCode === null) process.kill(-specs.pid, 'SIGTERM');
  });
}

try {
  process.chdir(root);
  await prepareInstall();
  const paths = process.argv.slice(2);
  if (paths.length === 0) await checkSources();
  await prepareBuild();
  if (interrupted === undefined) await runSpecs(paths);
} catch (error) {
  await cleanUp();
  giveUp(error);
}
await cleanUp();
summarise();

/** Types and lint are one pass: the linter asks the compiler, and reports what it says. */
async function checkSources() {
  let output = '';
  try {
    await phase('types and lint', async () => {
      const result = await run(process.execPath, [join('node_modules', 'oxlint', 'bin', 'oxlint')]);
      output = result.output;
      if (result.code !== 0) throw new Error('lint');
    });
    totals.passed += 1;
  } catch {
    process.stdout.write(`${output.trim()}\n`);
    fail('types and lint');
  }
}

async function runSpecs(paths) {
  const { TEST_ACCOUNTS, startPrivateServers, sweepAbandoned } = await import(
    pathToFileURL(join(root, 'dist/libs/testing/src/servers/index.js')).href
  );
  await sweepAbandoned(base);
  servers = await phase('starting PostgreSQL and NATS', () =>
    startPrivateServers({ folder, testAccounts: TEST_ACCOUNTS, throwaway: true }),
  );
  mkdirSync(folder, { recursive: true });
  const env = {
    ...process.env,
    KIBAN_TEST_DATABASE_URL: servers.postgres.adminUrl,
    KIBAN_TEST_NATS_URL: servers.nats.url,
    KIBAN_TEST_FOLDER: folder,
  };
  const args = [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...paths,
  ];
  specs = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env, detached: true });
  const code = await new Promise((resolve, reject) => {
    specs.once('error', reject);
    specs.once('close', resolve);
  });
  if (interrupted === undefined) countSpecs(code);
}

function countSpecs(code) {
  const before = totals.failed;
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] };
  for (const file of result.testResults) {
    const path = relative(root, file.name);
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
      fail(`${path} (the file itself: ${firstLine(file.message)})`);
    for (const test of file.assertionResults) countTest(path, test);
  }
  if (code !== 0 && totals.failed === before) fail(`vitest ended with code ${code} (an error outside of the tests, or no spec was found)`);
}

function countTest(path, test) {
  if (test.status === 'passed') totals.passed += 1;
  else if (test.status === 'failed') fail(`${path}: ${test.fullName}`);
  else {
    totals.skipped += 1;
    skips.push(`${path}: ${test.fullName}`);
  }
}

function fail(what) {
  totals.failed += 1;
  failures.push(what);
}

function firstLine(text) {
  return (text ?? '').trim().split('\n')[0];
}

async function cleanUp() {
  try {
    await servers?.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarise() {
  const { passed, failed, skipped } = totals;
  for (const name of skips) process.stdout.write(`skipped: ${name}\n`);
  for (const name of failures) process.stdout.write(`failed: ${name}\n`);
  if (interrupted !== undefined) {
    process.stdout.write(`kiban: interrupted by ${interrupted}\n`);
    totals.failed += 1;
  }
  process.stdout.write(`${passed} passed, ${totals.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  const nothingRan = passed + failed === 0;
  process.exit(interrupted === undefined && failed === 0 && !nothingRan ? 0 : 1);
}
