import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const API = '/api/juki-net/v1';
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-06-20T03:00:00Z') });
  const log = (day: string, organisation: string, institution: string, affair: string, mode: string, provided: number, refused: number): Promise<unknown> =>
    estate.sql('INSERT INTO juki_net.query_log VALUES ($1, $2, $4, $5, $3, $6, $7, 0)', day, organisation, institution, affair, mode, provided, refused);
  await log('2016-03-31', 'pension', 'national-agency', 'PENSION_CURRENT_STATUS', 'BATCH_LINE', 1_000, 0);
  await log('2016-04-01', 'pension', 'national-agency', 'PENSION_CURRENT_STATUS', 'BATCH_LINE', 500, 0);
  await log('2016-04-02', 'pension', 'national-agency', 'PENSION_CURRENT_STATUS', 'IMMEDIATE_HOST', 7, 3);
  await log('2016-04-02', '990019', 'municipality', 'RESIDENT_REGISTER', 'IMMEDIATE_HOST', 20, 1);
  const alert = (kind: string, state: string, foundAt: string): Promise<unknown> => estate.sql(
    "INSERT INTO juki_net.log_alert (alert_id, day, kind, organisation, client, officer, asked, state, found_at) VALUES (gen_random_uuid(), '2016-04-02', $1, '990019', gen_random_uuid()::text, '', 5, $2, $3)", kind, state, foundAt,
  );
  await alert('OUTSIDE_HOURS', 'OPEN', '2016-04-03T00:00:00Z');
  await alert('OUTSIDE_HOURS', 'EXPLAINED', '2016-04-03T00:00:00Z');
  // 2016-05-01 in Japan.
  await alert('WATCHED_PERSON', 'ABUSE_CONFIRMED', '2016-04-30T15:00:00Z');
  await estate.sql(`INSERT INTO juki_net.disclosure_request (request_id, kind, organisation, state, received_on, target_on, due_on, outcome, withheld, changed_at) VALUES
    (gen_random_uuid(), 'SELF', '990019', 'GIVEN', '2016-04-05', '2016-04-19', '2016-05-04', 'FULL', '{}', now()), (gen_random_uuid(), 'SELF', '990019', 'RECEIVED', '2016-04-30', '2016-05-14', '2016-05-29', NULL, '{}', now()),
    (gen_random_uuid(), 'USE_HISTORY', '990019', 'RECEIVED', '2016-05-01', '2016-05-15', '2016-05-30', NULL, '{}', now())`);
  await estate.sql(`INSERT INTO juki_net.reconciliation (run_id, municipality_code, state, as_of, job_id, records, opened_at, completed_at) VALUES
    (gen_random_uuid(), '990019', 'COMPLETED', '2016-04-10', gen_random_uuid(), 40, '2016-04-10T00:00:00Z', '2016-04-10T01:00:00Z'), (gen_random_uuid(), '990019', 'COMPARING', '2016-04-11', gen_random_uuid(), 40, '2016-04-11T00:00:00Z', NULL)`);
  // Each twice: within April in Japan, and on the first instant after it, or on the day before it.
  const [within, after] = ['2016-04-30T14:59:59Z', '2016-04-30T15:00:00Z'];
  for (const at of [within, after]) {
    await estate.sql(`INSERT INTO juki_net.support_case (measure_id, municipality_code, state, grounds, start_event, applied_on, changed_at) VALUES
      (gen_random_uuid(), '990019', 'APPLIED', 'STALKING', 'DECISION', '2016-01-01', $1), (gen_random_uuid(), '990019', 'ENDED', 'STALKING', 'DECISION', '2016-01-01', $1)`, at);
    await estate.sql(`INSERT INTO juki_net.code_conflict (case_id, code_index, state, reported_by, changed_at) VALUES
      (gen_random_uuid(), $2, 'REPORTED', 'a', $1), (gen_random_uuid(), $2, 'CONFIRMED', 'a', $1), (gen_random_uuid(), $2, 'CONFIRMED', 'a', $1), (gen_random_uuid(), $2, 'DISMISSED', 'a', $1)`, at, Buffer.from(at));
  }
  for (const day of ['2016-03-31', '2016-04-01', '2016-05-01']) {
    await estate.sql(`INSERT INTO juki_net.provision_grant (grant_id, institution, organisation, affair, legal_basis, items, modes, key_kinds, protective_exempt, valid_from, valid_until, state, drafted_by, approved_by, changed_at)
      SELECT gen_random_uuid(), 'national-agency', 'pension', 'PENSION_CURRENT_STATUS', 'x', '{}', '{}', '{}', false, $1, '2030-01-01', state, 'a', by, '2016-01-01' FROM (VALUES ('APPROVED', 'b'), ('DRAFT', NULL)) AS g (state, by)`, day);
    await estate.sql(`INSERT INTO juki_net.reconciliation_difference (difference_id, municipality_code, run_id, code_index, sealed_code, class, state, found_on, due_on)
      SELECT gen_random_uuid(), '990019', gen_random_uuid(), gen_random_uuid()::text::bytea, '', class, state, $1, '2016-06-01' FROM (VALUES ('STALE', 'OPEN'), ('CONTENT', 'EXPLAINED'), ('CONTENT', 'EXPLAINED')) AS d (class, state)`, day);
  }
});
afterAll(() => estate.stop());

const report = (path: string, as = operator): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });

describe('reports in numbers', () => {
  it('JUKI-5.6 the committee is told of a period: provisions, refusals, alerts, reconciliations, disclosures, incidents', async () => {
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.cursor WHERE name = 'schedule:log-alert.close-day' AND value <> ''")).length > 0);
    expect((await report('/committee-reports?from=2016-04-01&to=2016-04-30')).json).toEqual({
      from: '2016-04-01', to: '2016-04-30', logClosedUntil: '2016-06-19',
      provisions: [{ name: 'BATCH_LINE', state: 'PROVIDED', count: 500 }, { name: 'IMMEDIATE_HOST', state: 'PROVIDED', count: 27 }],
      refusals: [{ name: 'IMMEDIATE_HOST', state: 'REFUSED', count: 4 }],
      logAlerts: [{ name: 'OUTSIDE_HOURS', state: 'EXPLAINED', count: 1 }, { name: 'OUTSIDE_HOURS', state: 'OPEN', count: 1 }, { name: 'WATCHED_PERSON', state: 'ABUSE_CONFIRMED', count: 1 }],
      reconciliations: { runs: 1, records: 40 },
      differences: [{ name: 'CONTENT', state: 'EXPLAINED', count: 2 }, { name: 'STALE', state: 'OPEN', count: 1 }],
      supportMeasures: [{ name: 'SUPPORT_MEASURE', state: 'APPLIED', count: 1 }, { name: 'SUPPORT_MEASURE', state: 'ENDED', count: 1 }],
      grants: [{ name: 'PENSION_CURRENT_STATUS', state: 'APPROVED', count: 1 }],
      incidents: [{ name: 'CODE_CONFLICT', state: 'CONFIRMED', count: 2 }, { name: 'CODE_CONFLICT', state: 'REPORTED', count: 1 }],
      disclosures: [{ name: 'SELF', state: 'FULL', count: 1 }, { name: 'SELF', state: 'RECEIVED', count: 1 }],
    });
    expect((await report('/committee-reports?from=2016-05-01&to=2016-05-31')).json).toMatchObject({ provisions: [], incidents: [{ name: 'ABUSE_CONFIRMED', state: 'CONFIRMED', count: 1 }, { name: 'CODE_CONFLICT', state: 'CONFIRMED', count: 2 }, { name: 'CODE_CONFLICT', state: 'REPORTED', count: 1 }] });
  });

  it('JUKI-5.6 the public is told of a fiscal year: national organs by affair', async () => {
    expect((await report('/public-reports/2016')).json).toEqual({
      from: '2016-04-01', to: '2017-03-31', complete: false, provisions: [{ organisation: 'pension', affair: 'PENSION_CURRENT_STATUS', provided: 507, refused: 3 }],
    });
    expect((await report('/public-reports/2015')).json).toMatchObject({ complete: true, provisions: [{ provided: 1_000 }] });
  });

  it('is refused to others, for wrong periods and years to come', async () => {
    const codeOf = async (answer: Promise<Answer>): Promise<string> => z.object({ code: z.string() }).parse((await answer).json).code;
    expect(await codeOf(report('/committee-reports?from=2016-04-01&to=2016-04-30', town))).toBe('ACTION_NOT_PERMITTED');
    expect(await codeOf(report('/public-reports/2015', town))).toBe('ACTION_NOT_PERMITTED');
    expect(await codeOf(report('/committee-reports?from=2016-04-01&to=2016-03-31'))).toBe('TERM');
    expect(await codeOf(report('/committee-reports?from=2016-04-01&to=2017-04-02'))).toBe('TERM');
    expect(await codeOf(report('/public-reports/2017'))).toBe('TERM');
    expect(await codeOf(report('/committee-reports?from=2016-02-30&to=2016-04-01'))).toBe('INVALID_INPUT');
  });
});
