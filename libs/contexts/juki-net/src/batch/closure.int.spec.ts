import { createHash, type KeyObject } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { ResidentCode } from '#kernel';
import {
  buildTbsCertificate, decryptData, encryptData, generateRsaKey, parseCertificate, pemDecode, pemEncode, signCertificate, signData, signingKeyOf, verifySignedData,
  type CertificateProfile, type ParsedCertificate,
} from '#pki';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { readFrame, writeFrame } from './frame.js';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const municipality = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const [home, town, tokyo] = [municipality('990019'), municipality('990027'), municipality('131016')];
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' };
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const API = '/api/juki-net/v1';
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const purposeOf = (as: Actor): string => (as === pension ? 'PENSION_CURRENT_STATUS' : 'RESIDENT_REGISTER');
const PROFILE: CertificateProfile = {
  id: 'agency', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Organ' }],
  validity: { maxDays: 365 }, extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'keyEncipherment'] } }],
};

let estate: TestEstate;
let certificate: ParsedCertificate;
let key: KeyObject;
let register: ParsedCertificate;
let municipalSeq = 0;
type Body = Record<string, unknown>;
const post = (path: string, as: Actor, body: Body = {}, purpose = purposeOf(as)): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose, body });
async function notice(as: Actor, serial: number, over: Body = {}): Promise<void> {
  municipalSeq += 1;
  const body = {
    municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: `見本　${serial}`, nameKana: 'ミホン', birthDate: '19800101', sex: '1',
    address: `架空県試験市見本町${serial}`, municipalityCode: as.organisation, ...over,
  };
  expect((await post('/change-notices', as, body)).status).toBe(202);
}
async function grantOf(as: Actor, over: Body = {}): Promise<string> {
  const body = {
    institution: as.kind, organisation: as.organisation, affair: purposeOf(as), legalBasis: '住基法別表', items: ['nameKanji', 'address', 'municipalityCode'], modes: ['BATCH_LINE', 'IMMEDIATE_HOST'],
    keyKinds: ['RESIDENT_CODE', 'FOUR_ITEMS'], validFrom: '2015-10-05', validUntil: '2099-12-31', ...over,
  };
  const { grantId } = z.object({ grantId: z.uuid() }).parse((await post('/grants', operator('legal-1'), body)).json);
  expect((await post(`/grants/${grantId}/approval`, legalOfficer)).json).toMatchObject({ state: 'ACTIVE', ...over });
  return grantId;
}
async function ask(as: Actor, grantId: string, reference: string, serials: readonly number[]): Promise<string> {
  const details = serials.map((serial, at) => ['D', at + 1, '1', code(serial), '', '', '', '', '', '', '', `ref-${serial}`].join(','));
  const text = writeFrame({ kind: 'BREQ', sender: as.organisation, receiver: 'juki-net', grantId, batchId: reference, createdAt: '2026-01-01T00:00:00Z' }, details);
  const body = new Uint8Array(encryptData(await signData(gzipSync(text), { certificate, key: signingKeyOf('agency', key) }, new Date()), register));
  const answer = await estate.request('POST', `${API}/batches?grantId=${grantId}&reference=${reference}`, { as, purpose: purposeOf(as), body, headers: { 'content-type': 'application/pkcs7-mime' } });
  expect(answer.status).toBe(202);
  return z.object({ batchId: z.uuid() }).parse(answer.json).batchId;
}
const view = z.looseObject({ state: z.string(), answered: z.number(), hits: z.number(), postponed: z.number(), feeYen: z.number(), asOf: z.string().optional(), resultSha256: z.string().optional() });
const show = async (as: Actor, batchId: string) => view.parse((await estate.request('GET', `${API}/batches/${batchId}`, { as })).json);
const packaged = (as: Actor, batchId: string) => estate.eventually(async () => {
  const batch = await show(as, batchId);
  return batch.state === 'PACKAGED' ? batch : undefined;
}, 60);
async function result(as: Actor, batchId: string): Promise<string[]> {
  const { bytes, status } = await estate.request('GET', `${API}/batches/${batchId}/result`, { as, purpose: purposeOf(as) });
  expect(status).toBe(200);
  const frame = readFrame(gunzipSync(verifySignedData(decryptData(bytes, certificate, key), register).content).toString('utf8'), 'BRES');
  if (typeof frame === 'string') throw new Error(frame);
  return [...frame.details];
}
const codes = (lines: readonly string[]): string[] => lines.map((text) => text.split(',').slice(2, 4).join(' '));
const refusal = ({ status, json }: Answer): unknown[] => [status, z.looseObject({ code: z.string() }).parse(json).code];
/** Longer than what answerers know of the servers is kept. */
async function setServer(state: string): Promise<void> {
  expect((await estate.request('PUT', `${API}/servers/NATIONAL/state`, { as: operator('night-1'), body: { state, note: '保守' } })).status).toBe(200);
  estate.clock.set(new Date(estate.clock.now().getTime() + 15_000));
}
const uses = (batchOf: string): Promise<unknown[]> => estate.sql("SELECT result_code, items FROM juki_net.use_record WHERE grant_id = $1 AND mode = 'BATCH_LINE' ORDER BY result_code, at", batchOf);

beforeAll(async () => {
  estate = await startEstate([jukiNetModule]);
  key = await generateRsaKey(2048);
  const signing = signingKeyOf('agency', key);
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const tbs = buildTbsCertificate({ profile: PROFILE, serial: 7n, issuer: 'self', notBefore, notAfter: new Date(notBefore.getTime() + 300 * 86_400_000), spki: signing.publicKeySpki });
  certificate = parseCertificate(await signCertificate(tbs, signing));
  register = parseCertificate(pemDecode((await estate.request('GET', `${API}/exchange-certificate`, { as: pension })).bytes.toString(), ['CERTIFICATE']));
  const sha256 = createHash('sha256').update(certificate.der).digest('hex');
  for (const { kind: institution, organisation } of [home, prefecture, pension, tokyo]) {
    expect((await post('/exchange-certificates', operator('o-1'), { institution, organisation, certificate: pemEncode('CERTIFICATE', certificate.der), sha256 })).status).toBe(201);
  }
  await notice(home, 1);
  await notice(town, 2);
  await notice(tokyo, 3, { address: '東京都千代田区見本町3' });
  await notice(home, 4);
  await notice(home, 4, { personSeq: 2, changeReason: '20', changeDate: '20160110' });
});
afterAll(() => estate.stop());

describe('JUKI-4.7 a batch reaches whose residents the grant’s schedule says', () => {
  it('2 and 5 of the prefecture, 3 and 4 of the others, as if nobody else were; without a schedule 40; audited, without a use record', async () => {
    for (const [as, over, told] of [
      [home, { schedule: 2 }, ['00', '00', '10']], [home, { schedule: 4 }, ['10', '10', '00']], [prefecture, { schedule: 5 }, ['00', '00', '10']], [prefecture, { schedule: 3 }, ['10', '10', '00']],
      [home, {}, ['00', '40', '40']], [pension, { schedule: 1 }, ['00', '00', '00']],
    ] as const) {
      const grantId = await grantOf(as, over);
      const batchId = await ask(as, grantId, `reach-${grantId.slice(-12)}`, [1, 2, 3]);
      await packaged(as, batchId);
      expect(codes(await result(as, batchId)), `${as.organisation} ${JSON.stringify(over)}`).toEqual(told.map((one, at) => `ref-${at + 1} ${one}`));
      expect(await uses(grantId)).toHaveLength(told.filter((one) => one === '00').length);
    }
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%\"outOfReach\":2%' LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '{}')).subjects).toHaveLength(3);
  });

  it('an inquiry reaches the same: strangers of a schedule are 10, in the count of namesakes too', async () => {
    const inquire = async (as: Actor, grantId: string, key_: Body): Promise<unknown> => (await post('/inquiries', as, { grantId, ...key_ })).json;
    for (const [as, schedule, told] of [[home, 2, ['00', '00', '10']], [home, 4, ['10', '10', '00']], [prefecture, 3, ['10', '10', '00']], [prefecture, 5, ['00', '00', '10']]] as const) {
      const grantId = await grantOf(as, { schedule });
      for (const [at, resultCode] of told.entries()) expect(await inquire(as, grantId, { residentCode: code(at + 1) }), `${schedule}/${at + 1}`).toMatchObject({ resultCode });
      const found = told.filter((one) => one === '00').length;
      expect(await inquire(as, grantId, { fourItems: { nameKana: 'ミホン', birthDate: '19800101', sex: '1', addressPrefix: '東京都' } })).toMatchObject({ count: found === 1 ? 1 : 0 });
    }
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '{\"action\":\"juki-net.inquiry.ask\"%\"outOfReach\":true%' LIMIT 1");
    expect(JSON.parse(line?.entry ?? '{}')).toMatchObject({ outcome: 'DONE', subjects: [expect.any(String)], facts: { resultCode: '10' } });
  });
});

describe('JUKI-7 what a grant lets its affair know, in a batch', () => {
  it('the date of a death only, unless granted; the flag of protection in a column of its own to grants that include it', async () => {
    expect((await post('/support-measures', home, { residentCodes: [code(1)], grounds: 'STALKING', startsOn: new Date().toISOString().slice(0, 10), opinionFrom: 'police' })).status).toBe(201);
    const told = async (over: Body): Promise<string[]> => {
      const grantId = await grantOf(pension, over);
      const batchId = await ask(pension, grantId, `tells-${grantId.slice(-12)}`, [1, 2, 4]);
      await packaged(pension, batchId);
      return (await result(pension, batchId)).map((text) => text.split(',').slice(3).join(','));
    };
    expect(await told({})).toEqual(['41,,,見本　1,,,,,,,,,,', '00,,,見本　2,,,,,架空県試験市見本町2,990027,,,,', '20,,,,,,,,,,,2016-01-10,,']);
    expect(await told({ protectiveExempt: true, tellsProtection: true, tellsDeceased: true })).toEqual([
      '00,,,見本　1,,,,,架空県試験市見本町1,990019,,,,,1', '00,,,見本　2,,,,,架空県試験市見本町2,990027,,,,,0', '20,,,見本　4,,,,,架空県試験市見本町4,990019,,2016-01-10,,,0',
    ]);
    expect(await told({ protectiveExempt: true })).toEqual(['00,,,見本　1,,,,,架空県試験市見本町1,990019,,,,', expect.stringMatching(/^00/), expect.stringMatching(/^20/)]);
    const flagless = { institution: 'national-agency', organisation: 'pension', affair: 'X_Y', legalBasis: 'x', items: ['sex'], modes: ['BATCH_LINE'], keyKinds: ['RESIDENT_CODE'], validFrom: '2015-10-05', validUntil: '2099-12-31', tellsProtection: true };
    expect(refusal(await post('/grants', operator('legal-1'), flagless))).toEqual([422, 'PROTECTION_FLAG']);
  });
});

describe('JUKI-7 batches while the national server is closed', () => {
  it('a prefecture’s organs are told of their own residents, of others 90 at no cost; resumed, the rest is answered once, over a restart', async () => {
    const grantId = await grantOf(prefecture);
    const wide = await grantOf(pension);
    await setServer('CLOSED');
    const batchId = await ask(prefecture, grantId, 'closed', [2, 3, 99]);
    const waiting = await ask(pension, wide, 'waiting', [2]);
    const first = await packaged(prefecture, batchId);
    expect(first).toMatchObject({ answered: 1, hits: 1, postponed: 2, feeYen: 10, asOf: expect.any(String) });
    expect(codes(await result(prefecture, batchId))).toEqual(['ref-2 00', 'ref-3 90', 'ref-99 90']);
    expect(await uses(grantId)).toHaveLength(1);
    expect(refusal(await post(`/batches/${batchId}/resumption`, prefecture))).toEqual([503, 'NATIONAL_CLOSED']);
    expect(refusal(await post(`/batches/${batchId}/resumption`, home))).toEqual([404, 'NOT_FOUND']);
    expect(await show(pension, waiting)).toMatchObject({ state: 'ACCEPTED', answered: 0, postponed: 0 });
    await setServer('OPEN');
    expect(await packaged(pension, waiting)).toMatchObject({ answered: 1, hits: 1, postponed: 0 });
    expect(refusal(await post(`/batches/${waiting}/resumption`, pension))).toEqual([409, 'BATCH_STATE']);
    expect((await post(`/batches/${batchId}/resumption`, prefecture)).json).toMatchObject({ batchId, state: 'PROCESSING' });
    await estate.restart();
    const second = await packaged(prefecture, batchId);
    expect(second).toMatchObject({ answered: 3, hits: 1, postponed: 0, feeYen: 30 });
    expect(second.resultSha256).not.toBe(first.resultSha256);
    // From here on it is kept for 45 days.
    expect(await estate.sql('SELECT packaged_at = state_changed_at AS anew FROM juki_net.provision_batch WHERE batch_id = $1', batchId)).toEqual([{ anew: true }]);
    expect(codes(await result(prefecture, batchId))).toEqual(['ref-2 00', 'ref-3 40', 'ref-99 10']);
    expect(await uses(grantId)).toHaveLength(1);
    expect(await estate.sql('SELECT 1 FROM juki_net.provision_batch_rest')).toEqual([]);
    expect(refusal(await post(`/batches/${batchId}/resumption`, prefecture))).toEqual([409, 'BATCH_STATE']);
  });

  it('2 and 5 are told by the copy at all times: who is not in it is 10 and not asked again; after the receipt nothing is', async () => {
    const grantId = await grantOf(home, { schedule: 2 });
    const ended = await grantOf(prefecture);
    await setServer('CLOSED');
    const [batchId, kept] = [await ask(home, grantId, 'own', [2, 3]), await ask(prefecture, ended, 'kept', [2, 3])];
    const elsewhere = await ask(home, await grantOf(home, { schedule: 4 }), 'elsewhere', [3]);
    expect(await packaged(home, batchId)).toMatchObject({ answered: 1, postponed: 1 });
    const { resultSha256 } = await packaged(prefecture, kept);
    await result(prefecture, kept);
    expect((await post(`/batches/${kept}/receipt`, prefecture, { resultSha256 })).json).toMatchObject({ state: 'RECEIPT_CONFIRMED' });
    expect(await show(home, elsewhere)).toMatchObject({ state: 'ACCEPTED' });
    await setServer('OPEN');
    expect(refusal(await post(`/batches/${kept}/resumption`, prefecture))).toEqual([409, 'BATCH_STATE']);
    expect((await post(`/batches/${batchId}/resumption`, home)).status).toBe(202);
    await packaged(home, batchId);
    expect(codes(await result(home, batchId))).toEqual(['ref-2 00', 'ref-3 10']);
    await packaged(home, elsewhere);
    expect(codes(await result(home, elsewhere))).toEqual(['ref-3 00']);
  });
});

describe('JUKI-7 an answer that may not have arrived', () => {
  it('is shown so to the person until the receipt of its batch, and for ever where it was purged without one', async () => {
    await notice(town, 5);
    const grantId = await grantOf(pension);
    const [received, lost] = [await ask(pension, grantId, 'received', [5]), await ask(pension, grantId, 'lost', [5])];
    const { resultSha256 } = await packaged(pension, received);
    await packaged(pension, lost);
    estate.clock.set(new Date(estate.clock.now().getTime() + 32 * 86_400_000));
    const step = async (path: string, body: Body, as = town): Promise<unknown> => (await post(`/disclosures${path}`, as, body, 'DISCLOSURE')).json;
    const history = z.object({ history: z.array(z.object({ uses: z.array(z.looseObject({ recipient: z.literal('pension'), function: z.literal('BATCH_LINE'), deliveryUnknown: z.boolean() })) })) });
    const unknown = async (): Promise<number> => {
      const { requestId } = z.object({ requestId: z.uuid() }).parse(await step('', { kind: 'USE_HISTORY', residentCode: code(5) }));
      await step(`/${requestId}/identification`, { means: 'PASSPORT' });
      await step(`/${requestId}/decision`, { outcome: 'FULL' }, prefecture);
      const uses = history.parse(await step(`/${requestId}/hand-over`, {})).history.flatMap((part) => part.uses);
      expect(uses).toHaveLength(2);
      return uses.filter(({ deliveryUnknown }) => deliveryUnknown).length;
    };
    expect(await unknown()).toBe(2);
    await result(pension, received);
    expect(await unknown()).toBe(2);
    expect((await post(`/batches/${received}/receipt`, pension, { resultSha256 })).json).toMatchObject({ state: 'RECEIPT_CONFIRMED' });
    expect(await unknown()).toBe(1);
    estate.clock.set(new Date(estate.clock.now().getTime() + 20 * 86_400_000));
    await estate.eventually(async () => (await show(pension, received)).state === 'PURGED' && (await show(pension, lost)).state === 'PURGED', 30);
    expect(await unknown()).toBe(1);
  });
});

describe('JUKI-5.3 the last columns of a result', () => {
  it('tell the address before the present one to grants that include it, unless the place is withheld, and the glyphs of what is told', async () => {
    await notice(town, 6, { nameKanji: '見本〓{glyph:A1}' });
    await notice(town, 6, { personSeq: 2, changeReason: '30', changeDate: '20160110', nameKanji: '見本〓{glyph:A1}', address: '架空県試験市見本町6の2' });
    await notice(town, 6, { personSeq: 3, changeReason: '30', changeDate: '20160210', nameKanji: '見本〓{glyph:A1}', address: '架空県試験市〓{glyph:B2}町6' });
    await notice(home, 1, { personSeq: 2, changeReason: '30', changeDate: '20160210', address: '架空県試験市見本町101' });
    const told = async (over: Body): Promise<string[]> => {
      const grantId = await grantOf(pension, over);
      const batchId = await ask(pension, grantId, `last-${grantId.slice(-12)}`, [6, 1, 2]);
      await packaged(pension, batchId);
      expect(await estate.sql("SELECT DISTINCT 'formerAddress' = ANY(items) AS told FROM juki_net.use_record WHERE grant_id = $1 ORDER BY 1 DESC LIMIT 1", grantId)).toEqual([{ told: over['tellsFormerAddress'] === true }]);
      return (await result(pension, batchId)).map((text) => [3, 11, 15, 16].map((column) => text.split(',')[column]).join(' '));
    };
    expect(await told({})).toEqual(['00 架空県試験市〓{glyph:B2}町6  A1 B2', '41   ', '00 架空県試験市見本町2  ']);
    expect(await told({ tellsFormerAddress: true })).toEqual(['00 架空県試験市〓{glyph:B2}町6 架空県試験市見本町6の2 A1 B2', '41   ', '00 架空県試験市見本町2  ']);
  });
});
