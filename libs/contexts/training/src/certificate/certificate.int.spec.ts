import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Peers, type Actor, type CloudEvent, type FieldCipher, type Platform } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { certificateIssued, certificateRevoked, verifyCertificate } from '#contracts/training';
import { lastTold } from '../elearning.fixture.js';
import { EnrolmentStore } from '../enrolment/enrolment.store.js';
import { trainingModule } from '../training.module.js';
import { codeText } from './certificate.js';
import { CertificateIssuer, signedBytes, type Completion } from './certificate-issuer.js';
import { CertificateKeys } from './certificate-keys.js';
import { CertificateStore, type CertificateRecord } from './certificate.store.js';

const API = '/api/training/v1';
const officer: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const town: Actor = { clientId: 'municipality-282049', kind: 'municipality', organisation: '282049' };
const verification = z.object({ status: z.string(), title: z.string(), issuedOn: z.string(), isSameName: z.boolean().optional() }).strict();
const view = z.looseObject({ no: z.string(), state: z.string(), supersedes: z.string().nullable(), kid: z.string() });

let platform: Platform | undefined;
let cipher: FieldCipher;
let estate: TestEstate;
let issuer: CertificateIssuer;

beforeAll(async () => {
  estate = await startEstate([{ ...trainingModule, build: (given) => trainingModule.build((platform = given)) }], { at: new Date('2015-09-30T01:00:00Z') });
  if (platform === undefined) throw new Error('not built');
  ({ cipher } = platform);
  issuer = new CertificateIssuer(new CertificateStore(cipher), new CertificateKeys(platform.keyStore));
});
afterAll(() => estate?.stop());

const completion = (more: Partial<Completion> = {}): Completion => ({
  subject: { kind: 'ENROLMENT', id: randomUUID() }, bodyCode: '282049', courseCode: '0107', fiscalYear: 2015, sessionNo: 3, title: '情報セキュリティ監査セミナー',
  holderRef: 'H-000042', holderName: '試験　花\u304B\u3099子', ...more,
});
async function issue(one: Completion): Promise<CertificateRecord> {
  const runner = estate.running.runners.get('training');
  if (runner === undefined) throw new Error('training does not run');
  return runner.inTransaction('test', { actor: officer, correlationId: `test-${randomUUID()}` }, (ctx) => issuer.issue(ctx, one));
}
const get = (path: string, as: Actor | 'nobody' = 'nobody'): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: 'TRAINING' });
const post = (path: string, body: unknown, as: Actor | 'nobody' = 'nobody'): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body, purpose: 'TRAINING' });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();
const verified = async (no: string): Promise<string> => verification.parse((await get(`/certificates/${no}/verification`)).json).status;

describe('certificates (TRN-4.9)', () => {
  it('one for what was completed, with serials of its session, also when it is asked for ten times at once', async () => {
    const one = completion();
    const numbers = await Promise.all(Array.from({ length: 10 }, () => issue(one)));
    expect(new Set(numbers.map(({ no }) => no)).size).toBe(1);
    const rows = await estate.sql<{ no: string; name: Buffer }>('SELECT no, holder_name AS name FROM training.certificate WHERE subject_id = $1', one.subject.id);
    expect(rows.map(({ no, name }) => [no, name.includes('試験')])).toEqual([[numbers[0]?.no, false]]);
    const others = await Promise.all(Array.from({ length: 5 }, () => issue(completion())));
    expect(new Set(others.map(({ no }) => no.slice(10, 16))).size).toBe(5);
    expect((await issue(completion({ sessionNo: 0 }))).no).toMatch(/^2015010700000001/);
    expect(await estate.sql("SELECT count(*)::int AS n FROM training.certificate WHERE no LIKE '2015010703%'")).toEqual([{ n: 6 }]);
  });

  it('everybody verifies it: title and date, no name unless it is typed, ten times an hour', async () => {
    const { no } = await issue(completion());
    const answer = await get(`/certificates/${no}/verification`);
    expect([answer.status, answer.json]).toEqual([200, { status: 'VALID', title: '情報セキュリティ監査セミナー', issuedOn: '2015-09-30' }]);
    expect(codeOf(await get('/certificates/201501070399999900/verification'))).toBe('400 INVALID_INPUT');
    const compare = (name: string): Promise<Answer> => post(`/certificates/${no}/verification`, { name });
    expect(verification.parse((await compare('試験 花が子')).json).isSameName).toBe(true);
    for (let tries = 2; tries <= 10; tries += 1) expect(verification.parse((await compare('試験　花')).json).isSameName).toBe(false);
    expect(codeOf(await compare('試験 花が子'))).toBe('429 QUOTA_EXCEEDED');
    expect(await verified(no)).toBe('VALID');
    estate.clock.set(new Date('2015-09-30T02:30:00Z'));
    expect(codeOf(await compare('試験 花が子'))).toBe('200');

    const page = await get('/certificate-verification');
    expect(page.bytes.toString()).toContain('<form method="post">');
    const ask = async (form: Record<string, string>): Promise<string> => (await estate.request('POST', `${API}/certificate-verification`, { as: 'nobody', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString() })).bytes.toString();
    expect(await ask({ no: `${no.slice(0, 4)} ${no.slice(4)}`, name: '試験花が子' })).toMatch(/有効です[\s\S]*一致します/);
    expect(await ask({ no: '1' })).toContain('ありません');
    const peers = new Peers(estate.config, { token: () => estate.token(officer) });
    expect(await peers.call(verifyCertificate, { correlationId: 'test-verify' }, { no })).toEqual({ status: 'VALID', title: '情報セキュリティ監査セミナー', issuedOn: '2015-09-30' });
    peers.close();
  });

  it('another name supersedes it, a revocation is final, and what was revoked is not issued again', async () => {
    const one = completion();
    const { no } = await issue(one);
    const renamed = view.parse((await post(`/certificates/${no}/steps/renaming`, { holderName: '試験　〓{glyph:99001-0042}子' }, officer)).json);
    expect(renamed).toMatchObject({ state: 'ISSUED', supersedes: no, holderName: '試験　〓{glyph:99001-0042}子' });
    expect([await verified(no), await verified(renamed.no)]).toEqual(['SUPERSEDED', 'VALID']);
    expect((await issue(one)).no).toBe(renamed.no);
    expect(codeOf(await post(`/certificates/${no}/steps/renaming`, { holderName: '別人' }, officer))).toBe('409 NOT_IN_STATE');
    expect(view.parse((await post(`/certificates/${renamed.no}/steps/renaming`, { holderName: '試験　〓{glyph:99001-0042}子' }, officer)).json).no).toBe(renamed.no);
    expect(codeOf(await post(`/certificates/${renamed.no}/steps/revocation`, { reason: 'ISSUED_IN_ERROR' }, town))).toBe('403 ACTION_NOT_PERMITTED');
    for (let times = 0; times < 2; times += 1) expect(view.parse((await post(`/certificates/${renamed.no}/steps/revocation`, { reason: 'ISSUED_IN_ERROR' }, officer)).json).state).toBe('REVOKED');
    expect(await verified(renamed.no)).toBe('REVOKED');
    const heard = { data: { no: renamed.no, courseCode: '0107', at: expect.any(String) } };
    const isRenamed = ({ data }: CloudEvent): boolean => z.object({ no: z.string() }).parse(data).no === renamed.no;
    expect([await lastTold(estate, certificateIssued, isRenamed), await lastTold(estate, certificateRevoked)]).toMatchObject([heard, heard]);
    expect((await issue(one)).no).toBe(renamed.no);
    expect(codeOf(await get(`/certificates/${renamed.no}/sheet`, town))).toBe('409 NOT_IN_STATE');
  });

  it('TRN-7: a key that was rotated goes on verifying, and the code is checked by the published keys alone', async () => {
    const before = await issue(completion());
    const { kid } = z.object({ kid: z.string() }).parse((await post('/certificate-keys', {}, officer)).json);
    const { operator: _name, ...unnamed } = officer;
    expect(codeOf(await post('/certificate-keys', {}, unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    const after = await issue(completion());
    expect([before.kid === kid, after.kid]).toEqual([false, kid]);
    await estate.restart();
    expect(await Promise.all([before, after].map(({ no }) => verified(no)))).toEqual(['VALID', 'VALID']);
    const { keys } = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }).parse((await get('/certificate-keys')).json);
    for (const one of [before, after]) {
      const [, named, payload = '', signature = ''] = codeText({ ...one, payload: signedBytes(one) }).split('.');
      const jwk = keys.find((key) => key.kid === named) ?? {};
      const message = Buffer.from(payload, 'base64url');
      expect(verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64url'))).toBe(true);
      expect(JSON.parse(message.toString())).toMatchObject({ no: one.no, sessionNo: 3 });
    }
    await estate.sql("UPDATE training.certificate SET title = '偽' WHERE no = $1", before.no);
    expect(codeOf(await get(`/certificates/${before.no}/verification`))).toBe('500 INTERNAL');
  });

  it('who has completed a session gets one by itself, and is written to (TRN-3.3, 4.13)', async () => {
    const enrolments = new EnrolmentStore(cipher);
    const [courseId, sessionId, ids] = [randomUUID(), randomUUID(), [randomUUID(), randomUUID()]];
    await estate.sql(
      `INSERT INTO training.course (id, code, fiscal_year, title, series, kind, level, target_posts, planned_minutes, prerequisites, completion_rule, fee_yen, eligible, state, drafted_by, version, created_at, changed_at)
       VALUES ($1, '0105', 2015, '監査', 'SECURITY', 'CLASSROOM', 'INTERMEDIATE', '{}', 360, '{}', 'ATTENDANCE_80', 0, '{}', 'PUBLISHED', 'x', 1, now(), now())`, courseId,
    );
    await estate.sql(
      `INSERT INTO training.session (id, course_id, number, capacity, room_places, body_quota, selection, window_opens_at, window_closes_at, result_on, starts_at, ends_at, planned_minutes, venue, prefecture,
         is_extra, state, version, told, created_at, changed_at)
       VALUES ($1, $2, 2, 51, 51, 2, 'FCFS', '2015-08-01', '2015-08-11', '2015-08-11', '2015-09-28', '2015-09-29', 360, '会場', '28', false, 'HELD', 1, 1, now(), now())`, sessionId, courseId,
    );
    for (const [index, id] of ids.entries()) {
      await estate.sql(
        `INSERT INTO training.enrolment (id, session_id, course_id, application_id, application_size, body_code, person, learner, rank, state, told, applied_at, changed_at)
         VALUES ($1, $2, $3, $1, 1, '282049', $4, $5, 1, $6, 3, now(), now())`,
        id, sessionId, courseId, enrolments.personOf('282049', `S-${index}`), enrolments.seal({ staffNo: `S-${index}`, nameKanji: '花子', nameKana: 'ハナコ', mail: 'a@example.jp' }), index === 0 ? 'COMPLETED' : 'ATTENDING',
      );
    }
    const [row] = await estate.eventually(async () => {
      const rows = await estate.sql<{ no: string; state: string; reference: string }>(
        "SELECT c.no, e.state, m.reference FROM training.certificate c JOIN training.enrolment e ON e.id = c.subject_id JOIN training.message m ON m.kind = 'CERTIFICATE' WHERE e.session_id = $1", sessionId,
      );
      return rows.length > 0 && rows;
    });
    expect(row).toEqual({ no: expect.stringMatching(/^2015010502000001\d\d$/), state: 'CERTIFIED', reference: row?.no });
    expect(await estate.sql('SELECT state FROM training.enrolment WHERE id = $1', ids[1])).toEqual([{ state: 'ATTENDING' }]);
  });

  it('its body sees and prints it, another one does not; the badge names nobody', async () => {
    const { no } = await issue(completion());
    const sheet = await get(`/certificates/${no}/sheet`, town);
    expect([sheet.status, sheet.headers.get('content-type'), sheet.bytes.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
    expect(z.object({ items: z.array(view) }).parse((await get('/certificates?bodyCode=282049', town)).json).items.map((one) => one.no)).toContain(no);
    const other: Actor = { clientId: 'municipality-131016', kind: 'municipality', organisation: '131016' };
    expect(codeOf(await get(`/certificates/${no}/sheet`, other))).toBe('404 UNKNOWN');
    expect(codeOf(await get('/certificates?bodyCode=282049', other))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await estate.request('GET', `${API}/certificates/${no}/sheet`, { as: town }))).toBe('400 PURPOSE_REQUIRED');
    expect(codeOf(await get(`/certificates/${no}/sheet`))).toBe('401 UNAUTHENTICATED');
    const badge = await get(`/certificates/${no}/badge`);
    expect(badge.json).toMatchObject({ type: 'Assertion', recipient: { hashed: true }, badge: { name: '情報セキュリティ監査セミナー' }, issuedOn: '2015-09-30T00:00:00+09:00' });
    expect(badge.bytes.toString()).not.toMatch(/H-000042|花/);
    const lines = await estate.sql("SELECT 1 FROM training.audit_line WHERE entry LIKE '%花%'");
    expect(lines).toEqual([]);
  });
});
