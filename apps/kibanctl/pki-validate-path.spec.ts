import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kibanctl } from './kibanctl.js';
import { AT, type FilesOfAuthority, POLICY, filesOfAuthority } from './pki-authority.fixture.js';
import { REASON_TEXT } from './pki-reasons.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-pki-'));
let ca: FilesOfAuthority;

beforeAll(async () => {
  ca = await filesOfAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl(['pki', 'validate-path', ...args], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

/** The holder under the root at the time of the fixture. */
async function validate(...args: string[]): Promise<{ code: number; answer: unknown }> {
  const { code, output } = await run('--target', ca.file('holder.pem'), '--anchor', ca.file('root.pem'), '--time', AT, '--json', ...args);
  return { code, answer: JSON.parse(output) };
}

describe('kibanctl pki validate-path', () => {
  it('tells the path from the target to the anchor, with the policies', async () => {
    const { code, answer } = await validate('--intermediates', ca.file('middle.der'));
    expect([code, answer]).toMatchObject([0, { valid: true, reason: null, path: [{ serial: '0abc' }, { serial: '02' }, { serial: '01' }] }]);
    expect(answer).toMatchObject({ path: [{ subject: 'C=JP, O=試験, CN=Holder', issuer: 'C=JP, O=試験, CN=Middle', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }, {}, {}] });
    expect(await validate('--intermediates', ca.file('middle.pem'), '--initial-policy', POLICY, '--explicit-policy')).toMatchObject({ code: 0, answer: { policies: [POLICY] } });
  });

  it.each([
    ['no intermediates', [], 'NO_PATH'],
    ['another policy', ['--intermediates', 'middle.pem', '--initial-policy', '1.2.3', '--explicit-policy'], 'NO_EXPLICIT_POLICY'],
    ['another purpose', ['--intermediates', 'middle.pem', '--purpose', 'clientAuth'], 'PURPOSE_NOT_ALLOWED'],
    ['another peer', ['--intermediates', 'middle.pem', '--peer-name', 'example.org'], 'PEER_NAME_MISMATCH'],
    ['no CRLs', ['--intermediates', 'middle.pem', '--check-revocation'], 'REVOCATION_UNKNOWN'],
  ])('is not valid with %s: exit code 1 and the reason', async (_what, args, reason) => {
    const { code, answer } = await validate(...args.map((arg) => (arg.endsWith('.pem') ? ca.file(arg) : arg)));
    expect([code, answer]).toMatchObject([1, { valid: false, reason, detail: expect.any(String), policies: [] }]);
  });

  it('reads folders, bundles of several certificates and a target with its chain; what cannot be parsed is not used', async () => {
    mkdirSync(join(folder, 'store', 'below'), { recursive: true });
    writeFileSync(join(folder, 'store', 'a-note.txt'), 'no certificate');
    writeFileSync(join(folder, 'store', 'middle.crt'), readFileSync(ca.file('middle.pem')));
    expect(await validate('--intermediates', join(folder, 'store'))).toMatchObject({ code: 0 });
    const [root, middle, holder] = ['root.pem', 'middle.pem', 'holder.pem'].map((file) => readFileSync(ca.file(file), 'utf8')) as [string, string, string];
    const anchors = ca.write('anchors.pem', `another root\n${holder}${root}`);
    const chain = ca.write('chain.pem', `${holder}${middle}`);
    expect((await run('--target', chain, '--anchor', anchors, '--time', AT)).code).toBe(0);
    const upsideDown = ca.write('upside-down.pem', `${middle}${holder}`);
    const { output } = await run('--target', upsideDown, '--anchor', ca.file('root.pem'), '--time', AT, '--json');
    expect(output).toContain('"path":[{"subject":"C=JP, O=試験, CN=Middle"');
  });

  it('takes revocation from CRLs: valid with one that does not list the holder, revoked with one that does', async () => {
    mkdirSync(join(folder, 'crls'), { recursive: true });
    writeFileSync(join(folder, 'crls', 'middle.crl'), await ca.crl(1n, [5n]));
    const known = ['--target', ca.file('holder.pem'), '--anchor', ca.file('middle.pem'), '--time', AT, '--check-revocation', '--json', '--crls', join(folder, 'crls')];
    expect((await run(...known)).code).toBe(0);
    writeFileSync(join(folder, 'crls', 'middle.crl'), await ca.crl(2n, [5n, ca.holder.certificate.serial]));
    const { code, output } = await run(...known);
    expect([code, JSON.parse(output)]).toMatchObject([1, { valid: false, reason: 'REVOKED' }]);
  });

  it('a target or anchor that does not parse is BAD_CERTIFICATE, a file that cannot be read ends with 2', async () => {
    const broken = ca.write('broken.der', Buffer.from('3003020101', 'hex'));
    const cut = ca.write('cut.pem', readFileSync(ca.file('root.pem'), 'utf8').replace('-----END CERTIFICATE-----', ''));
    expect(await validate('--target', broken)).toMatchObject({ code: 1, answer: { reason: 'BAD_CERTIFICATE', detail: expect.stringMatching(/^target: /) } });
    expect((await run('--target', ca.file('holder.pem'), '--anchor', cut, '--json')).output).toContain('"detail":"anchor: a PEM block is broken"');
    expect(await run('--target', ca.file('holder.pem'), '--anchor', ca.file('none.pem'))).toMatchObject({ code: 2, output: '', notes: expect.stringContaining('There is no file') });
    expect(await run('--target', '/dev/null', '--anchor', ca.file('root.pem'))).toMatchObject({ code: 2, notes: expect.stringContaining('is no file') });
  });

  it.each([
    [['--anchor', 'x'], 'Name what to validate'],
    [['--target', 'x', '--anchor', 'x', '--time', '2025-06-01'], '--time: is no time of RFC 3339'],
    [['--target', 'x', '--anchor', 'x', '--initial-policy', '1.2.03'], '--initial-policy: is no object identifier'],
    [['--target', 'x', '--anchor', 'x', '--purpose', 'server'], '--purpose: is neither an OID nor one of serverAuth'],
    [['--jobs', 'x', '--target', 'x'], 'leave the other options out'],
    [['--jobs', '/no/such/file'], 'There is no file'],
  ])('answers %j with code 2 and one clear sentence', async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 2, output: '', notes: expect.stringContaining(sentence) });
  });

  it('says it to people in Japanese and English, without letting a name write to the terminal', async () => {
    const fine = await run('--target', ca.file('holder.pem'), '--anchor', ca.file('root.pem'), '--intermediates', ca.file('middle.pem'), '--time', AT);
    expect(fine.output).toMatch(/^VALID +有効です。\n +The target is valid\.\nPOLICIES +\S.*\n\nSERIAL +SUBJECT +ISSUER +SHA-256\n0abc +C=JP/);
    const late = await run('--target', ca.file('middle.pem'), '--anchor', ca.file('root.pem'), '--time', '2031-01-01T00:00:00Z');
    expect(late).toMatchObject({ code: 1, output: expect.stringContaining(REASON_TEXT.EXPIRED.ja), notes: expect.stringContaining('The target is not valid: EXPIRED.') });
  });
});
