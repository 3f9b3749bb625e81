import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { jpkiVerifierModule } from '#contexts/jpki-verifier';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse } from '#pki';
import type { Actor } from '#platform';
import type { Answer } from '#testing';
import { openClockedEstate, type ClockedEstate } from './clocked-estate.js';

/** As callers knew it before verifiers had a context of their own. */
const FORMER_PATH = '/api/jpki-ca/v1/verifiers';
/** Budget of a suspension, from the answer to the officer to the first refusal (JPKI 3.11). */
const AT_ONCE_MS = 5_000;
const ID = '01950000-0000-7000-8000-000000000001';
const tax: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
const officer: Actor = { clientId: 'officer-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const listed = z.object({ items: z.array(z.object({ verifierId: z.string(), state: z.string() })) });

let estate: ClockedEstate;

beforeAll(async () => {
  estate = await openClockedEstate([jpkiCaModule], jpkiVerifierModule, new Date('2016-02-10T01:00:00Z'));
}, 240_000);
afterAll(() => estate?.stop());

const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', path, { as });
const post = (path: string, body: object, as: Actor): Promise<Answer> => estate.request('POST', path, { as, body });

async function ocsp(): Promise<string> {
  const issuer = parseCertificate((await get('/api/jpki-ca/v1/cas/sign/certificate', tax)).bytes);
  const body = new Uint8Array(createOcspRequest({ items: [certIdOf(issuer, 0xffffffn, 'sha1')] }));
  const { bytes } = await estate.request('POST', '/api/jpki-ca/v1/ocsp/sign', { as: tax, headers: { 'content-type': 'application/ocsp-request' }, body });
  const response = parseOcspResponse(bytes);
  return response.status === 'successful' ? response.answers.map(({ status }) => status.kind).join() : response.status;
}

/** What the release before wrote, with what its migration makes of it; then the first start again. */
async function leaveFormerRows(): Promise<void> {
  const rows = [
    'ALTER TABLE jpki_ca.verifier DISABLE TRIGGER moved', 'ALTER TABLE jpki_ca.usage_statement DISABLE TRIGGER moved',
    `INSERT INTO jpki_ca.verifier (id, organisation, class, state, purposes, modes, granted_at, told, opened_at, changed_at)
       VALUES ('${ID}', 'tax', 'PUBLIC_BODY', 'PRODUCTION', '{SIGN}', '{OCSP}', '2015-12-01Z', 2, '2015-11-01Z', '2015-12-01Z')`,
    `INSERT INTO jpki_ca.known_verifier (id, organisation, class, state, confirmers, granted_at, told, version, changed_at) SELECT id, organisation, class, state, '{}', granted_at, told, 0, changed_at FROM jpki_ca.verifier`,
    `INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, verifier_id, modes) VALUES ('tax', 'sign', '2015-12-01Z', 'operator-1', '${ID}', '{OCSP}')`,
    "INSERT INTO jpki_ca.usage_day (organisation, day, ca, mode, definitive, free, amount_yen, counted_to) VALUES ('tax', '2015-12-31', 'sign', 'OCSP', 5, 1, 0, now())",
    "INSERT INTO jpki_ca.usage_statement VALUES ('tax', '2015-12', 5, 0, now())",
    "DELETE FROM jpki_verifier.cursor WHERE name = 'schedule:take-over-verifiers'",
  ];
  for (const row of rows) await estate.sql(row);
}

describe('verifiers, in a process of their own (JPKI-3.11)', () => {
  it('are taken over from jpki-ca, answered at the former paths, and lose their access at once', async () => {
    await estate.eventually(async () => (await get(FORMER_PATH, officer)).status === 200, 60);
    await leaveFormerRows();
    await estate.eventually(async () => listed.parse((await get(FORMER_PATH, tax)).json).items.length === 1, 60);
    expect(listed.parse((await get('/api/jpki-verifier/v1/verifiers', officer)).json).items).toMatchObject([{ verifierId: ID, state: 'PRODUCTION' }]);
    expect((await get(`${FORMER_PATH}/${ID}/statements/2015-12`, tax)).bytes.toString()).toContain('tax,2015-12,SIGN,OCSP,5,1,0\r\n');
    expect(await ocsp()).toBe('unknown');

    expect((await post(`${FORMER_PATH}/${ID}/steps/suspension`, { reason: 'BREACH' }, officer)).json).toMatchObject({ state: 'SUSPENDED' });
    const since = performance.now();
    await estate.eventually(async () => (await ocsp()) === 'unauthorized', AT_ONCE_MS / 1_000);
    expect(performance.now() - since).toBeLessThan(AT_ONCE_MS);
    for (const [step, as] of [['check', officer], ['production', { ...officer, clientId: 'officer-2' }]] as const) expect((await post(`${FORMER_PATH}/${ID}/steps/${step}`, {}, as)).status).toBe(200);
    await estate.eventually(async () => (await ocsp()) === 'unknown');

    // Who is answered is known where answers are given.
    await estate.stopApart();
    expect((await get(FORMER_PATH, tax)).status).toBe(503);
    expect(await ocsp()).toBe('unknown');
  }, 180_000);
});
