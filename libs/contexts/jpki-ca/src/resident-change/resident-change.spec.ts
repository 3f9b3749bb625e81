import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalState, dueNotices, effectOf, outcomeOf, progressAfter, NOTICE_KINDS, type Progress, type ResidentChangeNotice } from './resident-change.js';

const notice = (kind: ResidentChangeNotice['kind'], more: Partial<ResidentChangeNotice> = {}): ResidentChangeNotice => ({ factVersion: 2, kind, reason: '00', fields: [], ...more });

describe('effects of a resident change (JPKI-4.7 no. 3)', () => {
  it.each([
    [notice('moved-in', { reason: '11' }), true, false],
    [notice('changed', { reason: '30', fields: ['address'] }), true, false],
    [notice('changed', { reason: '31', fields: ['nameKanji'] }), true, false],
    [notice('changed', { reason: '32', fields: ['birthDate'] }), true, false],
    [notice('changed', { reason: '42', fields: ['individualNumber'] }), false, false],
    [notice('changed', { reason: '35', fields: ['nameKana'] }), false, false],
    [notice('moved-out', { reason: '21', abroad: false }), false, false],
    [notice('moved-out', { reason: '22', abroad: true }), true, true],
    [notice('died', { reason: '20' }), true, true],
    [notice('record-deleted', { reason: '25' }), true, true],
    [notice('record-deleted', { reason: '26', returnsTo: '990019' }), true, false],
    [notice('changed', { reason: '16', fields: ['nameKanji', 'aliasName'] }), true, false],
    [notice('changed', { reason: '17', fields: ['nameKanji'] }), true, false],
    [notice('changed', { reason: '35', fields: ['sex'] }), true, false],
    [notice('changed', { reason: '36', fields: ['aliasName'] }), true, false],
    // The certificate shows name and alias only (JPKI-4.4).
    [notice('changed', { reason: '36', fields: ['formerSurname'] }), false, false],
    [notice('entered', { reason: '15' }), false, false],
    [notice('minor-correction', { reason: '34', fields: ['address'] }), false, false],
    [notice('code-changed', { reason: '40' }), false, false],
    [notice('entered', { reason: '13' }), false, false],
  ])('%o: SIGN %s, AUTH %s', (change, sign, auth) => {
    expect(effectOf(change)).toEqual({ sign, auth });
  });
});

interface Person {
  readonly progress: Progress;
  readonly seen: ReadonlyMap<number, ResidentChangeNotice>;
  readonly waiting: readonly ResidentChangeNotice[];
  readonly sign: boolean;
  readonly auth: boolean;
  readonly order: readonly number[];
}

/** The steps of the use case without its tables. */
function receive(person: Person, arrived: ResidentChangeNotice): Person {
  if (person.seen.has(arrived.factVersion)) return person;
  const seen = new Map(person.seen).set(arrived.factVersion, arrived);
  if (arrivalState(person.progress, arrived.factVersion) !== 'ARRIVED') return { ...person, seen };
  const waiting = [...person.waiting, arrived];
  let next = { ...person, seen, waiting };
  for (const due of dueNotices(person.progress, waiting)) {
    const effect = effectOf(due);
    next = {
      ...next,
      progress: progressAfter(next.progress, due),
      waiting: next.waiting.filter((one) => one !== due),
      sign: next.sign && !effect.sign,
      auth: next.auth && !effect.auth,
      order: [...next.order, due.factVersion],
    };
  }
  return next;
}

const changes = fc.array(
  fc.record({ kind: fc.constantFrom(...NOTICE_KINDS), reason: fc.constantFrom('11', '30', '42', '31'), fields: fc.subarray(['address', 'nameKana', 'individualNumber']), abroad: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);

describe('order of notices (JPKI-3.6)', () => {
  it('ends in the same state for every order and repetition of delivery, applied strictly by factVersion', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 4 }), fc.infiniteStream(fc.nat()), (rows, base, dice) => {
        const notices = rows.map((row, index) => ({ ...row, factVersion: index + 1 }));
        const start: Person = { progress: { applied: base, dead: false }, seen: new Map(), waiting: [], sign: true, auth: true, order: [] };
        const straight = notices.reduce(receive, start);
        const shuffled = [...notices, ...notices].map((one) => ({ one, key: dice.next().value })).sort((a, b) => a.key - b.key).map(({ one }) => one);
        const other = shuffled.reduce(receive, start);
        expect({ ...other, seen: undefined }).toEqual({ ...straight, seen: undefined });
        expect(other.order).toEqual(notices.map(({ factVersion }) => factVersion).filter((version) => version > base));
      }),
    );
  });

  it('waits for predecessors, leaves old ones alone, follows nobody without a certificate', () => {
    const progress = { applied: 3, dead: false };
    expect(dueNotices(progress, [notice('changed', { factVersion: 5 })])).toEqual([]);
    expect(arrivalState(progress, 3)).toBe('SUPERSEDED');
    expect(arrivalState(progress, 5)).toBe('ARRIVED');
    expect(arrivalState(undefined, 1)).toBe('NO_CERTIFICATE');
  });

  it('sets a sign of life after a death aside for an officer', () => {
    const dead = progressAfter({ applied: 1, dead: false }, notice('died'));
    expect(outcomeOf(dead, notice('moved-in'))).toBe('QUARANTINED');
    expect(outcomeOf(dead, notice('minor-correction'))).toBe('IGNORED_MINOR');
    expect(outcomeOf({ applied: 1, dead: false }, notice('moved-in'))).toBe('APPLIED');
  });
});
