import { describe, expect, it } from 'vitest';
import type { PersonView } from '#contracts/juki-net';
import { verify, type FourItems } from './verification.js';

const person: PersonView = {
  personKey: '0', factVersion: 3, status: 'RESIDENT', municipalityCode: '990019', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
  address: '架空県試験市見本町二丁目３番４号', foreignResident: false,
};
const items: FourItems = { nameKanji: '見本 太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4' };
const NOW = new Date('2016-01-20T00:00:00Z');

describe('verification of a number (NUM-5.1)', () => {
  it.each([
    ['DESIGNATED', 'MATCH'], ['DORMANT', 'MATCH'], ['CLOSED', 'MATCH'], ['DISPUTED', 'UNKNOWN'], ['SUPERSEDED', 'NO_MATCH'], ['VOID', 'NO_MATCH'], ['GENERATED', 'NO_MATCH'],
    ['TENTATIVE', 'NO_MATCH'], [undefined, 'NO_MATCH'],
  ] as const)('a number that is %s: %s', (state, result) => {
    expect(verify(state, person, items, NOW)).toBe(result);
  });

  it('NUM-7 is unknown before 2015-10-05 whatever was asked', () => {
    const before = new Date('2015-10-04T14:59:59.999Z');
    expect([verify('TENTATIVE', person, items, before), verify(undefined, undefined, items, before)]).toEqual(['UNKNOWN', 'UNKNOWN']);
    expect(verify('DESIGNATED', person, items, new Date('2015-10-04T15:00:00Z'))).toBe('MATCH');
  });

  it.each([
    ['another name', { nameKanji: '見本 次郎' }], ['another day', { birthDate: '19800102' }], ['another sex', { sex: '2' }], ['another address', { address: '架空県試験市見本町2-3-5' }],
    ['another reading', { nameKana: 'ミホン ジロウ' }],
  ] as const)('%s is no match, and of a disputed number tells no more', (_case, over) => {
    expect(verify('DESIGNATED', person, { ...items, ...over }, NOW)).toBe('NO_MATCH');
    expect(verify('DISPUTED', person, { ...items, ...over }, NOW)).toBe('NO_MATCH');
  });

  it('JUKI-4.8 compares by the keys; a name with a local character by its reading only; an alias is a name', () => {
    expect(verify('DESIGNATED', person, { ...items, nameKana: 'みほん たろう' }, NOW)).toBe('MATCH');
    const local = { ...person, nameKanji: '見本 \uE000郎' };
    expect(verify('DESIGNATED', local, { ...items, nameKanji: local.nameKanji }, NOW)).toBe('NO_MATCH');
    expect(verify('DESIGNATED', local, { ...items, nameKanji: local.nameKanji, nameKana: 'ミホン タロウ' }, NOW)).toBe('MATCH');
    const foreign = { ...person, nameKanji: 'SAMPLE TARO', nameKana: '', aliasName: '見本 太郎' };
    expect(verify('DESIGNATED', foreign, { ...items, nameKana: 'ミホン タロウ' }, NOW)).toBe('MATCH');
    expect(verify('DESIGNATED', undefined, items, NOW)).toBe('NO_MATCH');
  });
});
