import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Api, ApiFault, until } from '../../tools/walk/api.js';
import type { MadeCard } from '../../tools/walk/card.js';
import { inquire, notify, pensionGrant } from '../../tools/walk/register.js';
import { NEXT_TOWN, TOWN } from '../../tools/walk/people.js';
import { CAS, caCertificate, freshCrl, type CaId } from '../../tools/walk/verify.js';
import { walk, type WalkResult } from '../../tools/walk/walk.js';
import { callByReflection, hasOpenssl, openssl } from './clients.js';
import { openJourneyEstate, type JourneyEstate } from './estate.js';
import { holdsAny, leaksInDatabase, leaksInFolder } from './leaks.js';

/** What the `openssl` program says of one certificate of the card, by revocation list and by responder. */
interface Verdict {
  readonly crl: string;
  readonly ocsp: string;
}

const REVOKED = { crl: /certificate revoked/, ocsp: /: revoked[^]*Response verify OK/ };
const GOOD = { crl: /: OK/, ocsp: /: good[^]*Response verify OK/ };
const folder = mkdtempSync(join(tmpdir(), 'kiban-j-001-'));
const withOpenssl = await hasOpenssl();

async function verdict(api: Api, card: MadeCard, ca: CaId): Promise<Verdict> {
  const path = (name: string, bytes: Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const caDer = path(`${ca}-ca.der`, await caCertificate(api, ca));
  const caPem = join(folder, `${ca}-ca.pem`);
  await openssl('x509', '-inform', 'DER', '-in', caDer, '-out', caPem);
  const held = path(`${ca}.der`, card[ca].der);
  const crl = path(`${ca}.crl`, await freshCrl(api, ca));
  const url = `${api.estate.gateway}/api/jpki-ca/v1/ocsp/${ca}`;
  return {
    crl: await openssl('verify', '-x509_strict', '-crl_check', '-CRLfile', crl, '-CAfile', caPem, held),
    ocsp: await openssl('ocsp', '-issuer', caPem, '-cert', held, '-CAfile', caPem, '-url', url, '-header', `Authorization=Bearer ${await api.token('verifier-tax')}`),
  };
}

describe('J-001 a resident becomes a card holder, through the gateway', () => {
  let estate: JourneyEstate;
  let api: Api;
  let result: WalkResult;
  const before: Partial<Record<CaId, Verdict>> = {};

  beforeAll(async () => {
    estate = await openJourneyEstate();
    api = new Api(estate.address);
    const beforeMove = async (card: MadeCard): Promise<void> => {
      if (withOpenssl) for (const ca of CAS) before[ca] = await verdict(api, card, ca);
    };
    result = await walk(api, { partner: estate.partner, beforeMove }, () => undefined);
  });
  afterAll(async () => {
    await estate.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(!withOpenssl)('openssl accepts both certificates, and after the move finds the signing one revoked and the other good (skipped without the openssl program)', async () => {
    for (const ca of CAS) {
      expect(before[ca]?.crl).toMatch(GOOD.crl);
      expect(before[ca]?.ocsp).toMatch(GOOD.ocsp);
    }
    const [sign, auth] = [await verdict(api, result.card, 'sign'), await verdict(api, result.card, 'auth')];
    expect([sign.crl, sign.ocsp]).toEqual([expect.stringMatching(REVOKED.crl), expect.stringMatching(REVOKED.ocsp)]);
    expect([auth.crl, auth.ocsp]).toEqual([expect.stringMatching(GOOD.crl), expect.stringMatching(GOOD.ocsp)]);
  });

  it('a gRPC client that knows the services by reflection alone gets the same answer as REST', async () => {
    const grantId = await pensionGrant(api);
    const residentCode = result.household[0]?.residentCode ?? '';
    const rest = await inquire(api, grantId, { residentCode });
    const answer = await callByReflection(estate.grpcAddress, { service: 'kiban.juki_net.v1.JukiRegister', name: 'Inquire' }, { grantId, residentCode }, {
      authorization: `Bearer ${await api.token('agency-pension')}`,
      'kiban-purpose': 'PENSION_CURRENT_STATUS',
    });
    const parsed = z.object({ resultCode: z.string(), persons: z.array(z.object({ individualNumber: z.string(), municipalityCode: z.string() })) }).parse(answer);
    expect(parsed.persons[0]).toMatchObject({ individualNumber: result.numbers[0], municipalityCode: '990027' });
    expect(rest.persons[0]).toMatchObject({ individualNumber: result.numbers[0], municipalityCode: '990027' });
  });

  const question = { method: 'POST', path: '/api/juki-net/v1/inquiries' } as const;
  it.each([
    ['no token', {}, 401, 'UNAUTHENTICATED'],
    ['a wrong token', { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.AAAA', 'kiban-purpose': 'PENSION_CURRENT_STATUS' }, 401, 'UNAUTHENTICATED'],
    ['no purpose', { as: 'agency-pension' }, 400, 'PURPOSE_REQUIRED'],
    ['a purpose that the table does not allow', { as: 'agency-pension', 'kiban-purpose': 'CURIOSITY' }, 403, 'PURPOSE_NOT_PERMITTED'],
    ['an institution without any row', { as: 'verifier-tax', 'kiban-purpose': 'PENSION_CURRENT_STATUS' }, 403, 'ACTION_NOT_PERMITTED'],
  ])('refuses and audits %s', async (_case, { as, ...headers }: { as?: string; authorization?: string; 'kiban-purpose'?: string }, status, code) => {
    const body = JSON.stringify({ grantId: await pensionGrant(api), residentCode: result.household[0]?.residentCode });
    const response = await fetch(`${estate.address.gateway}${question.path}`, {
      method: question.method,
      headers: { 'content-type': 'application/json', ...(as === undefined ? {} : { authorization: `Bearer ${await api.token(as)}` }), ...headers },
      body,
    });
    const problem = z.object({ code: z.string(), correlationId: z.string() }).parse(await response.json());
    expect([response.status, problem.code]).toEqual([status, code]);
    expect(await auditedRefusals(estate, problem.correlationId)).toEqual([code]);
  });

  it('refuses and audits a municipality that asks for another municipality\'s resident', async () => {
    const elsewhere = { municipalSeq: 1, residentCode: result.household[1]?.residentCode, personSeq: 2, changeReason: '30', changeDate: '20151005', nameKanji: '別人', nameKana: 'ベツジン', birthDate: '19880312', sex: '1', address: '他所', municipalityCode: '990019' };
    const refused = await api.call('POST', '/api/juki-net/v1/change-notices', { as: 'municipality-990027', purpose: 'RESIDENT_REGISTER', body: elsewhere }, z.object({})).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiFault);
    expect(refused).toMatchObject({ code: 'NOT_YOUR_RESIDENT' });
    const certificate = await api.call('GET', `/api/jpki-ca/v1/certificates/auth/${result.card.auth.serial}`, { as: 'municipality-990019', purpose: 'CERTIFICATE_STATUS' }, z.object({})).catch((error: unknown) => error);
    expect(certificate).toMatchObject({ code: 'OUT_OF_JURISDICTION' });
  });

  it('an entry by mistake elsewhere that is struck again takes neither number, card nor authentication certificate (JUKI-4.3, 26)', async () => {
    const [holder] = result.household;
    if (holder === undefined) throw new Error('a walk has a household');
    await notify(api, TOWN, holder, { reason: '11', personSeq: 3, address: '架空県試験市見本町二丁目３番４号', previous: NEXT_TOWN });
    await notify(api, TOWN, holder, { reason: '26', personSeq: 4, address: '架空県試験市見本町二丁目３番４号' });
    const struck = await until('the news of the struck record', async () => (await rows(estate, "SELECT returns_to, fact_version FROM jpki_ca.resident_change_notice WHERE person_key = $1 AND kind = 'record-deleted' AND state = 'APPLIED'", result.personKey))[0]);
    expect(struck['returns_to']).toBe(NEXT_TOWN);
    await until('the news at the other contexts', async () => (await rows(estate, 'SELECT 1 FROM card_issuance.person_fact f JOIN numbering.person_standing s USING (person_key) WHERE person_key = $1 AND f.fact_version = $2 AND s.fact_version = $2', result.personKey, struck['fact_version']))[0]);
    const states = await rows(
      estate,
      `SELECT (SELECT state FROM numbering.assignment WHERE person_key = $1) AS number, (SELECT state FROM card_issuance.card WHERE person_key = $1) AS card,
         (SELECT state FROM jpki_ca.certificate WHERE person_key = $1 AND ca = 'auth') AS auth`,
      result.personKey,
    );
    expect(states).toEqual([{ number: 'DESIGNATED', card: 'ACTIVE', auth: 'VALID' }]);
  });

  it('can be followed in one trace from the gateway to the consumers of its events', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const spans = readFileSync(join(estate.data, 'log', 'traces.jsonl'), 'utf8').trim().split('\n').map((line) => z.object({ traceId: z.string(), service: z.string(), name: z.string() }).parse(JSON.parse(line)));
    const notice = spans.filter(({ service, name }) => service === 'gateway' && name === 'gateway POST juki-net');
    const reached = notice.some(({ traceId }) => spans.some((span) => span.traceId === traceId && span.name.startsWith('consume jpki-ca')));
    expect(reached).toBe(true);
  });

  it('leaves no individual number and no resident code in events, logs, traces, metrics, URLs or the database outside of encrypted columns', async () => {
    const secrets = [...result.numbers, ...result.household.map(({ residentCode }) => residentCode)];
    expect(result.events.length).toBeGreaterThan(10);
    expect(holdsAny(result.events.join('\n'), secrets)).toBe(false);
    expect(leaksInFolder(join(estate.data, 'log'), secrets)).toEqual([]);
    expect(await leaksInDatabase(estate.adminUrl, secrets)).toEqual([]);
    const metrics = await (await fetch(`${estate.address.gateway}/metrics`)).text();
    expect(holdsAny(metrics, secrets)).toBe(false);
  });
});

async function rows(estate: JourneyEstate, sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function auditedRefusals(estate: JourneyEstate, correlationId: string): Promise<unknown[]> {
  const found = await rows(
    estate,
    `SELECT entry::json ->> 'code' AS code FROM juki_net.audit_line WHERE entry::json ->> 'correlationId' = $1
     UNION ALL SELECT entry::json ->> 'code' FROM gateway.audit_line WHERE entry::json ->> 'correlationId' = $1`,
    correlationId,
  );
  return found.map((row) => row['code']);
}
