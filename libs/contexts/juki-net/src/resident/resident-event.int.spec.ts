import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type Streams } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const [A, B] = ['990019', '990027'] as const;
const town = (municipality: string): Actor => ({ clientId: `municipality-${municipality}`, kind: 'municipality', organisation: municipality, operator: 'clerk-1' });
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const content = { nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4' };
const told = z.looseObject({ personKey: z.uuid(), factVersion: z.number(), reason: z.string(), abroad: z.boolean().optional(), returnsTo: z.string().optional() });

let estate: TestEstate;
let streams: Streams;
const events: { kind: string; data: z.output<typeof told> }[] = [];
const sequences = new Map<string, number>();

beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-06-15T03:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'kinds on the wire');
  streams.connection.subscribe('*.juki-net.resident.>', {
    callback: (_error, message) => {
      const { type, data } = parseCloudEvent(message.string());
      events.push({ kind: type.split('.')[4] ?? '', data: told.parse(data) });
    },
  });
  await streams.connection.flush();
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const next = (key: string): number => {
  sequences.set(key, (sequences.get(key) ?? 0) + 1);
  return sequences.get(key) ?? 0;
};
async function send(path: string, municipality: string, body: object): Promise<void> {
  const answer = await estate.request('POST', `/api/juki-net/v1/${path}`, { as: town(municipality), purpose: 'RESIDENT_REGISTER', body: { municipalSeq: next(municipality), municipalityCode: municipality, ...body } });
  expect(answer.status, JSON.stringify(answer.json)).toBe(202);
}
const notice = (serial: number, municipality: string, changeReason: string, changeDate: string, items: object = {}): Promise<void> =>
  send('change-notices', municipality, { residentCode: code(serial), personSeq: next(`${serial}@${municipality}`), changeReason, changeDate, ...items });

/** The kinds told of the person who is the next to be told of, each with its reason. */
async function hear(work: () => Promise<void>, count: number): Promise<string[]> {
  const from = events.length;
  await work();
  await estate.eventually(async () => events.length >= from + count);
  return events.slice(from).map(({ kind, data: { reason, abroad, returnsTo } }) => [reason, kind, ...(abroad === true ? ['abroad'] : []), ...(returnsTo === undefined ? [] : [`to ${returnsTo}`])].join(' '));
}

describe('JUKI-5.4 kinds of news on the wire', () => {
  it('each change reason is told as the table says', async () => {
    const lives: readonly (readonly [string, object, string])[] = [
      ['16', { nameKanji: '例示　太郎' }, '16 changed'], ['17', { nameKanji: 'SAMPLE TARO' }, '17 changed'], ['31', { nameKanji: '例示　次郎' }, '31 changed'],
      ['34', { address: '架空県試験市見本町二丁目３番４号' }, '34 minor-correction'], ['35', { address: '架空県試験市別町1' }, '35 changed'],
    ];
    const heard = await hear(async () => {
      await notice(1, A, '14', '20160101', content);
      let items: object = content;
      for (const [reason, changed] of lives) {
        items = { ...items, ...changed };
        await notice(1, A, reason, '20160201', items);
      }
    }, lives.length + 1);
    expect(heard).toEqual(['14 entered', ...lives.map(([, , kind]) => kind)]);
  });

  it.each([['20', '20 died'], ['24', '24 died'], ['22', '22 moved-out abroad'], ['21', '21 moved-out'], ['23', '23 record-deleted'], ['25', '25 record-deleted'], ['26', '26 record-deleted']])('a record ended by %s is told as %s', async (reason, kind) => {
    const serial = Number(reason);
    expect(await hear(async () => {
      await notice(serial, A, '14', '20160101', content);
      await notice(serial, A, reason, '20160301');
    }, 2)).toEqual(['14 entered', kind]);
  });

  it('with the keys of the table: day, municipality, items, and of a move-in the municipality before', async () => {
    await hear(async () => {
      await notice(70, A, '14', '20160101', content);
      await notice(70, B, '11', '20160301', { ...content, address: '架空県模擬市標本町1', previousMunicipalityCode: A });
    }, 2);
    const [entered, moved] = events.slice(-2).map(({ data }) => data);
    expect(entered).toEqual({ personKey: moved?.personKey, factVersion: 1, factDate: '2016-01-01', municipalityCode: A, reason: '14', fields: expect.arrayContaining(['nameKanji', 'address']) });
    expect(moved).toEqual({ personKey: entered?.personKey, factVersion: 2, factDate: '2016-03-01', municipalityCode: B, reason: '11', fields: ['address'], previousMunicipalityCode: A });
  });

  it('a restored record is told as entered, a replaced code by no code', async () => {
    expect(await hear(async () => {
      await notice(40, A, '14', '20160101', content);
      await notice(40, A, '23', '20160301');
      await notice(40, A, '15', '20160302', content);
      await send('code-changes', A, { formerResidentCode: code(40), residentCode: code(41), personSeq: next(`40@${A}`), changeReason: '40', changeDate: '2016-03-03' });
    }, 4)).toEqual(['14 entered', '23 record-deleted', '15 entered', '40 code-changed']);
  });

  it('JUKI-4.3 a record struck beside another one names the municipality of the one that stands', async () => {
    const beside = (serial: number, reason: string): Promise<string[]> => hear(async () => {
      await notice(serial, A, '14', '20160101', content);
      await notice(serial, B, '14', '20160301', content);
      await notice(serial, B, reason, '20160401');
    }, 3);
    expect([await beside(50, '26'), await beside(51, '23')].map((kinds) => kinds.at(-1))).toEqual([`26 record-deleted to ${A}`, `23 record-deleted to ${A}`]);
  });

  it('JUKI-4.3 who had moved in from there has left it: only a move-in by mistake leads back', async () => {
    const moved = (serial: number, reason: string): Promise<string[]> => hear(async () => {
      await notice(serial, A, '14', '20160101', content);
      await notice(serial, B, '11', '20160301', { ...content, previousMunicipalityCode: A });
      await notice(serial, B, reason, '20160401');
    }, 3);
    expect([await moved(60, '26'), await moved(61, '23')].map((kinds) => kinds.at(-1))).toEqual([`26 record-deleted to ${A}`, '23 record-deleted']);
  });
});
