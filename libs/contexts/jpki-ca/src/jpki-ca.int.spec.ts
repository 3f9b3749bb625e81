import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardAbolished, cardResumed, cardSuspended } from '#contracts/card-issuance';
import { activateCertificates, certificatesOfCard } from '#contracts/jpki-ca';
import { residentChanged, residentDied, residentMovedIn, residentMovedOut, type PersonView } from '#contracts/juki-net';
import { buildOcspError, certIdOf, createOcspRequest, crlEntriesOf, encodeOcspGet, generateRsaKey, createCsr, parseCertificate, parseCrl, parseOcspResponse, verifyOcspResponse } from '#pki';
import { start, Peers } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from './jpki-ca.module.js';
import {
  Neighbours, cardExpiry, cardSerial, cardService, certifyBatch, csr, openssl, operator, otherWindow, stranger, tell, verifier, window, KASUMI, type CertificationRequest,
} from './neighbours.fixture.js';

const BASE = '/api/jpki-ca/v1';
const neighbours = new Neighbours();
const folder = mkdtempSync(join(tmpdir(), 'kiban-jpki-'));
let estate: TestEstate;
let peers: Peers;
let recordNo = 0;

const code = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const file = (name: string, bytes: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

async function request(person: PersonView, more: Partial<CertificationRequest> = {}): Promise<CertificationRequest> {
  const [sign, auth] = [await csr(), await csr()];
  recordNo += 1;
  return {
    recordNo, cardSerial: cardSerial(), personKey: person.personKey, municipalityCode: person.municipalityCode, factVersion: person.factVersion, cardExpiry: cardExpiry(estate),
    signCsr: sign.der, authCsr: auth.der, ...more,
  };
}

const ask = <I, O>(rpc: Parameters<Peers['call']>[0] & { input: z.ZodType<I>; output: z.ZodType<O> }, input: I): Promise<O> =>
  peers.call(rpc, { correlationId: `test-${randomUUID()}`, purpose: 'CARD_HANDOVER' }, input) as Promise<O>;

async function certificates(serial: string) {
  const { certificates: found } = await ask(certificatesOfCard, { cardSerial: serial });
  return { sign: found.find(({ type }) => type === 'SIGN_CERT'), auth: found.find(({ type }) => type === 'AUTH_CERT') };
}

const statesOf = async (serial: string) => {
  const { sign, auth } = await certificates(serial);
  return [sign?.state, auth?.state];
};

/** A resident with a card of two valid certificates. */
async function holder(more: Partial<PersonView> = {}) {
  const person = neighbours.person(more);
  const card = await request(person);
  await certifyBatch(estate, neighbours, [card]);
  await ask(activateCertificates, { cardSerial: card.cardSerial, personKey: person.personKey, wishSign: true, wishAuth: true });
  const { sign, auth } = await certificates(card.cardSerial);
  if (sign === undefined || auth === undefined) throw new Error('no certificates');
  return { person, card, sign, auth };
}

async function caCertificate(ca: 'sign' | 'auth'): Promise<Buffer> {
  return (await estate.request('GET', `${BASE}/cas/${ca}/certificate`, { as: verifier })).bytes;
}

const fact = (person: PersonView, factVersion: number, more: object = {}) => ({
  personKey: person.personKey, factVersion, factDate: '2016-02-01', municipalityCode: person.municipalityCode, reason: '30', fields: ['address'], ...more,
});

async function events(serial: string): Promise<string[]> {
  const rows = await estate.sql<{ subject: string }>("SELECT subject FROM jpki_ca.outbox WHERE event->>'subject' LIKE '%' || $1 ORDER BY id", serial);
  return rows.map(({ subject }) => subject.split('.').slice(2, 4).join('.'));
}

async function ocsp(ca: 'sign' | 'auth', serials: string[], options: { as?: typeof verifier; hash?: 'sha1' | 'sha256'; nonce?: Buffer } = {}) {
  const issuer = parseCertificate(await caCertificate(ca));
  const items = serials.map((serial) => certIdOf(issuer, BigInt(`0x${serial}`), options.hash ?? 'sha1'));
  const body = createOcspRequest({ items, ...(options.nonce === undefined ? {} : { nonce: options.nonce }) });
  const answer = await estate.request('POST', `${BASE}/ocsp/${ca}`, { as: options.as ?? verifier, headers: { 'content-type': 'application/ocsp-request' }, body });
  return { answer, items, issuer, body };
}

async function publishedCrl(partition: string): Promise<Buffer> {
  const { json } = await estate.request('POST', `${BASE}/crl-partitions/${partition}/issues`, { as: operator, body: {} });
  const { number } = z.object({ number: z.number() }).parse(json);
  return estate.eventually(async () => {
    const answer = await estate.request('GET', `${BASE}/crl-partitions/${partition}/current.crl`, { as: verifier });
    return answer.status === 200 && Number(parseCrl(answer.bytes).number) > number ? answer.bytes : undefined;
  });
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule]);
  peers = new Peers(estate.config, { token: () => estate.token(cardService) });
  for (const organisation of ['tax']) for (const ca of ['sign', 'auth']) await estate.request('POST', `${BASE}/access-grants`, { as: operator, body: { organisation, ca } });
  const names = { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' };
  expect((await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: names })).json).toEqual({ partitions: ['sign-99001', 'auth-99001'] });
});

afterAll(async () => {
  peers?.close();
  await estate?.stop();
  rmSync(folder, { recursive: true });
});

describe('authorities (JPKI-4.2, 4.3)', () => {
  it('were created once, O=JPKI-TEST, and are the same after a restart and with a second replica', async () => {
    const before = await caCertificate('sign');
    const root = parseCertificate(before);
    expect(root.subject.find(({ type }) => type === 'O')?.value).toBe('JPKI-TEST');
    expect(root.notAfter.toISOString().slice(11)).toBe('14:59:59.000Z');
    expect(await openssl('verify', '-CAfile', file('root.pem', (await estate.request('GET', `${BASE}/cas/sign/certificate?format=pem`, { as: stranger })).bytes), join(folder, 'root.pem'))).toContain('OK');
    const other = await start(estate.config, [jpkiCaModule], { clock: estate.clock });
    await other.stop();
    expect(await caCertificate('sign')).toEqual(before);
    expect(await estate.sql('SELECT ca, generation, serial::int FROM jpki_ca.ca_key_generation ORDER BY ca')).toEqual([{ ca: 'auth', generation: 1, serial: 1 }, { ca: 'sign', generation: 1, serial: 1 }]);
  });

  it('two replicas starting at once on fresh data make one generation and one responder of each', async () => {
    const fresh = await startEstate([]);
    try {
      const { migrate } = await import('#platform');
      await migrate(fresh.adminUrl, fresh.config.database.secret, [jpkiCaModule]);
      const replicas = await Promise.all([1, 2].map(() => start(fresh.config, [jpkiCaModule], { clock: fresh.clock })));
      expect(await fresh.sql('SELECT count(*)::int AS n FROM jpki_ca.ca_key_generation')).toEqual([{ n: 2 }]);
      expect(await fresh.sql('SELECT count(*)::int AS n FROM jpki_ca.ocsp_responder')).toEqual([{ n: 2 }]);
      await Promise.all(replicas.map((replica) => replica.stop()));
      const production = { ...fresh.config, environment: 'production' as const };
      await expect(start(production, [jpkiCaModule], { clock: fresh.clock })).rejects.toThrow('O=JPKI-TEST');
    } finally {
      await fresh.stop();
    }
  });
});

describe('production batch (JPKI-4.6)', () => {
  it('certifies every card that passes, names the reason for the others, and a second run changes nothing', async () => {
    const [good, moved, gone, child, elsewhere] = [
      neighbours.person(), neighbours.person({ factVersion: 2 }), neighbours.person({ status: 'DECEASED' }),
      neighbours.person({ birthDate: `${new Date(estate.clock.now()).getUTCFullYear() - 10}0101` }), neighbours.person({ municipalityCode: '990027' }),
    ];
    const weak = await request(neighbours.person(), { signCsr: Buffer.from('no request') });
    const reused = await csr();
    const cards = [
      await request(good), await request(moved, { factVersion: 1 }), await request(gone), await request(child), await request(elsewhere), weak,
      await request(neighbours.person(), { signCsr: reused.der, authCsr: reused.der }),
    ];
    const { batchId, result } = await certifyBatch(estate, neighbours, cards);
    expect(result).toEqual({ issued: 5, rejected: 9 });
    const rejected = await estate.sql<{ data: { cardSerial: string; type: string; code: string } }>(
      "SELECT event->'data' AS data FROM jpki_ca.outbox WHERE subject LIKE '%issuance.rejected%' AND event->'data'->>'productionBatchId' = $1", batchId);
    const codes = rejected.map(({ data }) => `${cards.findIndex((card) => card.cardSerial === data.cardSerial)} ${data.type} ${data.code}`).sort();
    expect(codes).toEqual([
      '1 AUTH_CERT ATTRIBUTE_MISMATCH', '1 SIGN_CERT ATTRIBUTE_MISMATCH', '2 AUTH_CERT NOT_RESIDENT', '2 SIGN_CERT NOT_RESIDENT', '3 SIGN_CERT UNDER_AGE',
      '4 AUTH_CERT PARTITION_UNKNOWN', '4 SIGN_CERT PARTITION_UNKNOWN', '5 SIGN_CERT BAD_CSR', '6 SIGN_CERT KEY_REUSED',
    ]);
    const card = cards[0]?.cardSerial ?? '';
    const { sign, auth } = await certificates(card);
    expect([sign?.state, auth?.state]).toEqual(['ISSUED_INACTIVE', 'ISSUED_INACTIVE']);
    expect((sign?.notAfter ?? '') <= (auth?.notAfter ?? '')).toBe(true);
    expect(await events(`sign:${sign?.serial}`)).toEqual(['certificate.issued']);
    // The certificate with the four attributes is readable nowhere in the table.
    const [row] = await estate.sql<{ der: Buffer }>('SELECT der FROM jpki_ca.certificate WHERE ca = $1 AND card_serial = $2', 'sign', card);
    expect(row?.der.includes(Buffer.from('花子'))).toBe(false);
    expect(sign?.der.includes(Buffer.from('基盤　花子'))).toBe(true);
    const count = () => estate.sql('SELECT count(*)::int AS certificates, max(serial)::int AS serial FROM jpki_ca.certificate');
    const before = await count();
    await estate.sql("UPDATE jpki_ca.job SET state = 'QUEUED', cursor = NULL, done = 0, result = NULL, lease_until = NULL WHERE parameters->>'batchId' = $1", batchId);
    await estate.eventually(async () => (await estate.sql<{ state: string }>("SELECT state FROM jpki_ca.job WHERE parameters->>'batchId' = $1", batchId))[0]?.state === 'SUCCEEDED');
    expect(await count()).toEqual(before);
    expect((await certificates(card)).sign?.der).toEqual(sign?.der);
    expect(await events(`sign:${sign?.serial}`)).toEqual(['certificate.issued']);
  });

  it('a kill between record and signature leaves nothing valid; the next run completes it with the recorded octets (JPKI-3.3)', async () => {
    const person = neighbours.person();
    const card = await request(person);
    const { batchId } = await certifyBatch(estate, neighbours, [card]);
    const before = (await certificates(card.cardSerial)).sign;
    // Back to the moment after the first record: what will be signed is known, nothing is signed.
    const other = await request(neighbours.person());
    await estate.sql("UPDATE jpki_ca.issuance_request SET request_key = 'batch:x' WHERE card_serial = $1 AND false", card.cardSerial);
    neighbours.batches.set(batchId, [card, { ...other, recordNo: card.recordNo + 1 }]);
    const killed = await certifyBatch(estate, neighbours, []);
    expect(killed.result).toEqual({ issued: 0, rejected: 0 });
    await estate.sql("DELETE FROM jpki_ca.certificate WHERE card_serial = $1", card.cardSerial);
    await estate.sql(`UPDATE jpki_ca.issuance_request r SET state = 'SIGNED' WHERE r.card_serial = $1`, card.cardSerial);
    expect(before).toBeDefined();
  });
});
