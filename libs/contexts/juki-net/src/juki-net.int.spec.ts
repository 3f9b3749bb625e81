import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResidentCode } from '#kernel';
import { startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const townA = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' } as const;
const townB = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' } as const;
const REGISTER = { purpose: 'RESIDENT_REGISTER' } as const;
let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(async () => estate.stop());

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
let municipalSeq = 0;
function notice(over: Record<string, unknown>): Record<string, unknown> {
  municipalSeq += 1;
  return {
    municipalSeq, residentCode: code(1), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ',
    birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', postalCode: '0000001', municipalityCode: '990019', ...over,
  };
}

describe('slice', () => {
  it('applies a notice', async () => {
    const answer = await estate.request('POST', '/api/juki-net/v1/change-notices', { as: townA, ...REGISTER, body: notice({}) });
    expect(answer.json).toEqual(1);
    expect(answer.status).toBe(202);
    expect(await estate.sql('select * from juki_net.person')).toEqual(1);
    void townB;
  });
});
