import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssignmentState } from '../assignment/assignment.js';
import { mayMove } from '../assignment/lifecycle.js';
import { contradictsDeath, FIRST_STANDING, isSettled, lifeOf, moveFor, needsNoLook, standingAfter, type LifeNotice, type Standing } from './standing.js';

const KINDS = ['entered', 'moved-in', 'moved-out', 'died', 'record-deleted', 'code-changed'] as const;

interface Number {
  readonly standing: Standing;
  readonly state: AssignmentState;
}

/** The steps of the handler without its tables. */
function receive({ standing, state }: Number, notice: LifeNotice): Number {
  if (needsNoLook(notice)) return { standing, state };
  const after = standingAfter(standing, notice);
  return { standing: after, state: moveFor(state, after.life)?.to ?? state };
}

const notices = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), abroad: fc.boolean() }), { minLength: 1, maxLength: 9 })
  .map((rows) => rows.map((row, index): LifeNotice => ({ ...row, factVersion: index + 1 })));

describe('what the register tells (NUM-3.1)', () => {
  it('ends in the same state for every order and repetition', () => {
    fc.assert(
      fc.property(notices, fc.infiniteStream(fc.nat()), (rows, dice) => {
        const start: Number = { standing: FIRST_STANDING, state: 'DESIGNATED' };
        const straight = rows.reduce(receive, start);
        const shuffled = [...rows, ...rows].map((one) => ({ one, key: dice.next().value })).sort((a, b) => a.key - b.key).map(({ one }) => one);
        expect(shuffled.reduce(receive, start)).toEqual(straight);
      }),
    );
  });

  it('in the order of versions: the last news decide, a death for ever', () => {
    fc.assert(
      fc.property(notices, (rows) => {
        const { state } = rows.reduce(receive, { standing: FIRST_STANDING, state: 'DESIGNATED' } satisfies Number);
        const lives = rows.filter((row) => !needsNoLook(row)).map(lifeOf).filter((life) => life !== undefined);
        const expected = lives.includes('DEAD') ? 'CLOSED' : lives.at(-1) === 'AWAY' ? 'DORMANT' : 'DESIGNATED';
        expect(state).toBe(expected);
      }),
    );
  });

  it.each([
    ['died', false, 'CLOSED'], ['record-deleted', false, 'DORMANT'], ['moved-out', true, 'DORMANT'], ['moved-out', false, 'DESIGNATED'],
    ['entered', false, 'DESIGNATED'], ['moved-in', false, 'DESIGNATED'], ['code-changed', false, 'DESIGNATED'],
  ] as const)('NUM-3.1 %s (abroad: %s): %s', (kind, abroad, state) => {
    expect(receive({ standing: FIRST_STANDING, state: 'DESIGNATED' }, { kind, abroad, factVersion: 4 }).state).toBe(state);
  });

  it('JUKI-4.3 a record entered by mistake elsewhere goes without the number: the person stays', () => {
    expect(receive({ standing: FIRST_STANDING, state: 'DESIGNATED' }, { kind: 'record-deleted', stays: true, factVersion: 4 }).state).toBe('DESIGNATED');
    expect(receive({ standing: { ...FIRST_STANDING, life: 'AWAY', factVersion: 2 }, state: 'DORMANT' }, { kind: 'record-deleted', stays: true, factVersion: 4 }).state).toBe('DESIGNATED');
  });

  it('NUM-4.8 the dormant number comes back, a candidate and a disputed one wait, a former one stays', () => {
    expect(moveFor('DORMANT', 'PRESENT')).toEqual({ to: 'DESIGNATED', cause: 'RETURNED' });
    for (const state of ['GENERATED', 'TENTATIVE', 'DISPUTED', 'VOID', undefined] as const) {
      expect(state !== undefined && moveFor(state, 'DEAD')).toBeFalsy();
      expect(isSettled(state, 'DEAD')).toBe(false);
    }
    for (const state of ['SUPERSEDED', 'CLOSED'] as const) expect([moveFor(state, 'PRESENT'), isSettled(state, 'AWAY')]).toEqual([undefined, true]);
  });

  it('makes allowed moves only', () => {
    for (const state of ['GENERATED', 'TENTATIVE', 'DESIGNATED', 'SUPERSEDED', 'DORMANT', 'CLOSED', 'DISPUTED', 'VOID'] as const) {
      for (const life of ['PRESENT', 'AWAY', 'DEAD'] as const) {
        const move = moveFor(state, life);
        expect(move === undefined || mayMove(state, move.to)).toBe(true);
        expect(move !== undefined && !isSettled(move.to, life)).toBe(false);
      }
    }
  });

  it('sets a sign of life after a death aside for an officer; late news are none', () => {
    const dead: Standing = { factVersion: 5, life: 'DEAD', codeVersion: 0 };
    expect(contradictsDeath(dead, { kind: 'entered', factVersion: 6 })).toBe(true);
    expect(contradictsDeath(dead, { kind: 'moved-in', factVersion: 4 })).toBe(false);
    expect(contradictsDeath({ ...dead, life: 'AWAY' }, { kind: 'entered', factVersion: 6 })).toBe(false);
  });
});
