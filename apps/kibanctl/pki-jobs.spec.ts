import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pemEncode } from '#pki';
import { kibanctl } from './kibanctl.js';
import { AT, type FilesOfAuthority, POLICY, filesOfAuthority } from './pki-authority.fixture.js';
import { answerLines, linesOf } from './pki-jobs.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-jobs-'));
const told = z.object({
  id: z.union([z.string(), z.number(), z.null()]), valid: z.boolean(), reason: z.string().nullable(), detail: z.string().optional(),
  path: z.array(z.unknown()), policies: z.array(z.string()), line: z.number().optional(),
});
let ca: FilesOfAuthority;

beforeAll(async () => {
  ca = await filesOfAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line of a question about the holder, with changes. */
function line(id: string | number, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id, target: ca.file('holder.pem'), anchor: ca.file('root.pem'), intermediates: [ca.file('middle.pem')], time: AT, ...changes });
}

async function run(lines: readonly string[]): Promise<{ code: number; answers: z.output<typeof told>[]; notes: string }> {
  const file = ca.write('jobs.ndjson', lines.join('\n'));
  const terminal = recordedTerminal();
  const code = await kibanctl(['pki', 'validate-path', '--jobs', file], terminal);
  return { code, answers: terminal.output().trim().split('\n').map((text) => told.parse(JSON.parse(text))), notes: terminal.notes() };
}

describe('kibanctl pki validate-path --jobs', () => {
  it('answers every line by one with its id, valid and invalid: exit code 0', async () => {
    const { code, answers, notes } = await run([
      line('a'), line(7, { intermediates: null, anchor: [ca.file('middle.der')] }), '', line('c', { purpose: 'clientAuth' }),
      line('d', { initialPolicy: [POLICY], explicitPolicy: true, inhibitAny: false }), line('e', { initialPolicy: [], intermediates: ca.file('middle.pem') }),
    ]);
    expect([code, notes]).toEqual([0, '4 valid, 1 invalid.']);
    expect(answers.map(({ id, valid, reason, path }) => [id, valid, reason, path.length])).toEqual([
      ['a', true, null, 3], [7, true, null, 2], ['c', false, 'PURPOSE_NOT_ALLOWED', 1], ['d', true, null, 3], ['e', true, null, 3],
    ]);
    expect(answers[3]?.policies).toEqual([POLICY]);
  });

  it('goes on after a line that cannot be answered, and says what is wrong with it: exit code 2', async () => {
    const lines = [
      'no JSON', '[]', line('key', { checkRevokation: true }), line('file', { crls: [ca.file('none.crl')] }), line('time', { time: 'yesterday' }),
      line('flag', { explicitPolicy: 'yes' }), '{"target":"x"}', line('anchors', { anchor: [] }), line('purpose', { purpose: 'server' }), line('device', { target: '/dev/zero' }), line('last'),
    ];
    const { code, answers, notes } = await run(lines);
    expect([code, notes]).toEqual([2, 'kibanctl: 1 valid, 0 invalid, 10 not answered.']);
    expect(answers.map(({ id }) => id)).toEqual([null, null, 'key', 'file', 'time', 'flag', null, 'anchors', 'purpose', 'device', 'last']);
    expect(answers.map(({ reason }) => reason)).toEqual([...Array.from({ length: 10 }, () => 'BAD_INPUT'), null]);
    expect(answers.map((answer) => answer.line)).toEqual([1, 2, undefined, undefined, undefined, undefined, 7, undefined, undefined, undefined, undefined]);
    expect(answers.slice(0, 10).map(({ detail }) => detail)).toEqual([
      'no JSON object', 'no JSON object', 'unknown key "checkRevokation"', expect.stringContaining('none.crl'), expect.stringContaining('time: is no time'),
      expect.stringContaining('explicitPolicy: '), expect.stringContaining('id: '), 'anchor: names none', expect.stringContaining('purpose: is neither'),
      '/dev/zero is no file.',
    ]);
  });

  it('a target or anchor that does not parse is BAD_CERTIFICATE; an intermediate or CRL that does not is not used', async () => {
    const broken = ca.write('broken.der', Buffer.from('300080', 'hex'));
    const { code, answers } = await run([
      line('t', { target: broken }), line('a', { anchor: broken }), line('i', { intermediates: [broken, ca.file('middle.der')], crls: [broken] }),
      line('n', { intermediates: [broken] }),
    ]);
    expect(code).toBe(0);
    expect(answers.map(({ reason }) => reason)).toEqual(['BAD_CERTIFICATE', 'BAD_CERTIFICATE', null, 'NO_PATH']);
  });

  it('answers a thousand, bad ones among them', async () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => (n % 10 === 3 ? line(n, { unknown: 1 }) : line(n, n % 2 === 0 ? {} : { intermediates: [] })));
    const { code, answers } = await run(lines);
    expect(code).toBe(2);
    expect(answers.map(({ id }) => id)).toEqual(lines.map((_, n) => n));
    expect(answers.map(({ reason }) => reason)).toEqual(lines.map((_, n) => (n % 10 === 3 ? 'BAD_INPUT' : n % 2 === 0 ? null : 'NO_PATH')));
  });

  it('looks at a file anew when it was written again, however soon', async () => {
    const target = ca.write('target.pem', readFileSync(ca.file('holder.pem')));
    const stream = async function* (): AsyncGenerator<string> {
      for (const [n, name] of ['holder', 'middle', 'holder', 'middle'].entries()) {
        writeFileSync(target, pemEncode('CERTIFICATE', name === 'holder' ? ca.holder.certificate.der : ca.middle.certificate.der));
        yield `${line(n, { target, time: n === 2 ? null : AT, purpose: 'serverAuth' })}\n`;
      }
    };
    const terminal = recordedTerminal();
    await answerLines(stream(), terminal);
    const answer = z.looseObject({ path: z.array(z.looseObject({ subject: z.string() })) });
    const subjects = terminal.output().trim().split('\n').map((text) => answer.parse(JSON.parse(text)).path[0]?.subject);
    expect(subjects).toEqual(['Holder', 'Middle', 'Holder', 'Middle'].map((common) => `C=JP, O=試験, CN=${common}`));
  });

  it('cuts lines wherever the chunks end, and keeps nothing of one that is too long', async () => {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      const text = Buffer.from('試験\n\nb\r\n');
      for (let at = 0; at < text.length; at += 1) yield text.subarray(at, at + 1);
      for (let n = 0; n < 5; n += 1) yield Buffer.alloc(1024 * 1024, 0x20);
      yield Buffer.from('\nlast');
    };
    const found: (string | undefined)[] = [];
    for await (const one of linesOf(chunks())) found.push(one);
    expect(found).toEqual(['試験', '', 'b\r', undefined, 'last']);
  });
});

describe('kibanctl pki validate-path --jobs as a process', () => {
  const children: ChildProcessWithoutNullStreams[] = [];
  const start = (): ChildProcessWithoutNullStreams => {
    const child = spawn(process.execPath, [join(folder, 'built', 'main.mjs'), 'pki', 'validate-path', '--jobs', '-']);
    children.push(child);
    return child;
  };

  beforeAll(async () => {
    const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
    await build({
      configFile: false, logLevel: 'error', resolve: { conditions: ['kiban-source'] },
      ssr: { resolve: { conditions: ['kiban-source', 'node'] } },
      build: { ssr: entry, outDir: join(folder, 'built'), minify: false, rollupOptions: { output: { entryFileNames: 'main.mjs' } } },
    });
  });
  afterAll(() => children.forEach((child) => child.kill()));

  it('answers each line while the next is still to come', async () => {
    const child = start();
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const id of ['one', 'two']) {
      child.stdin.write(`${line(id)}\n`);
      expect(told.parse(JSON.parse(String((await answers.next()).value)))).toMatchObject({ id, valid: true });
    }
    child.stdin.end();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it('ends in silence when the reader has seen enough', async () => {
    const child = start();
    const noted: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => noted.push(chunk));
    child.stdin.on('error', () => undefined);
    const feeding = setInterval(() => child.stdin.write(`${line('again')}\n`.repeat(20)), 5);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'exit');
    clearInterval(feeding);
    expect([code, Buffer.concat(noted).toString()]).toEqual([0, '']);
  });
});
