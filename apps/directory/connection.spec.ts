import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair, type Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client } from 'ldapts';
import { UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dnOf, parseDn } from '#pki';
import { Connection, type ConnectionParts } from './connection.js';
import { startDirectory } from './directory.js';
import { EXTENSION, RESULT, SUCCESS, writeDisconnection, writeEntry, writeExtended, writeResult } from './message.js';
import { readDirectorySettings } from './settings.js';
import { treeOf } from './tree.js';

const CRL = 'certificateRevocationList;binary';
const POINT = 'CN=Kasumi-shi CRLDP,O=JPKI,C=JP';
/** Three megabytes: a list of some 80,000 certificates. */
const LIST = randomBytes(3_000_000);
const placed = { dn: parseDn(POINT) ?? dnOf([]), role: 'list', values: {}, lists: [{ attribute: 'certificateRevocationList', paths: ['/crl'] }] } as const;
let list: Promise<Buffer>;
let asked: number;
const parts: ConnectionParts = {
  estate: { tree: () => Promise.resolve(treeOf([placed])), list: () => ((asked += 1), list), admits: () => Promise.resolve(true) },
  idleMs: 300_000, secureContext: undefined,
};
const name = 'cn=verifier-tax,ou=clients,O=JPKI,C=JP';
const token = new UnsecuredJWT({ client_id: 'verifier-tax' }).encode();

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** Of less than 128 octets. */
const tlv = (tag: number, ...content: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from([tag, content.reduce((length, { length: more }) => length + more, 0)]), ...content]);
const message = (id: number, operation: Buffer): Buffer => tlv(0x30, Buffer.from([2, 1, id]), operation);
const whoAmI = (id: number): Buffer => message(id, tlv(0x77, tlv(0x80, Buffer.from(EXTENSION.whoAmI))));
const isNobody = (id: number): Buffer => writeExtended(id, SUCCESS, { value: '' });
const simpleBind = (id: number): Buffer => message(id, tlv(0x60, hex('020103'), tlv(0x04, Buffer.from(name)), tlv(0x80, Buffer.from(token))));
const search = (id: number): Buffer => message(id, tlv(0x63, tlv(0x04, Buffer.from(POINT)), hex('0a0100 0a0100 020100 020100 010100'), tlv(0x87, Buffer.from('objectClass')), tlv(0x30, tlv(0x04, Buffer.from(CRL)))));

beforeEach(() => {
  [list, asked] = [Promise.resolve(LIST), 0];
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client on a line without a network: it takes what it reads, and nothing before. */
function connected(): Duplex {
  const [client, server] = duplexPair();
  new Connection(Object.assign(server, { setNoDelay: () => server, setTimeout: () => server, remoteAddress: '127.0.0.1' }) as unknown as Socket, parts);
  return client;
}

/** More turns of the event loop than an answer takes. */
const TURNS = 8;

/** What lies ready for the client. */
async function heard(client: Duplex): Promise<Buffer> {
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
  const octets = client.read() as Buffer | null;
  return octets ?? Buffer.alloc(0);
}

describe('a message is whole within 30 s', () => {
  const SECOND = 1_000;

  it('or is the last: who sends an octet at a time holds the connection no longer than who sends none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const isSilent of [true, false]) {
      const client = connected();
      client.write(whoAmI(1));
      expect(await heard(client)).toEqual(isNobody(1));
      for (const [at, octet] of whoAmI(2).subarray(0, 10).entries()) {
        if (at > 0) vi.advanceTimersByTime(3 * SECOND);
        if (at === 0 || !isSilent) client.write(Buffer.from([octet]));
        await heard(client);
      }
      vi.advanceTimersByTime(3 * SECOND - 1);
      expect([await heard(client), client.readableEnded]).toEqual([Buffer.alloc(0), false]);
      vi.advanceTimersByTime(1);
      expect(await heard(client)).toEqual(writeDisconnection({ code: 'protocolError', diagnostic: 'a message does not end' }));
      client.write(whoAmI(2).subarray(10));
      expect([await heard(client), client.readableEnded]).toEqual([Buffer.alloc(0), true]);
    }
  });

  it('each for itself, however slow those before it were', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = connected();
    client.write(whoAmI(1).subarray(0, 9));
    for (let id = 1; id < 5; id += 1) {
      await heard(client);
      vi.advanceTimersByTime(29 * SECOND);
      client.write(Buffer.concat([whoAmI(id).subarray(9), whoAmI(id + 1).subarray(0, 9)]));
      expect(await heard(client)).toEqual(isNobody(id));
    }
  });

  it('and in its time, where the directory reads no further since so many wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = connected();
    let give: (octets: Buffer) => void = () => undefined;
    list = new Promise((resolve) => (give = resolve));
    const waiting = Array.from({ length: 17 }, (_, at) => whoAmI(at + 3));
    client.write(Buffer.concat([simpleBind(1), search(2), ...waiting, whoAmI(20).subarray(0, 9)]));
    expect(await heard(client)).toEqual(writeResult(1, 'bind', SUCCESS));
    client.write(whoAmI(20).subarray(9, 12));
    vi.advanceTimersByTime(31 * SECOND);
    expect(await heard(client)).toEqual(Buffer.alloc(0));
    give(Buffer.from('list'));
    const last = writeExtended(19, SUCCESS, { value: `dn:${name}` });
    expect((await heard(client)).subarray(-last.length)).toEqual(last);
    vi.advanceTimersByTime(30 * SECOND);
    expect(await heard(client)).toEqual(writeDisconnection({ code: 'protocolError', diagnostic: 'a message does not end' }));
  });
});

it('a bind by SASL is authMethodNotSupported, and who it was before is nobody; the connection goes on (RFC 4511 4.2.1, RFC 4513 4)', async () => {
  const client = connected();
  client.write(simpleBind(1));
  client.write(whoAmI(2));
  expect(await heard(client)).toEqual(Buffer.concat([writeResult(1, 'bind', SUCCESS), writeExtended(2, SUCCESS, { value: `dn:${name}` })]));
  const [external, cancelled] = ['EXTERNAL', ''].map((mechanism, at) => message(3 + at, tlv(0x60, hex('020103 0400'), tlv(0xa3, tlv(0x04, Buffer.from(mechanism))))));
  for (const octets of [external, cancelled]) client.write(octets);
  const refused = { code: 'authMethodNotSupported', diagnostic: 'simple binds alone' } as const;
  expect(await heard(client)).toEqual(Buffer.concat([writeResult(3, 'bind', refused), writeResult(4, 'bind', refused)]));
  expect(RESULT[refused.code]).toBe(7);
  client.write(Buffer.concat([whoAmI(5), simpleBind(6), whoAmI(7)]));
  expect(await heard(client)).toEqual(Buffer.concat([isNobody(5), writeResult(6, 'bind', SUCCESS), writeExtended(7, SUCCESS, { value: `dn:${name}` })]));
});

describe('a list of several megabytes', () => {
  it('comes whole, octet for octet, to a client of LDAP, with its other operations answered beside it', async () => {
    const server = createServer((socket) => new Connection(socket, parts)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new Client({ url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}` });
    try {
      await client.bind(name, token);
      const [before, found, after] = await Promise.all([client.exop(EXTENSION.whoAmI), client.search(POINT, { scope: 'base', attributes: [CRL] }), client.exop(EXTENSION.whoAmI)]);
      expect([before.value, after.value]).toEqual([`dn:${name}`, `dn:${name}`]);
      expect(LIST.equals(found.searchEntries[0]?.[CRL] as Buffer)).toBe(true);
    } finally {
      await client.unbind();
      server.close();
    }
  });

  it('is held for who does not read it, and nobody else waits; who reads on has it and what was asked behind it', async () => {
    const [slow, other] = [connected(), connected()];
    slow.write(Buffer.concat([simpleBind(1), search(2), search(3), whoAmI(4)]));
    for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
    other.write(whoAmI(1));
    expect(await heard(other)).toEqual(isNobody(1));
    // It holds one answer, and no more.
    expect(asked).toBe(1);
    const found = (id: number): Buffer[] => [...writeEntry(id, POINT, [{ description: CRL, values: [LIST] }]), writeResult(id, 'search', SUCCESS)];
    const told = Buffer.concat([writeResult(1, 'bind', SUCCESS), ...found(2), ...found(3), writeExtended(4, SUCCESS, { value: `dn:${name}` })]);
    const octets: Buffer[] = [];
    for (let more = await heard(slow); more.length > 0; more = await heard(slow)) octets.push(more);
    expect(told.equals(Buffer.concat(octets))).toBe(true);
  });
});

it.skipIf(spawnSync('openssl', ['version']).status !== 0)('there are so many clients at once as are set, whichever port they come by (needs the openssl program)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-directory-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1']);
  const settings = { KIBAN_LDAP_PORT: '0', KIBAN_LDAPS_PORT: '0', KIBAN_HTTP_PORT: '0', KIBAN_LDAP_TLS_CERT: cert, KIBAN_LDAP_TLS_KEY: key, KIBAN_LDAP_CONNECTIONS: '1', KIBAN_KEYS: folder, KIBAN_GATEWAY_URL: 'http://127.0.0.1:9' };
  const directory = await startDirectory(readDirectorySettings(settings), { tokens: { token: () => Promise.resolve('own') } });
  const byTls = (): TLSSocket => connectTls({ port: directory.ldapsPort ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
  /** What it hears of itself; nothing where it is cut off. */
  const answered = async (socket: Socket): Promise<Buffer> => {
    socket.on('error', () => undefined).write(whoAmI(1));
    const [octets] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown];
    return Buffer.isBuffer(octets) ? octets : Buffer.alloc(0);
  };
  try {
    const first = connect(directory.ldapPort, '127.0.0.1');
    expect([await answered(first), await answered(byTls())]).toEqual([isNobody(1), Buffer.alloc(0)]);
    first.destroy();
    while ((await answered(byTls())).length === 0) await setImmediate();
  } finally {
    await directory.stop();
    rmSync(folder, { recursive: true });
  }
});
