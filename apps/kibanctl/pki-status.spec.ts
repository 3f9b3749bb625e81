import Fastify, { type FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type OcspCertStatus, buildOcspError, buildOcspResponse, decodeOcspGet, parseOcspRequest, pemEncode } from '#pki';
import { kibanctl } from './kibanctl.js';
import { AT, type FilesOfAuthority, filesOfAuthority } from './pki-authority.fixture.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-status-'));
let ca: FilesOfAuthority;

beforeAll(async () => {
  ca = await filesOfAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl(['pki', ...args], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

describe('kibanctl pki verify-crl', () => {
  const verify = (...args: string[]) => run('verify-crl', '--issuer', ca.file('middle.pem'), '--time', AT, '--json', ...args);
  const passed = { issuerName: true, signature: true, timesInOrder: true, current: true, numbered: true, ascending: true };

  it('passes a sound list, with what came and went since the one before', async () => {
    const previous = ca.write('previous.crl', await ca.crl(4n, [1n, 2n, 3n, 9n]));
    const crl = ca.write('now.crl', pemEncode('X509 CRL', await ca.crl(5n, [2n, 3n, 4n, 5n, 9n, 10n])));
    const { code, output } = await verify('--crl', crl, '--previous', previous);
    expect([code, JSON.parse(output)]).toEqual([0, {
      valid: true, issuer: 'C=JP, O=試験, CN=Middle', number: '5', thisUpdate: '2025-05-31T17:00:00.000Z', nextUpdate: '2025-06-02T17:00:00.000Z', entries: 6, added: 3, removed: 1,
      checks: { ...passed, sameIssuer: true, numberRises: true, notOlder: true },
    }]);
    expect((await run('verify-crl', '--issuer', ca.file('middle.pem'), '--time', AT, '--crl', crl)).output).toMatch(/entries +6\n.*signature +ok\n/s);
  });

  it.each([
    ['another issuer', ['--crl', 'one.crl', '--issuer', 'root.pem'], ['issuerName', 'signature']],
    ['a later day', ['--crl', 'one.crl', '--time', '2025-06-03T02:00:01+09:00'], ['current']],
    ['a number that does not rise', ['--crl', 'one.crl', '--previous', 'one.crl'], ['numberRises']],
    ['a changed octet', ['--crl', 'changed.crl'], ['signature']],
  ])('fails with %s: exit code 1', async (_what, args, failed) => {
    const sound = await ca.crl(1n, [5n]);
    ca.write('one.crl', sound);
    ca.write('changed.crl', Buffer.concat([sound.subarray(0, -1), Buffer.from([(sound.at(-1) ?? 0) ^ 1])]));
    const { code, output } = await verify(...args.map((arg) => (/\.(crl|pem)$/.test(arg) ? ca.file(arg) : arg)));
    const { valid, checks } = z.looseObject({ valid: z.boolean(), checks: z.record(z.string(), z.boolean()) }).parse(JSON.parse(output));
    expect([code, valid, Object.keys(checks).filter((name) => checks[name] === false)]).toEqual([1, false, failed]);
  });

  it('cannot judge what is no CRL: exit code 2', async () => {
    expect(await verify('--crl', ca.file('root.der'))).toMatchObject({ code: 2, output: '', notes: expect.stringContaining('BAD_CRL') });
    expect(await verify('--crl', ca.file('root.pem'))).toMatchObject({ code: 2, notes: expect.stringContaining('must hold exactly one') });
  });
});

describe('kibanctl pki lint', () => {
  it('finds nothing to say about sound objects', async () => {
    const files = [ca.file('root.pem'), ca.file('middle.der'), ca.file('holder.pem'), ca.write('sound.crl', await ca.crl(1n, [1n, 2n]))];
    expect(await run('lint', ...files)).toMatchObject({ code: 0, output: 'No rule is broken.\n' });
  });

  it('names rule, severity and object; an error ends with 1, a warning does not', async () => {
    const broken = ca.write('broken.pem', pemEncode('CERTIFICATE', ca.root.certificate.der.subarray(1)));
    const { code, output } = await run('lint', broken, ca.file('holder.pem'), '--json');
    expect([code, JSON.parse(output)]).toEqual([1, [{ file: broken, kind: '-', id: 'e_not_readable', severity: 'error', text: expect.any(String) }]]);
  });
});

describe('kibanctl pki ocsp', () => {
  let responder: FastifyInstance;
  let url = '';
  let status: OcspCertStatus = { kind: 'good' };
  let received: { method: string; authorization: string | undefined; nonce: boolean }[] = [];
  let answer: (request: Buffer) => Promise<Buffer>;

  async function answered(request: Buffer): Promise<Buffer> {
    const { items, nonce } = parseOcspRequest(request);
    const at = new Date('2025-06-01T00:00:00Z');
    const answers = items.map((certId) => ({ certId, status, thisUpdate: at, nextUpdate: new Date('2025-06-02T00:00:00Z') }));
    return buildOcspResponse({ answers, producedAt: at, ...(nonce === undefined ? {} : { nonce }) }, ca.middle.key);
  }

  beforeAll(async () => {
    responder = Fastify();
    responder.addContentTypeParser('application/ocsp-request', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const note = (method: string, authorization: string | undefined, request: Buffer): Promise<Buffer> => {
      received.push({ method, authorization, nonce: parseOcspRequest(request).nonce !== undefined });
      return answer(request);
    };
    responder.post('/ocsp', (request) => note('POST', request.headers.authorization, Buffer.from(request.body as Buffer)));
    responder.get<{ Params: { request: string } }>('/ocsp/:request', (request) => note('GET', request.headers.authorization, decodeOcspGet(encodeURIComponent(request.params.request))));
    url = `${await responder.listen({ host: '127.0.0.1', port: 0 })}/ocsp`;
  });
  beforeEach(() => {
    [received, status, answer] = [[], { kind: 'good' }, answered];
  });
  afterAll(() => responder.close());

  const ask = (...args: string[]) => run('ocsp', '--certificate', ca.file('holder.pem'), '--issuer', ca.file('middle.pem'), '--time', AT, '--json', ...args);

  it('asks with a nonce and tells the status: 0 good, 1 revoked or unknown', async () => {
    expect(await ask('--url', url)).toMatchObject({ code: 0, output: expect.stringContaining('{"status":"good","thisUpdate":"2025-06-01') });
    status = { kind: 'revoked', revokedAt: new Date('2025-01-01T00:00:00Z'), reason: 'keyCompromise' };
    const revoked = { code: 1, output: expect.stringContaining('"revokedAt":"2025-01-01T00:00:00.000Z","reason":"keyCompromise"') };
    expect(await ask('--url', url)).toMatchObject({ ...revoked, notes: 'kibanctl: The certificate is revoked.' });
    status = { kind: 'unknown' };
    expect(await ask('--url', url, '--get', '--no-nonce')).toMatchObject({ code: 1, notes: 'kibanctl: The certificate is unknown.' });
    expect(received).toEqual([{ method: 'POST', nonce: true }, { method: 'POST', nonce: true }, { method: 'GET', nonce: false }]);
  });

  it('sends a token that the command line names, and none that the environment does', async () => {
    const token = ca.write('token.jwt', 'of-an-officer\n');
    await ask('--url', url, '--token', token);
    vi.stubEnv('KIBAN_TOKEN_FILE', token);
    await ask('--url', url);
    vi.unstubAllEnvs();
    expect(received.map(({ authorization }) => authorization)).toEqual(['Bearer of-an-officer', undefined]);
  });

  it('believes nothing that is not the answer to its question: exit code 2', async () => {
    answer = async (request) => answered(Buffer.from(request.toString('hex').replace(/[0-9a-f]{64}$/, '00'.repeat(32)), 'hex'));
    expect((await ask('--url', url)).notes).toContain('OCSP_MISMATCH: nonce differs');
    answer = () => Promise.resolve(buildOcspError('tryLater'));
    expect((await ask('--url', url)).notes).toContain('answered tryLater');
    answer = () => Promise.resolve(Buffer.alloc(2 * 1024 * 1024));
    expect((await ask('--url', url)).notes).toContain('longer than');
    answer = answered;
    for (const [args, sentence] of [
      [['--url', url, '--issuer', ca.file('root.pem')], 'BAD_SIGNATURE'], [['--url', url, '--time', '2025-06-03T00:00:00Z'], 'not fresh'],
      [['--url', `${url}/not/there`], 'status 404'], [['--url', 'http://127.0.0.1:9/'], 'No responder answers'], [['--url', 'ftp://x/'], '--url'], [[], 'either --url or --response'],
    ] as const) {
      expect(await ask(...args)).toMatchObject({ code: 2, output: '', notes: expect.stringContaining(sentence) });
    }
  });

  it('reads an answer that was kept', async () => {
    let kept: Buffer = Buffer.alloc(0);
    answer = async (request) => (kept = await answered(request));
    await ask('--url', url);
    expect(await ask('--response', ca.write('kept.der', kept))).toMatchObject({ code: 0 });
    expect(await ask('--response', ca.file('root.der'))).toMatchObject({ code: 2, notes: expect.stringContaining('OCSP_MALFORMED') });
  });
});
