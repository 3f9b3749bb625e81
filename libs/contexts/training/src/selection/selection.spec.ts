import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitInRounds, anonymised, commitOf, correctionFault, type Draw, drawLottery, type Drawn, drawnOrder, lotOf, reviewFault, unservedSince } from './selection.js';

const seed = 'KIBAN-DEMO-2015-09';
const BODIES = ['131016', '131016', '282049', '473821', '011002', '131016', '282049', '141003'];
const ids = (...numbers: readonly number[]): string[] => numbers.map((number) => `A-000${number}`);
const vector: Draw = {
  seed, places: 5, bodyQuota: 2,
  bodies: [...new Set(BODIES)].map((body) => ({ body, isPriority: false, held: 0 })),
  applications: BODIES.map((body, index) => ({ applicationId: `A-000${index + 1}`, body, rank: 1, size: 1 })),
};
const changed = (change: (one: Drawn) => Partial<Drawn>): Draw => ({ ...vector, applications: vector.applications.map((one) => ({ ...one, ...change(one) })) });

describe('lottery (TRN-4.3)', () => {
  it('vector: commit, lots, order, admitted and waiting', () => {
    expect(commitOf(seed)).toBe('ce8e4e3f50ecc2644e338ba857aa0a2449f79444c1aa5d2189547a2a887f4f0a');
    expect(ids(1, 2, 3, 4, 5, 6, 7, 8).map((id) => lotOf(seed, id).slice(0, 16))).toEqual([
      '043a577e1e184a99', '4f9ea71198396bdb', '8585005100546877', 'c0ac051c2d3b78e1', '4e505e12e41dd675', '098033b74bfa2697', '1a8823098237db1e', '9addd2e08cf51406',
    ]);
    expect(drawnOrder(vector).map(({ applicationId }) => applicationId)).toEqual(ids(1, 6, 7, 5, 2, 3, 8, 4));
    expect(drawLottery(vector)).toEqual({ admitted: ids(1, 7, 5, 8, 4), waiting: ids(6, 2, 3) });
  });

  it('second places of bodies come after the first of all, up to the quota', () => {
    expect(drawLottery({ ...vector, places: 7 })).toEqual({ admitted: ids(1, 7, 5, 8, 4, 6, 3), waiting: ids(2) });
    expect(drawLottery({ ...vector, places: 8 })).toEqual({ admitted: ids(1, 7, 5, 8, 4, 6, 3), waiting: ids(2) });
  });

  it('inside a body the coordinator decides who takes its place', () => {
    const ranked = changed(({ applicationId }) => (applicationId === 'A-0002' ? { rank: 0 } : {}));
    expect(drawLottery(ranked)).toEqual({ admitted: ids(2, 7, 5, 8, 4), waiting: ids(1, 6, 3) });
  });

  it('bodies of the published list come first; who holds a place already has had his first', () => {
    const bodies = vector.bodies.map((one) => ({ ...one, isPriority: one.body === '473821', held: one.body === '131016' ? 1 : 0 }));
    expect(drawLottery({ ...vector, bodies, places: 2 }).admitted).toEqual(ids(4, 7));
    expect(drawLottery({ ...vector, bodies, places: 5 }).admitted).toEqual(ids(4, 7, 5, 8, 1));
  });

  it('a group comes whole, in the round of its size, or waits while smaller ones pass', () => {
    const group = changed(({ applicationId }) => (applicationId === 'A-0001' ? { size: 2 } : {}));
    expect(drawLottery({ ...group, places: 6 })).toEqual({ admitted: ids(6, 7, 5, 8, 4, 2), waiting: ids(1, 3) });
    const alone = { ...group, applications: group.applications.filter(({ applicationId }) => !ids(2, 6).includes(applicationId)) };
    expect(drawLottery({ ...alone, places: 6 }).admitted).toEqual(ids(7, 5, 8, 4, 1));
    expect(drawLottery({ ...alone, places: 5 }).admitted).toEqual(ids(7, 5, 8, 4, 3));
  });

  const draws = fc.record({
    seed: fc.string(), places: fc.nat(20), bodyQuota: fc.integer({ min: 1, max: 3 }),
    bodies: fc.array(fc.record({ isPriority: fc.boolean(), held: fc.nat(2) }), { minLength: 6, maxLength: 6 }).map((all) => all.map((one, index) => ({ ...one, body: `b${index}` }))),
    applications: fc.uniqueArray(fc.record({ applicationId: fc.uuid(), body: fc.nat(5).map((n) => `b${n}`), rank: fc.nat(3), size: fc.integer({ min: 1, max: 3 }) }), { selector: ({ applicationId }) => applicationId, maxLength: 30 }),
  });

  it('any draw: everybody once, places and quotas kept, no body second before a first that fits, and the anonymised form gives the same', () => {
    fc.assert(fc.property(draws, (draw) => {
      const outcome = drawLottery(draw);
      const overQuota = draw.bodies.filter(({ held }) => held > draw.bodyQuota).map(({ body }) => body);
      expect(reviewFault({ ...outcome, rejected: [] }, draw)).toBeUndefined();
      const byId = new Map(draw.applications.map((one) => [one.applicationId, one]));
      expect(outcome.admitted.some((id) => overQuota.includes(byId.get(id)?.body ?? ''))).toBe(false);
      const after = new Map(draw.bodies.map(({ body, held }) => [body, held]));
      for (const id of outcome.admitted) after.set(byId.get(id)?.body ?? '', (after.get(byId.get(id)?.body ?? '') ?? 0) + (byId.get(id)?.size ?? 0));
      const left = draw.places - outcome.admitted.reduce((taken, id) => taken + (byId.get(id)?.size ?? 0), 0);
      for (const id of outcome.waiting) {
        const one = byId.get(id);
        expect((one?.size ?? 0) > left || (after.get(one?.body ?? '') ?? 0) + (one?.size ?? 0) > draw.bodyQuota).toBe(true);
      }
      expect(drawLottery(anonymised(draw))).toEqual(outcome);
      expect(JSON.stringify(anonymised(draw))).not.toMatch(/"body":"b\d"/);
    }), { numRuns: 300 });
  });

  it('the order in which applications came decides nothing', () => {
    fc.assert(fc.property(draws, (draw) => {
      expect(drawLottery({ ...draw, applications: draw.applications.toReversed().sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1)), bodies: draw.bodies.toReversed() }))
        .toEqual(drawLottery({ ...draw, applications: draw.applications.toSorted((a, b) => (a.applicationId > b.applicationId ? -1 : 1)) }));
    }), { numRuns: 100 });
  });
});

describe('correction (TRN-7)', () => {
  const now = { placed: ids(1, 2), waiting: ids(3, 4) };

  it.each([
    [ids(3), ids(1), undefined], [[], ids(2), undefined], [[], [], 'NOTHING'], [ids(3, 3), [], 'NAMED_TWICE'], [ids(1), ids(1), 'NAMED_TWICE'], [ids(2), [], 'NOT_WAITING'], [ids(3), ids(4), 'NO_PLACE'],
  ])('admits %j, takes back %j: %s', (admitted, givenBack, fault) => expect(correctionFault({ admitted, givenBack, reason: 'r' }, now)).toBe(fault));
});

it('TRN-4.3 4: 24 months before the window opens', () => {
  expect(unservedSince(new Date('2015-09-01T00:00:00Z'))).toEqual(new Date('2013-09-01T00:00:00Z'));
});

describe('review', () => {
  const outcome = { admitted: ids(1, 6, 7), waiting: ids(2, 3, 4), rejected: ids(5, 8) };

  it.each([
    [outcome, undefined],
    [{ ...outcome, rejected: ids(5) }, 'NOT_EVERYBODY_ONCE'],
    [{ ...outcome, waiting: ids(2, 3, 4, 5) }, 'NOT_EVERYBODY_ONCE'],
    [{ admitted: ids(1, 3, 4, 5, 6, 8), waiting: ids(2, 7), rejected: [] }, 'TOO_MANY_PLACES'],
    [{ admitted: ids(1, 2, 6), waiting: ids(3, 4, 5, 7, 8), rejected: [] }, 'BODY_QUOTA_FULL'],
  ])('%j: %s', (proposed, fault) => expect(reviewFault(proposed, vector)).toBe(fault));

  it('counts what a body holds', () => {
    expect(reviewFault(outcome, { ...vector, bodies: [{ body: '131016', isPriority: false, held: 1 }] })).toBe('BODY_QUOTA_FULL');
    expect(admitInRounds(vector.applications, { ...vector, places: 0 }).admitted).toEqual([]);
  });
});
