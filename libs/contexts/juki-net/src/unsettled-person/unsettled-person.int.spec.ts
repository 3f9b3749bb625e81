import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const API = '/api/juki-net/v1';
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const other: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027', operator: 'clerk-2' };
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const page = z.object({
  asOf: z.string(), counts: z.object({ inTransit: z.number(), deleted: z.number(), byAge: z.array(z.object({ band: z.string(), inTransit: z.number(), deleted: z.number() })) }),
  items: z.array(z.object({ noticeId: z.uuid().nullable(), municipalSeq: z.number().nullable(), status: z.string(), since: z.string(), band: z.string() })), next: z.string().optional(),
});

let estate: TestEstate;
let municipalSeq = 0;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-06-15T03:00:00Z') });
  await leave(1, { birthDate: '20100615' }, { changeReason: '21', changeDate: '20160515' });
  await leave(2, { birthDate: '20100616' }, { changeReason: '21', changeDate: '20160515' });
  await leave(3, { birthDate: '19400101' }, { changeReason: '21', changeDate: '20160516' });
  await leave(4, { birthDate: '19410615' }, { changeReason: '23', changeDate: '20160614' });
  await leave(5, { birthDate: '19450000' }, { changeReason: '20', changeDate: '20160101' });
  await leave(6, { birthDate: '19450000' }, { changeReason: '26', changeDate: '20160101' });
  await leave(7, { birthDate: '20000101' }, { changeReason: '21', changeDate: '20160401' });
  await notice(7, { personSeq: 1, changeReason: '11', changeDate: '20160402', municipalityCode: '990027', previousMunicipalityCode: '990019' }, other);
});
afterAll(() => estate.stop());

async function notice(serial: number, over: Record<string, unknown>, as = town): Promise<void> {
  municipalSeq += 1;
  const body = { municipalSeq, residentCode: code(serial), nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', municipalityCode: '990019', ...over };
  expect((await estate.request('POST', `${API}/change-notices`, { as, purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
}
async function leave(serial: number, person: Record<string, unknown>, how: Record<string, unknown>): Promise<void> {
  await notice(serial, { ...person, personSeq: 1, changeReason: '14', changeDate: '20151005' });
  await notice(serial, { personSeq: 2, ...how });
}
const list = (as: Actor, query = ''): Promise<Answer> => estate.request('GET', `${API}/unsettled-persons?municipalityCode=990019${query}`, { as, purpose: 'RESIDENT_REGISTER' });

describe('persons recorded nowhere', () => {
  it('JUKI-8 are listed with age bands: in transit for more than 30 days, or deleted ex officio; not the dead, those found again, and those entered by mistake', async () => {
    const { counts, items, asOf } = page.parse((await list(town)).json);
    expect([asOf, counts.inTransit, counts.deleted]).toEqual(['2016-06-15', 2, 1]);
    expect(counts.byAge.filter(({ inTransit, deleted }) => inTransit + deleted > 0)).toEqual([
      { band: '0-5', inTransit: 1, deleted: 0 }, { band: '6-14', inTransit: 1, deleted: 0 }, { band: '75-', inTransit: 0, deleted: 1 },
    ]);
    expect(items.map(({ municipalSeq: seq, status, since, band }) => [seq, status, since, band]).sort()).toEqual([
      [2, 'IN_TRANSIT', '2016-05-15', '6-14'], [4, 'IN_TRANSIT', '2016-05-15', '0-5'], [8, 'DELETED', '2016-06-14', '75-'],
    ]);
  });

  it('JUKI-8 a planned move-out counts from its day on', async () => {
    await notice(9, { personSeq: 1, changeReason: '14', changeDate: '20151005' });
    await notice(9, { personSeq: 2, changeReason: '21', changeDate: '20160701' });
    expect(page.parse((await list(town)).json).counts.inTransit).toBe(2);
    estate.clock.set(new Date('2016-08-01T03:00:00Z'));
    expect(page.parse((await list(town)).json).counts.inTransit).toBe(4);
  });

  it('is paged by the municipality\'s own notices, and audited with the persons shown', async () => {
    const first = page.parse((await list(town, '&limit=3')).json);
    const second = page.parse((await list(town, `&limit=3&after=${first.next}`)).json);
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, undefined]);
    expect(new Set([...first.items, ...second.items].map(({ noticeId }) => noticeId)).size).toBe(5);
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%unsettled-person.list%' ORDER BY at DESC, id DESC LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()), purpose: z.string() }).parse(JSON.parse(line?.entry ?? '')).subjects).toHaveLength(2);
    expect((await list(town, `&after=${crypto.randomUUID()}`)).status).toBe(404);
  });

  it('is for the municipality and its prefecture', async () => {
    expect((await list(other)).status).toBe(403);
    expect((await list(prefecture)).status).toBe(200);
    expect((await estate.request('GET', `${API}/unsettled-persons?municipalityCode=131016`, { as: prefecture, purpose: 'RESIDENT_REGISTER' })).status).toBe(403);
  });
});
