import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const [A, B, C] = ['990019', '990027', '131016'] as const;
const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const operator = (n: number): Actor => ({ clientId: `operator-${n}`, kind: 'operator', organisation: 'agency', operator: `o-${n}` });
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T03:00:00Z') });
});
afterAll(() => estate.stop());

let municipalSeq = 0;
const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `/api/juki-net/v1${path}`, { as, purpose: 'RESIDENT_REGISTER', body });
const outcome = ({ json }: Answer): string => {
  const { state, code: refused } = z.looseObject({ state: z.string().optional(), code: z.string().optional() }).parse(json);
  return refused ?? state ?? '';
};
async function tell(serial: number, at: string, personSeq: number, reason: string, day: string, over: object = {}): Promise<string> {
  municipalSeq += 1;
  return outcome(await post('/change-notices', {
    municipalSeq, residentCode: code(serial), personSeq, changeReason: reason, changeDate: day, nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1', address: `${at}の1番地`, municipalityCode: at, ...over,
  }, town(at)));
}
async function changeCode(serial: number, to: number): Promise<string> {
  municipalSeq += 1;
  return outcome(await post('/code-changes', { municipalSeq, personSeq: 2, formerResidentCode: code(serial), residentCode: code(to), changeReason: '40', changeDate: '2016-01-05', municipalityCode: A }, town(A)));
}
/** Persons of a municipality and address day, by the notice that was told last. */
const person = async (): Promise<Record<string, unknown>> => {
  const [row] = await estate.sql(
    `SELECT p.municipality_code AS at, p.status, p.next_status AS next, p.next_status_on::text AS "nextOn", p.changed_on::text AS on, p.change_reason AS reason, p.fact_version AS version
     FROM juki_net.person p JOIN juki_net.change_notice n ON n.person_key = p.person_key WHERE n.municipal_seq = $1`, municipalSeq);
  return row ?? {};
};
const quarantined = async (): Promise<string[]> =>
  z.object({ items: z.array(z.looseObject({ municipalityCode: z.string() })) }).parse((await estate.request('GET', '/api/juki-net/v1/quarantined-notices', { as: operator(1) })).json).items.map((each) => each.municipalityCode);

describe('JUKI-4.5 news that come late', () => {
  it('a change of code that comes after the first notice of the new municipality joins it', async () => {
    await tell(1, A, 1, '14', '20151005');
    expect(await tell(2, B, 1, '11', '20160110', { previousMunicipalityCode: A })).toBe('APPLIED');
    expect(await changeCode(1, 2)).toBe('APPLIED');
    expect(await person()).toMatchObject({ at: B, status: 'RESIDENT', reason: '11', on: '2016-01-10', version: 3 });
    expect(await tell(2, A, 3, '21', '20160110')).toBe('APPLIED');
    expect(await tell(2, B, 2, '30', '20160112')).toBe('APPLIED');
    expect(await person()).toMatchObject({ at: B, next: null, reason: '30' });
    expect(await estate.sql('SELECT count(*)::int AS n FROM juki_net.person')).toEqual([{ n: 1 }]);
    expect(await estate.sql('SELECT DISTINCT prefecture, municipality_code FROM juki_net.prefecture_record ORDER BY 2')).toHaveLength(2);
  });

  it.each([['of another birth date', { previousMunicipalityCode: A, birthDate: '19800102' }], ['from elsewhere', { previousMunicipalityCode: C }], ['with a number or known to somebody', { previousMunicipalityCode: A }]])(
    'JUKI-7 but never a person %s', async (what, over) => {
      const serial = 100 + municipalSeq;
      await tell(serial, A, 1, '14', '20151005');
      await tell(serial + 1, B, 1, '11', '20160110', over);
      if (what.startsWith('with')) await estate.sql("INSERT INTO juki_net.use_record SELECT (jsonb_populate_record(NULL::juki_net.use_record, jsonb_build_object('at', now(), 'use_id', gen_random_uuid(), 'person_key', person_key, 'grant_id', gen_random_uuid(), 'organisation', 'x', 'affair', 'x', 'mode', 'x', 'key_kind', 'x', 'items', '[]'::jsonb, 'result_code', '00', 'correlation_id', 'x'))).* FROM juki_net.change_notice WHERE municipal_seq = $1", municipalSeq);
      expect(await changeCode(serial, serial + 1)).toBe('CODE_IN_USE');
    });

  it('the change date after a mistaken entry (26) is that of the record which is the present one again, whatever came first', async () => {
    await tell(10, A, 1, '14', '20151005');
    await tell(10, B, 1, '14', '20151101', { previousMunicipalityCode: A });
    await tell(10, A, 2, '30', '20151020', { address: '新' });
    await tell(10, B, 2, '26', '20151102');
    expect(await person()).toMatchObject({ at: A, on: '2015-10-20', reason: '30' });
    await tell(11, A, 1, '14', '20151005');
    await tell(11, A, 2, '30', '20151020', { address: '新' });
    await tell(11, B, 1, '14', '20151101', { previousMunicipalityCode: A });
    await tell(11, B, 2, '26', '20151102');
    expect(await person()).toMatchObject({ at: A, on: '2015-10-20', reason: '30' });
  });

  it('a death that comes after an entry puts the entry on the list of waiting work', async () => {
    await tell(20, A, 1, '14', '20151005');
    expect(await tell(20, B, 1, '11', '20160110', { previousMunicipalityCode: A })).toBe('APPLIED');
    expect(await quarantined()).toEqual([]);
    expect(await tell(20, A, 2, '20', '20160103')).toBe('APPLIED');
    expect(await quarantined()).toEqual([B]);
    await tell(20, B, 2, '26', '20160111');
    expect(await quarantined()).toEqual([]);
  });

  it('V3 an entry that two officers let in after the restoration of the dead sets the change date by the common rule', async () => {
    await tell(30, A, 1, '14', '20151005');
    await tell(30, A, 2, '20', '20160103');
    expect(await tell(30, B, 1, '11', '20160110', { previousMunicipalityCode: A })).toBe('QUARANTINED');
    const [notice] = await estate.sql<{ notice_id: string }>('SELECT notice_id FROM juki_net.change_notice WHERE municipal_seq = $1', municipalSeq);
    await tell(30, B, 2, '30', '20160112', { address: '新' });
    await tell(30, A, 3, '15', '20160113');
    for (const n of [1, 2]) expect(outcome(await post(`/quarantined-notices/${notice?.notice_id}/decision`, { decision: 'APPLY', answerReference: '市民第1号' }, operator(n)))).toBe(n === 1 ? 'QUARANTINED' : 'APPLIED');
    expect(await person()).toMatchObject({ at: B, on: '2016-01-12', reason: '30' });
  });

  it.each([['before', 0], ['between', 1], ['after', 2]])('JUKI-4.5.2 of two entries of one day the one that the transfer case names is the current one, notified %s them; else a conflict', async (_when, place) => {
    const serial = 40 + place;
    await tell(serial, A, 1, '14', '20151005');
    const steps = [() => tell(serial, C, 1, '11', '20160115', { previousMunicipalityCode: A }), () => tell(serial, B, 1, '11', '20160115', { previousMunicipalityCode: A })];
    let transferId = '';
    steps.splice(place, 0, async () => {
      if (place === 2) expect(await person()).toMatchObject({ at: C, next: 'CONFLICT', nextOn: '2016-01-15' });
      const answer = await post('/transfers', { residentCode: code(serial), to: B, plannedOn: '2016-01-15', route: 'PAPER' }, town(A));
      transferId = z.object({ transferId: z.string() }).parse(answer.json).transferId;
      return '';
    });
    for (const step of steps) await step();
    expect(await tell(serial, A, 2, '21', '20160115')).toBe('APPLIED');
    expect(await person()).toMatchObject({ at: B, status: 'RESIDENT', next: 'CONFLICT', nextOn: '2016-02-15' });
    expect(transferId).not.toBe('');
  });
});
