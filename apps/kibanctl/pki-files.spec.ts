import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PkiError, pemEncode } from '#pki';
import { type FilesOfAuthority, filesOfAuthority } from './pki-authority.fixture.js';
import { PkiFiles, partsOf } from './pki-files.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-files-'));
/** Longer than a step of the clock of a file system. */
const STEP_MS = 120;
let ca: FilesOfAuthority;

beforeAll(async () => {
  ca = await filesOfAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('PkiFiles', () => {
  it('parses a file once while it stays as it is', async () => {
    await setTimeout(STEP_MS);
    const files = new PkiFiles();
    const [first] = files.certificates(ca.file('root.pem'));
    expect(files.certificates(ca.file('root.pem'))[0]).toBe(first);
    ca.write('root.pem', pemEncode('CERTIFICATE', ca.middle.certificate.der));
    // A writer that puts the old time back does not hide the change.
    utimesSync(ca.file('root.pem'), 1, 1);
    expect(files.certificates(ca.file('root.pem'))).toMatchObject([{ serial: 2n }]);
    expect(files.certificates(ca.file('root.pem'))[0]).not.toBe(first);
  });

  it('keeps no more than a bounded number of octets, and reads again what it let go', async () => {
    const files = new PkiFiles();
    const filling = `${pemEncode('CERTIFICATE', ca.holder.certificate.der)}${' '.repeat(30 * 1024 * 1024)}`;
    const names = ['one', 'two', 'three'].map((name) => ca.write(name, filling));
    await setTimeout(STEP_MS);
    const [one, two, three] = names.map((name) => files.certificates(name)[0]);
    expect([2, 1, 0].map((n) => files.certificates(names[n] ?? '')[0] === [one, two, three][n])).toEqual([true, true, false]);
  });

  it('gives a broken block its place, and passes over blocks of another kind', () => {
    const pem = pemEncode('CERTIFICATE', ca.holder.certificate.der);
    const mixed = ca.write('mixed.pem', `${pem}${pem.replace('MII', 'M*I')}${pemEncode('PUBLIC KEY', Buffer.from('3000', 'hex'))}${pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')}`);
    expect(new PkiFiles().certificates(mixed).map((one) => (one instanceof PkiError ? one.code : one.serial))).toEqual([0x0abcn, 'BAD_CERTIFICATE', 0x0abcn]);
    expect(new PkiFiles().crls(mixed)).toEqual([]);
  });

  it('tells DER from text by its length octets, whatever else it holds', () => {
    const der = Buffer.concat([Buffer.from([0x30, 0x82, 0x01, 0x00]), Buffer.alloc(256)]);
    der.write('-----BEGIN CERTIFICATE-----', 10);
    expect(partsOf(der)).toEqual([{ der }]);
    expect(partsOf(Buffer.from('300a0101', 'hex'))).toHaveLength(1);
    expect(partsOf(Buffer.from(`0 = note\n${pemEncode('CERTIFICATE', Buffer.from('3000', 'hex'))}`))).toEqual([{ label: 'CERTIFICATE', der: Buffer.from('3000', 'hex') }]);
  });
});
