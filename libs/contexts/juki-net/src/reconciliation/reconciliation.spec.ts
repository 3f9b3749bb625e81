import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResidentCode, toLocalDate } from '#kernel';
import { dueDay, explainFault, isOverdue } from './difference.js';
import { bucketDigest, bucketOf, differencesOf, type Leaf, leafHash, type RegisterLeaf } from './reconciliation.js';

const taro = {
  residentCode: '99000000015', recordVersion: 3, nameKanji: '見本太郎', nameKana: 'ミホンタロウ', birthDate: '19800101', sex: '1', municipalityCode: '990019',
  address: '架空県試験市見本町2-3-4', changeReason: '11', changeDate: '20151005',
};
const hanako = { ...taro, residentCode: '99000000023', recordVersion: 1, nameKanji: '見本花子', nameKana: 'ミホンハナコ', birthDate: '19820202', sex: '2' };
const leaf = (record: typeof taro): RegisterLeaf => ({ residentCode: record.residentCode, recordVersion: record.recordVersion, hash: leafHash(record), personKey: `key-${record.residentCode}` });

describe('JUKI-4.6 leaves and buckets', () => {
  it('hashes the records and the bucket of the specification', () => {
    expect(leafHash(taro)).toBe('523d03035abd1b305b3dce3262974857cc414f9d2b791495aacc2f89a4004d5e');
    expect(leafHash(hanako)).toBe('ecd9e97ed2472c13dc8ae2b9525643db738f699f717529b65ff71da7591f0e5d');
    expect(bucketDigest([leaf(taro), leaf(hanako)]).toString('hex')).toBe('b0adca4da1754705d1cd585886f28286740f8c57d9b8c14b8d84fb88326949ce');
    expect(bucketOf(taro.residentCode)).toBe(99);
    expect(bucketOf('04711111117')).toBe(4);
  });

  it('no item may slide into its neighbour', () => {
    expect(leafHash({ ...taro, nameKanji: '見本太郎ミ', nameKana: 'ホンタロウ' })).not.toBe(leafHash(taro));
  });
});

describe('JUKI-4.6 classes of differences', () => {
  const [a, b] = [leaf(taro), leaf(hanako)];
  const versions = (municipalVersion: number | undefined, registerVersion: number | undefined) => ({ municipalVersion, registerVersion });

  it.each([
    ['MISSING_UP: the register lacks it', [a], [], { class: 'MISSING_UP', ...versions(3, undefined) }],
    ['MISSING_DOWN: the municipality lacks it', [], [a], { class: 'MISSING_DOWN', personKey: a.personKey, ...versions(undefined, 3) }],
    ['STALE: the register is behind', [leaf({ ...taro, recordVersion: 4 })], [a], { class: 'STALE', personKey: a.personKey, ...versions(4, 3) }],
    ['STALE: the municipality is behind', [leaf({ ...taro, recordVersion: 2 })], [a], { class: 'STALE', personKey: a.personKey, ...versions(2, 3) }],
    ['CONTENT: same version, other address', [leaf({ ...taro, address: '架空県試験市見本町2-3-5' })], [a], { class: 'CONTENT', personKey: a.personKey, ...versions(3, 3) }],
  ])('%s', (_case, municipal, register, expected) => {
    expect(differencesOf([b, ...municipal], [b, ...register])).toEqual([{ residentCode: taro.residentCode, ...expected }]);
  });

  it('equal sets have equal digests in any order of arrival, and none that was changed in one place', () => {
    const record = fc.record({ serial: fc.integer({ min: 0, max: 9_999_999 }), recordVersion: fc.integer({ min: 1, max: 9 }), nameKanji: fc.string({ maxLength: 8 }), address: fc.string({ maxLength: 8 }) });
    const records = fc.uniqueArray(record, { minLength: 1, maxLength: 20, selector: ({ serial }) => serial });
    const change = fc.constantFrom('version', 'name', 'address', 'gone', 'new');
    fc.assert(fc.property(records, fc.infiniteStream(fc.nat()), change, fc.nat(), (drawn, order, kind, place) => {
      const all = drawn.map(({ serial, ...rest }) => ({ ...taro, ...rest, residentCode: ResidentCode.fromBody(`990${String(serial).padStart(7, '0')}`).reveal() }));
      const leaves = all.map(leaf);
      const mixed = leaves.map((one) => ({ one, key: order.next().value })).sort((x, y) => x.key - y.key).map(({ one }) => one);
      expect(bucketDigest(mixed)).toEqual(bucketDigest(leaves));
      expect(differencesOf(mixed, leaves)).toEqual([]);
      const index = place % all.length;
      const target = all[index] ?? taro;
      const other = { version: { ...target, recordVersion: target.recordVersion + 1 }, name: { ...target, nameKanji: `${target.nameKanji}外` }, address: { ...target, address: `${target.address}1` }, gone: undefined, new: target }[kind];
      const added: Leaf[] = kind === 'new' ? [leaf({ ...taro, residentCode: '99123456781' })].filter((one) => leaves.every(({ residentCode }) => residentCode !== one.residentCode)) : [];
      const changed = [...leaves.flatMap((one, at) => (at !== index ? [one] : other === undefined ? [] : [leaf(other)])), ...added];
      if (kind === 'new' && added.length === 0) return;
      expect(bucketDigest(changed)).not.toEqual(bucketDigest(leaves));
      const expected = { version: 'STALE', name: 'CONTENT', address: 'CONTENT', gone: 'MISSING_DOWN', new: 'MISSING_UP' }[kind];
      expect(differencesOf(changed, leaves).map((difference) => difference.class)).toEqual([expected]);
    }));
  });
});

describe('JUKI-4.6 explained within five working days', () => {
  it('counts working days of the calendar', () => {
    expect(dueDay(toLocalDate('2015-10-05'))).toBe('2015-10-13');
    expect(dueDay(toLocalDate('2015-12-25'))).toBe('2016-01-07');
  });

  it.each([
    ['OPEN', '2015-10-13', false], ['OPEN', '2015-10-14', true], ['EXPLAINED', '2015-10-14', false], ['RESOLVED', '2015-10-14', false],
  ] as const)('%s on %s is overdue: %s', (state, today, overdue) => {
    expect(isOverdue({ state, dueOn: toLocalDate('2015-10-13') }, toLocalDate(today))).toBe(overdue);
  });

  it('only an open difference is explained', () => {
    expect((['OPEN', 'EXPLAINED', 'RESOLVED'] as const).map(explainFault)).toEqual([undefined, 'DIFFERENCE_STATE', 'DIFFERENCE_STATE']);
  });
});
