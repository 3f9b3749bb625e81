import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aliasKeys, decideMatch, type Found, isNearBirthDate, likenessOf, matchKeys, type MatchItems, nearBirthDates } from './match-tier.js';

const PERSON: MatchItems = { kanji: '髙橋　花子', kana: 'タカハシ　ハナコ', birthDate: '19800312', sex: '2', address: '架空県試験市見本町二丁目３番４号' };
const FORMER = ['架空県見本町例示１０番地の５', '架空県旧町大字本郷十二番地'];
/** How a row that differs from the person in these items is liked. */
const likeness = (row: Partial<MatchItems>, person: { over?: Partial<MatchItems>; placeWithheld?: boolean } = {}) =>
  likenessOf(matchKeys({ ...PERSON, ...row }), { keys: matchKeys({ ...PERSON, ...person.over }, FORMER), placeWithheld: person.placeWithheld ?? false });

describe('tiers of JUKI-4.8', () => {
  it.each<[string, Partial<MatchItems>, ReturnType<typeof likeness>]>([
    ['tier 1: all equal', {}, 1],
    ['tier 1: other forms of the same characters, reading and address', { kanji: '高槗 花子', kana: 'ﾀｶﾊｼ ﾊﾅｺ', address: '架空県試験市見本町2-3-4' }, 1],
    ['tier 1: the address of a former stay', { address: '架空県見本町例示10-5' }, 1],
    ['tier 1: the address before the towns merged', { address: '架空県旧町本郷12' }, 1],
    ['tier 1: prefecture left out', { address: '試験市見本町2-3-4' }, 1],
    ['tier 2: the same town, another lot', { address: '架空県試験市見本町5-1' }, 2],
    ['tier 2: kana absent', { kana: '', address: '架空県試験市見本町5-1' }, 2],
    ['tier 2: kana absent, the very address', { kana: '' }, 2],
    ['tier 3: another kanji', { kanji: '高橋　華子' }, 3],
    ['tier 3: kanji absent', { kanji: '' }, 3],
    ['tier 3: sex differs', { sex: '1' }, 3],
    ['tier 3: sex unknown', { sex: '' }, 3],
    ['tier 3: another town of the municipality', { address: '架空県試験市別町2-3-4' }, 3],
    ['tier 3: a character without code point decides nothing', { kanji: '髙橋　〓子' }, 3],
    ['tier 4: day and month exchanged', { birthDate: '19801203' }, 4],
    ['tier 4: one digit off', { birthDate: '19800313' }, 4],
    ['tier 4: one digit off, kana absent', { birthDate: '19700312', kana: '' }, 4],
    ['tier 4: another surname (marriage)', { kanji: '見本　花子', kana: 'ミホン　ハナコ' }, 4],
    ['tier 4: another surname, names written together', { kanji: '見本花子', kana: '' }, 4],
    ['tier 4: loose kana only', { kanji: '', kana: 'タカハーシ　ハナコ' }, 4],
    ['NONE: kana and birth date only', { kanji: '高橋　華子', address: '架空県遠市見本町2-3-4' }, 'HINT'],
    ['NONE: kana, kanji and birth date, no address', { address: '' }, 'HINT'],
    ['NONE: the same town name in another prefecture', { address: '沖縄県試験市見本町2-3-4' }, 'HINT'],
    ['NONE: marriage with another address', { kanji: '見本　花子', kana: 'ミホン　ハナコ', address: '架空県試験市見本町5-1' }, undefined],
    ['NONE: two digits off', { birthDate: '19810313' }, undefined],
    ['NONE: near birth date elsewhere', { birthDate: '19800313', address: '架空県遠市見本町2-3-4' }, undefined],
    ['NONE: another given name', { kanji: '髙橋　次郎', kana: 'タカハシ　ジロウ' }, undefined],
  ])('%s', (_name, row, expected) => {
    expect(likeness(row)).toBe(expected);
  });

  it('JUKI-4.13 JUKI-7 where the place is withheld no address, right or wrong, changes the answer, and it is never above tier 3', () => {
    for (const address of ['架空県試験市見本町2-3-4', '架空県見本町例示10-5', '架空県遠市別町1', '']) {
      expect(likeness({ address }, { placeWithheld: true })).toBe(3);
      expect(likeness({ address, kanji: '高橋　華子' }, { placeWithheld: true })).toBe('HINT');
      expect(likeness({ address, kanji: '見本　花子', kana: 'ミホン　ハナコ' }, { placeWithheld: true })).toBeUndefined();
    }
  });

  it('names of separators alone and empty keys agree with nobody', () => {
    expect(likeness({ kana: '　', kanji: '　' }, { over: { kana: '', kanji: '' } })).toBeUndefined();
    expect(likeness({ kana: '・' }, { over: { kana: '' } })).toBe(2);
  });

  it.each(['四日市市', '小郡市', '大和郡山市', '町田市', '余市郡余市町', '札幌市中央区', '高市郡明日香村', '市川市'])('municipality %s is told from its neighbour', (municipality) => {
    const here = { over: { address: `三重県${municipality}見本町1-1` } };
    expect(likeness({ kanji: '', address: `三重県${municipality}別町9` }, here)).toBe(3);
    expect(likeness({ kanji: '', address: '三重県津市見本町1-1' }, here)).toBe('HINT');
  });

  it('whatever else a row says, kana and birth date alone are never more than a hint', () => {
    const text = fc.string({ unit: fc.constantFrom(...'見本例示花子太郎　') });
    fc.assert(fc.property(text, fc.constantFrom('', '1', '2', '9'), text, (kanji, sex, town) => {
      expect(likeness({ kanji: `${kanji}亜`, sex, address: `沖縄県遠市${town}9-9` })).toBe('HINT');
    }));
  });
});

describe('a foreign resident with an alias (通称)', () => {
  const keys = matchKeys({ ...PERSON, kanji: 'WANG WEI', kana: 'ワン　ウェイ' }, FORMER);
  const liked = (row: Partial<MatchItems>, placeWithheld = false) =>
    likenessOf(matchKeys({ ...PERSON, kanji: '木村 偉', kana: 'キムラ　イサム', ...row }), { keys, alias: aliasKeys(keys, '木村　偉'), placeWithheld });

  it.each<[string, Partial<MatchItems>, ReturnType<typeof liked>]>([
    ['tier 1: the registered name', { kanji: 'WANG WEI', kana: 'ワン　ウェイ' }, 1],
    ['tier 1: Latin letters of another size and width', { kanji: 'Ｗａｎｇ　Ｗｅｉ', kana: 'ワン　ウェイ' }, 1],
    ['tier 2: the alias, whose reading the register does not know', {}, 2],
    ['tier 2: the alias, another lot of the town, kana absent', { kana: '', address: '架空県試験市見本町5-1' }, 2],
    ['tier 2: the alias at a former address', { address: '架空県旧町本郷12' }, 2],
    ['tier 3: the alias with the registered reading in another town', { kana: 'ワン　ウェイ', address: '架空県試験市別町2-3-4' }, 3],
    ['tier 4: the alias, sex unknown', { sex: '' }, 4],
    ['tier 4: the alias, day and month exchanged', { birthDate: '19801203' }, 4],
    ['tier 4: another surname than in the alias, all else equal', { kanji: '金本　偉', kana: 'カネモト　イサム' }, 4],
    ['NONE: the alias in another town', { address: '架空県試験市別町2-3-4' }, 'HINT'],
    ['NONE: the alias without address', { address: '' }, 'HINT'],
    ['NONE: another surname than in the alias, another lot', { kanji: '金本　偉', kana: 'カネモト　イサム', address: '架空県試験市見本町5-1' }, undefined],
  ])('%s', (_name, row, expected) => {
    expect(liked(row)).toBe(expected);
  });

  it('JUKI-4.13 where the place is withheld the alias is a hint, whatever the address', () => {
    for (const address of [PERSON.address, '架空県遠市別町1', '']) expect(liked({ address }, true)).toBe('HINT');
  });

  it('an alias with a character without code point is nobody’s name', () => {
    expect(likenessOf(matchKeys({ ...PERSON, kanji: '木村　〓', kana: 'キムラ　イサム' }), { keys, alias: aliasKeys(keys, '木村　〓'), placeWithheld: false })).toBeUndefined();
  });
});

describe('the outcome of a row', () => {
  const row = matchKeys(PERSON);
  const found = (...likenesses: Found['likeness'][]): Found[] => likenesses.map((likeness, index) => ({ personKey: `p${index}`, likeness }));

  it.each<[Found['likeness'][], string, number | undefined]>([
    [[1], 'AUTO', 1], [[2], 'AUTO', 2], [[4, 1], 'AUTO', 1], [[2, 4], 'REVIEW', 2], [['HINT', 2], 'AUTO', 2],
    [[1, 1], 'REVIEW', 1], [[1, 2], 'REVIEW', 1], [[3, 2], 'REVIEW', 2], [[3], 'REVIEW', 3], [[4], 'REVIEW', 4], [['HINT', 4], 'REVIEW', 4],
    [['HINT'], 'NONE', undefined], [['HINT', 'HINT'], 'NONE', undefined], [[], 'NONE', undefined],
  ])('%j: %s', (likenesses, outcome, tier) => {
    const decision = decideMatch(row, found(...likenesses));
    expect([decision.outcome, decision.tier]).toEqual([outcome, tier]);
    expect(decision.found).toHaveLength(outcome === 'AUTO' ? 1 : likenesses.length);
  });

  it('JUKI-7 a birth date without its day is never AUTO, though all is equal', () => {
    for (const birthDate of ['19800300', '19800000']) {
      const unknown = matchKeys({ ...PERSON, birthDate });
      expect(likenessOf(unknown, { keys: unknown, placeWithheld: false })).toBe(1);
      expect(decideMatch(unknown, found(1))).toMatchObject({ outcome: 'REVIEW', tier: 1 });
    }
  });
});

describe('birth dates nearly the same', () => {
  it('the dates for retrieval are exactly the near ones that can be', () => {
    expect(nearBirthDates('19800312')).toContain('19801203');
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2015-12-31'), noInvalidDate: true }), (day) => {
      const text = day.toISOString().slice(0, 10).replaceAll('-', '');
      const near = nearBirthDates(text);
      expect(near).not.toContain(text);
      expect(near.every((other) => isNearBirthDate(text, other) && isNearBirthDate(other, text))).toBe(true);
    }));
  });
});
