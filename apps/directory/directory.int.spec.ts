import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, ResultCodeError } from 'ldapts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bridgeCaModule } from '#contexts/bridge-ca';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { crlEntriesOf, parseCertificate, parseCrl, type ParsedCrl } from '#pki';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { startDirectory, type RunningDirectory } from './directory.js';
import { writeDisconnection } from './message.js';
import { readDirectorySettings } from './settings.js';

const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
const stranger: Actor = { clientId: 'verifier-x', kind: 'signature-verifier', organisation: 'x' };
const maker: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const own: Actor = { clientId: 'svc-directory', kind: 'service', organisation: 'directory' };

const BASE = 'O=JPKI-TEST,C=JP';
const SIGN = `OU=Japan Agency for Local Authority Information Systems,OU=JPKI for digital signature,${BASE}`;
const KASUMI = `CN=Kasumi-shi CRLDP,OU=Kasumi-ken,OU=CRL Distribution Points,OU=JPKI for digital signature,${BASE}`;
const TOKYO = `OU=Tokyo-to,OU=Prefectural Certification Authority,${BASE}`;
const BRIDGE = `OU=Bridge Certification Authority,${BASE}`;
const CRL = 'certificateRevocationList;binary';
const ARL = 'authorityRevocationList;binary';
const CODE = { protocolError: 2, authMethodNotSupported: 7, unavailableCriticalExtension: 12, confidentialityRequired: 13, noSuchObject: 32, invalidCredentials: 49, insufficientAccessRights: 50, unavailable: 52, unwillingToPerform: 53 };

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const otherAddress = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal)?.address;
const folder = mkdtempSync(join(tmpdir(), 'kiban-directory-'));
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let estate: TestEstate;
let directory: RunningDirectory;
const clients: Client[] = [];
const sockets: Socket[] = [];

function client(url = `ldap://127.0.0.1:${directory.ldapPort}`, ca?: Buffer): Client {
  const made = new Client({ url, timeout: 10_000, ...(ca === undefined ? {} : { tlsOptions: { ca } }) });
  clients.push(made);
  return made;
}

const nameOf = (actor: Actor): string => `cn=${actor.clientId},ou=clients,${BASE}`;

async function boundAs(actor: Actor, asking = client()): Promise<Client> {
  await asking.bind(nameOf(actor), await estate.token(actor));
  return asking;
}

/** The result code that an operation ends with. */
async function codeOf(operation: Promise<unknown>): Promise<number | string> {
  return operation.then(() => 0, (error: unknown) => (error instanceof ResultCodeError ? error.code : String(error)));
}

async function valuesOf(asking: Client, base: string, attribute: string): Promise<Buffer[]> {
  const { searchEntries } = await asking.search(base, { scope: 'base', attributes: [attribute] });
  return [searchEntries[0]?.[attribute] ?? []].flat().map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(value, 'utf8')));
}

async function listAt(asking: Client, base = KASUMI, attribute = CRL): Promise<{ readonly octets: Buffer; readonly list: ParsedCrl }> {
  const [octets = Buffer.alloc(0)] = await valuesOf(asking, base, attribute);
  return { octets, list: parseCrl(octets) };
}

/** Octets on a line of their own; what comes back until it ends, or for as long as it takes to get so many. */
async function raw(octets: Buffer, until = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const socket = connect(directory.ldapPort, '127.0.0.1');
  sockets.push(socket);
  socket.write(octets);
  let heard = Buffer.alloc(0);
  for await (const chunk of socket) {
    heard = Buffer.concat([heard, chunk as Buffer]);
    if (heard.length >= until) break;
  }
  return heard;
}

const whoAmI = (id: number): Buffer => Buffer.concat([Buffer.from([0x30, 0x1e, 0x02, 0x01, id, 0x77, 0x19, 0x80, 0x17]), Buffer.from('1.3.6.1.4.1.4203.1.11.3')]);

/** What the authority of a prefecture left when its key was closed: octets that nobody reads on the way. */
const FORMER = { certificate: Buffer.from('certificate'), ARL: Buffer.from('list of authorities'), CRL: Buffer.from('list of holders') };

async function leaveFormerAuthority(): Promise<void> {
  await estate.sql("INSERT INTO bridge_ca.authority_generation (authority_id, generation, state, certificate, serial, not_before, not_after, ceremony_ref, planned_by) VALUES ('pref-13', 1, 'CLOSED', $1, 1, now(), now(), 'c', 'o')", FORMER.certificate);
  for (const list of ['ARL', 'CRL'] as const) {
    await estate.sql("INSERT INTO bridge_ca.revocation_list (authority_id, list) VALUES ('pref-13', $1) ON CONFLICT DO NOTHING", list);
    await estate.sql(
      "INSERT INTO bridge_ca.revocation_list_issue (authority_id, list, number, generation, state, this_update, next_update, cutoff, entry_count, sha256, der) VALUES ('pref-13', $1, 1, 1, 'PUBLISHED', now() - interval '1 hour', now() + interval '1 day', now(), 0, $1, $2)",
      list, FORMER[list],
    );
  }
}

beforeAll(async () => {
  estate = await startEstate([jpkiCaModule, bridgeCaModule]);
  for (const part of [1, 2]) await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: { municipalityCode: '990019', prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi', part } });
  await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, modes) VALUES ('tax', 'sign', now(), 'test', ARRAY['CRL'])");
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id IN ('sign-99001', 'sign-99001-2', 'sign-arl') AND state = 'PUBLISHED'")).length === 3);
  await leaveFormerAuthority();
  if (hasOpenssl) execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'], { stdio: 'ignore' });
  const tls = hasOpenssl ? { KIBAN_LDAP_TLS_CERT: certFile, KIBAN_LDAP_TLS_KEY: keyFile, KIBAN_LDAPS_PORT: '0' } : {};
  const settings = readDirectorySettings({ KIBAN_HOST: '0.0.0.0', KIBAN_LDAP_PORT: '0', KIBAN_HTTP_PORT: '0', KIBAN_KEYS: folder, KIBAN_GATEWAY_URL: `http://127.0.0.1:${estate.running.httpPort}`, ...tls });
  directory = await startDirectory(settings, { tokens: { token: () => estate.token(own) } });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.unbind().catch(() => undefined)));
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await directory?.stop();
  await estate?.stop();
  rmSync(folder, { recursive: true });
});

describe('lists (JPKI-4.8)', () => {
  it('stand at the names in distribution points, for who has a grant: the octets that HTTP has, and the next ones at once', async () => {
    const asking = await boundAs(verifier);
    const isAsByHttp = async ({ octets, list }: { readonly octets: Buffer; readonly list: ParsedCrl }): Promise<boolean> =>
      octets.equals((await estate.request('GET', `/api/jpki-ca/v1/crl-partitions/sign-99001/issues/${list.number}.crl`, { as: verifier })).bytes);
    expect(await isAsByHttp(await listAt(asking))).toBe(true);
    await estate.sql("INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after) SELECT 'sign', n, now() - interval '1 minute', 3, 'sign-99001', now() + interval '1 year' FROM generate_series(1, 3000) AS n");
    await estate.request('POST', '/api/jpki-ca/v1/crl-partitions/sign-99001/issues', { as: operator, body: {} });
    const next = await estate.eventually(async () => {
      const found = await listAt(asking);
      return [...crlEntriesOf(found.list)].length > 0 ? found : undefined;
    });
    expect([[...crlEntriesOf(next.list)].length, next.octets.length > 100_000, await isAsByHttp(next)]).toEqual([3_000, true, true]);
    const [root = Buffer.alloc(0)] = await valuesOf(asking, SIGN, 'cACertificate;binary');
    expect([...crlEntriesOf((await listAt(asking, KASUMI.replace('CRLDP', 'CRLDP 2'))).list)]).toEqual([]);
    expect((await listAt(asking, SIGN, ARL)).list.issuerDer).toEqual(parseCertificate(root).subjectDer);
  });

  it('are insufficientAccessRights for who has no grant, says who it is or not, and audited where grants are', async () => {
    for (const asking of [client(), await boundAs(stranger), await boundAs(maker)]) {
      for (const [base, attribute] of [[KASUMI, CRL], [SIGN, ARL]] as const) {
        expect(await codeOf(asking.search(base, { scope: 'base', attributes: [attribute] }))).toBe(CODE.insufficientAccessRights);
      }
    }
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%verifier-x%' AND entry LIKE '%jpki-ca.crl.read%'");
    expect(lines.map(({ entry }): unknown => JSON.parse(entry))).toMatchObject([{ action: 'jpki-ca.crl.read', code: 'NO_ACCESS_GRANT' }]);
  });

  it('are not given from what is kept once the grant is gone, or the token has ended', async () => {
    const asking = await boundAs(verifier);
    await listAt(asking);
    await estate.sql("DELETE FROM jpki_ca.access_grant WHERE organisation = 'tax'");
    expect(await codeOf(asking.search(KASUMI, { scope: 'base', attributes: [CRL] }))).toBe(CODE.insufficientAccessRights);
    await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, modes) VALUES ('tax', 'sign', now(), 'test', ARRAY['CRL'])");
    await listAt(asking);
    estate.clock.set(new Date(estate.clock.now().getTime() + 11 * 60_000));
    expect(await codeOf(asking.search(KASUMI, { scope: 'base', attributes: [CRL] }))).toBe(CODE.insufficientAccessRights);
    await listAt(await boundAs(verifier));
  });
});

describe('trust material (JPKI-5)', () => {
  it('is for everybody: the authorities of the agency with all their generations, the bridge and the prefectures', async () => {
    const asking = client();
    const root = (await estate.request('GET', '/api/jpki-ca/v1/cas/sign/certificate', { as: verifier })).bytes;
    expect((await valuesOf(asking, SIGN.toLowerCase(), 'cACertificate;binary')).some((der) => der.equals(root))).toBe(true);
    const { searchEntries } = await asking.search(BASE, { scope: 'sub', filter: '(objectClass=pkiCA)', attributes: ['ou'] });
    expect(searchEntries).toHaveLength(2 + 48);
    expect(searchEntries.map(({ dn }) => dn)).toEqual(expect.arrayContaining([SIGN, BRIDGE, TOKYO]));
  });
});

it('authorities of prefectures: certificates and lists of authorities are for everybody, lists of holders for who has a grant (JPKI-4.3, 4.10)', async () => {
  expect(await valuesOf(client(), TOKYO, 'cACertificate;binary')).toEqual([FORMER.certificate]);
  expect(await valuesOf(client(), TOKYO, ARL)).toEqual([FORMER.ARL]);
  expect(await valuesOf(await boundAs(verifier), `CN=CRL,${TOKYO}`, CRL)).toEqual([FORMER.CRL]);
  for (const asking of [client(), await boundAs(stranger)]) expect(await codeOf(asking.search(`CN=CRL,${TOKYO}`, { scope: 'base', attributes: [CRL] }))).toBe(CODE.insufficientAccessRights);
});

describe('binds (RFC 4513)', () => {
  it('are by a client\'s own access token, or invalidCredentials', async () => {
    const token = await estate.token(verifier);
    const wrong: [string, string][] = [
      [nameOf(stranger), token], [nameOf(verifier), `${token}x`], [nameOf(verifier), 'secret'], [`cn=verifier-tax,${BASE}`, token], ['cn=verifier-tax,ou=clients,O=JPKI,C=JP', token],
      ['cn=verifier-tax,ou=clients,O=JPKI-TEST, C=JP', token], ['', token],
    ];
    for (const [name, password] of wrong) expect(await codeOf(client().bind(name, password)), name).toBe(CODE.invalidCredentials);
    expect(await codeOf(client().bind(nameOf(verifier), ''))).toBe(CODE.unwillingToPerform);
    expect(await codeOf(client().bind('PLAIN', 'x'))).toBe(CODE.authMethodNotSupported);
    const asking = await boundAs(verifier);
    expect((await asking.exop('1.3.6.1.4.1.4203.1.11.3')).value).toBe(`dn:${nameOf(verifier)}`);
    expect(await codeOf(asking.bind(nameOf(verifier), 'secret'))).toBe(CODE.invalidCredentials);
    expect(await codeOf(asking.search(KASUMI, { scope: 'base', attributes: [CRL] }))).toBe(CODE.insufficientAccessRights);
  });

  it.skipIf(otherAddress === undefined)('with a password over a line that others may read are confidentialityRequired', async () => {
    const asking = client(`ldap://${otherAddress}:${directory.ldapPort}`);
    expect(await codeOf(asking.bind(nameOf(verifier), await estate.token(verifier)))).toBe(CODE.confidentialityRequired);
    expect(await codeOf(asking.bind('', ''))).toBe(0);
  });

  it.skipIf(!hasOpenssl)('are protected by StartTLS, or by TLS from the first octet on (needs the openssl program)', async () => {
    const ca = readFileSync(certFile);
    const started = client();
    await started.startTLS({ ca });
    expect((await listAt(await boundAs(verifier, started))).list.number).toBeGreaterThan(0n);
    expect((await listAt(await boundAs(verifier, client(`ldaps://127.0.0.1:${directory.ldapsPort}`, ca)))).list.number).toBeGreaterThan(0n);
    expect((await client().search('', { scope: 'base', attributes: ['supportedExtension'] })).searchEntries[0]?.['supportedExtension']).toContain('1.3.6.1.4.1.1466.20037');
    // What stands in the clear behind the request is not taken for protected.
    const startTls = Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex');
    expect((await raw(Buffer.concat([startTls, Buffer.from('300c02010260070201030400', 'hex')]), 14)).toString('hex')).toMatch(/^30..02010178..0a0101/);
  });
});

describe('operations', () => {
  it('only read: what would change something is unwillingToPerform, an extension that is unknown a protocolError', async () => {
    const asking = await boundAs(operator);
    expect(await codeOf(asking.add(KASUMI, { cn: 'x' }))).toBe(CODE.unwillingToPerform);
    expect(await codeOf(asking.del(KASUMI))).toBe(CODE.unwillingToPerform);
    expect(await codeOf(asking.modifyDN(KASUMI, 'cn=y'))).toBe(CODE.unwillingToPerform);
    expect(await codeOf(asking.compare(KASUMI, 'cn', 'x'))).toBe(CODE.unwillingToPerform);
    expect(await codeOf(asking.exop('1.2.3.4'))).toBe(CODE.protocolError);
  });

  it('are told limits, objects that are not there, and controls that must be known and are not', async () => {
    const asking = client();
    // This client takes what is over the limit that it set for an answer.
    expect((await asking.search(BASE, { scope: 'sub', sizeLimit: 3 })).searchEntries).toHaveLength(3);
    expect(await codeOf(asking.search(`CN=Nowhere,${BASE}`, { scope: 'base' }))).toBe(CODE.noSuchObject);
    const control = Buffer.concat([Buffer.from('a00e300c0407', 'hex'), Buffer.from('1.2.3.4'), Buffer.from('0101ff', 'hex')]);
    const critical = Buffer.concat([Buffer.from([0x30, 0x2e]), whoAmI(1).subarray(2), control]);
    expect((await raw(critical, 14)).toString('hex')).toMatch(/^300c02010178070a010c/);
  });

  it('of one connection are answered in their order, but for those that were abandoned', async () => {
    const many = Array.from({ length: 60 }, (_, at) => whoAmI(at + 1));
    const heard = await raw(Buffer.concat([...many.slice(0, 40), Buffer.from([0x30, 0x06, 0x02, 0x01, 0x7f, 0x50, 0x01, 40]), ...many.slice(40)]), 59 * 16);
    const ids = [...heard.toString('hex').matchAll(/300e0201(..)78090a0100040004008b00/g)].map(([, id = '']) => Number.parseInt(id, 16));
    expect(ids).toEqual(Array.from({ length: 60 }, (_, at) => at + 1).filter((id) => id !== 40));
    // A bind cannot be abandoned (RFC 4511 4.11), and nothing is heard after an unbind.
    const anonymous = Buffer.from('300c020101600702010304008000', 'hex');
    expect(await raw(Buffer.concat([anonymous, Buffer.from('3006020102500101', 'hex')]), 14)).toEqual(Buffer.from('300c02010161070a010004000400', 'hex'));
    expect(await raw(Buffer.concat([Buffer.from('30050201014200', 'hex'), whoAmI(2)]))).toEqual(Buffer.alloc(0));
  });

  it('what is no LDAP ends with a Notice of Disconnection, and nobody else notices', async () => {
    const asking = await boundAs(verifier);
    for (const hostile of ['GET / HTTP/1.1\r\n\r\n', '\x30\x84\x7f\xff\xff\xff', '\x30\x80', '\x30\x05\x02\x01\x01\x79\x00', '\x16\x03\x01\x02\x00\x01']) {
      const heard = await raw(Buffer.from(hostile, 'latin1'));
      expect(heard.subarray(0, 12).toString('hex'), hostile).toMatch(/^30..02010078..0a0102/);
      expect(heard.includes(writeDisconnection({ code: 'protocolError' }).subarray(-22))).toBe(true);
    }
    expect((await listAt(asking)).list.number).toBeGreaterThan(0n);
  });
});

it('has room for so many clients, and cuts off who says nothing', async () => {
  const settings = { KIBAN_LDAP_PORT: '0', KIBAN_HTTP_PORT: '0', KIBAN_KEYS: folder, KIBAN_GATEWAY_URL: 'http://127.0.0.1:9', KIBAN_LDAP_CONNECTIONS: '1', KIBAN_LDAP_IDLE_SECONDS: '1' };
  const small = await startDirectory(readDirectorySettings(settings), { tokens: { token: () => estate.token(own) } });
  try {
    const ended = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()).once('error', () => resolve()).resume());
    const first = connect(small.ldapPort, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    await ended(connect(small.ldapPort, '127.0.0.1'));
    expect(first.destroyed).toBe(false);
    await ended(first);
    const asking = client(`ldap://127.0.0.1:${small.ldapPort}`);
    // The estate is away: who it is cannot be told.
    expect(await codeOf(asking.bind(nameOf(verifier), await estate.token(verifier)))).toBe(CODE.unavailable);
    expect(await (await fetch(`http://127.0.0.1:${small.httpPort}/health/ready`)).text()).toBe('directory not ready\n');
  } finally {
    await small.stop();
  }
});

it('tells whether it is ready, and what it did', async () => {
  const get = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${directory.httpPort}${path}`);
    return [response.status, await response.text()];
  };
  expect([await get('/health/live'), await get('/health/ready')]).toEqual([[200, 'live\n'], [200, 'directory ready\n']]);
  expect((await get('/metrics'))[1]).toMatch(/kiban_directory_seconds_count\{operation="search",result="insufficientAccessRights"\} \d/);
});
