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
      reconciliations: { runs: 1, records: 40 }, differences: [], supportMeasures: [], grants: [], incidents: [],
      disclosures: [{ name: 'SELF', state: 'FULL', count: 1 }, { name: 'SELF', state: 'RECEIVED', count: 1 }],
    });
    expect((await report('/committee-reports?from=2016-05-01&to=2016-05-31')).json).toMatchObject({ provisions: [], incidents: [{ name: 'ABUSE_CONFIRMED', state: 'CONFIRMED', count: 1 }] });
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
