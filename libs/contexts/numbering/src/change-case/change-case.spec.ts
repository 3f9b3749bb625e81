import { describe, expect, it } from 'vitest';
import type { EarlierAssignment, RegisterEntry } from '../assignment/assignment.js';
import { CASE_STATES, CASE_STEPS, decideChange, firstState, groundOf, LEAKS, NO_GROUNDS, provesCard, stepCase, type CaseState, type CaseStep, type ChangeCase } from './change-case.js';

const found: ChangeCase = { kind: 'ON_REQUEST', occasion: 'CARD_STOLEN', state: 'EVIDENCE', filedBy: 'clerk-1', leaked: true, misuseRisk: true };
const STEPS: readonly CaseStep[] = ['EXAMINE', 'GRANT', 'DENY', 'DESIGNATE', 'SETTLE', 'CLOSE'];
const ALLOWED = new Set([
  'FILED EXAMINE', 'OPENED_EX_OFFICIO EXAMINE', 'EVIDENCE EXAMINE', 'EVIDENCE GRANT', 'EVIDENCE DENY', 'GRANTED DENY', 'GRANTED DESIGNATE',
  'NEW_NUMBER_DESIGNATED SETTLE', 'CONSEQUENCES_DONE CLOSE',
]);

describe('a case of change (NUM-3.3)', () => {
  it.each(CASE_STATES.flatMap((state) => STEPS.map((step) => [state, step] as const)))('NUM-3.3 %s: %s', (state, step) => {
    const outcome = stepCase({ ...found, state }, step, 'clerk-2');
    expect(outcome).toEqual(ALLOWED.has(`${state} ${step}`) ? { state: CASE_STEPS[step].to } : { refusal: 'CASE_STATE' });
  });

  it.each([
    [true, true, undefined], [true, false, 'NO_GROUND'], [false, true, 'NO_GROUND'], [false, false, 'NO_GROUND'], [null, null, 'NO_GROUND'],
  ] as const)('番号法7条2項 leaked %s, risk %s: %s', (leaked, misuseRisk, refusal) => {
    const outcome = stepCase({ ...found, leaked, misuseRisk }, 'GRANT', 'clerk-2');
    expect('refusal' in outcome ? outcome.refusal : undefined).toBe(refusal);
    expect(stepCase({ ...found, leaked, misuseRisk }, 'DENY', 'clerk-2')).toEqual({ state: 'DENIED' });
  });

  it('NUM-3.3 marriage, move, naturalisation and dislike are no grounds whatever the evidence says', () => {
    for (const occasion of NO_GROUNDS) expect(stepCase({ ...found, occasion }, 'GRANT', 'clerk-2')).toEqual({ refusal: 'NO_GROUND' });
    for (const occasion of LEAKS) expect(stepCase({ ...found, occasion }, 'GRANT', 'clerk-2')).toEqual({ state: 'GRANTED' });
  });

  it('NUM-5.1 another officer than the one who filed decides; the other steps are anybody\'s', () => {
    for (const step of ['GRANT', 'DENY'] as const) expect(stepCase(found, step, 'clerk-1')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepCase(found, 'EXAMINE', 'clerk-1')).toEqual({ state: 'EVIDENCE' });
  });

  it('begins by its kind and gives its ground', () => {
    expect([firstState('ON_REQUEST'), firstState('EX_OFFICIO')]).toEqual(['FILED', 'OPENED_EX_OFFICIO']);
    expect([groundOf('ON_REQUEST'), groundOf('EX_OFFICIO')]).toEqual(['CHANGE_ON_REQUEST', 'CHANGE_EX_OFFICIO']);
  });
});

describe('a request for another number (NUM-5.1)', () => {
  const entry: RegisterEntry = { found: true, personKey: 'p1', municipalityCode: '990019', status: 'RESIDENT', superseded: false };
  const latest: EarlierAssignment = { assignmentId: 'a1', municipalityCode: '990019', requestId: 'r0', generation: 1, replaceable: false };
  const granted = { state: 'GRANTED', personKey: 'p1', municipalityCode: '990019' } as const;
  const request = { municipalityCode: '990019', requestId: 'r1' };
  const inState = (state: CaseState) => ({ ...granted, state });

  it('draws under a granted case of the person at the municipality; the same request is answered again', () => {
    expect(decideChange(entry, latest, granted, request)).toEqual({ outcome: 'DRAW', personKey: 'p1' });
    expect(decideChange(entry, { ...latest, requestId: 'r1' }, inState('NEW_NUMBER_DESIGNATED'), request)).toEqual({ outcome: 'REPEATED', personKey: 'p1' });
    expect(decideChange(entry, { ...latest, requestId: 'r1', disputed: true }, inState('NEW_NUMBER_DESIGNATED'), request)).toEqual({ outcome: 'REFUSED', fault: 'NUMBER_DISPUTED' });
  });

  it.each([
    ['no case', undefined], ['another person\'s case', { ...granted, personKey: 'p2' }], ['another municipality\'s case', { ...granted, municipalityCode: '990027' }],
    ...CASE_STATES.filter((state) => state !== 'GRANTED').map((state) => [state, inState(state)] as const),
  ] as const)('refuses with %s', (_case, found) => {
    expect(decideChange(entry, latest, found, request)).toEqual({ outcome: 'REFUSED', fault: 'CASE_NOT_GRANTED' });
  });

  it('refuses who is no resident any more', () => {
    expect(decideChange({ ...entry, municipalityCode: '990027' }, latest, granted, request)).toEqual({ outcome: 'REFUSED', fault: 'CODE_NOT_YOURS' });
    expect(decideChange({ ...entry, status: 'DECEASED' }, latest, granted, request)).toEqual({ outcome: 'REFUSED', fault: 'CODE_UNKNOWN' });
  });
});

describe('the card with the former number (NUM-3.3)', () => {
  const [former, other] = ['0123456789ABCDEF', 'FEDCBA9876543210'];
  it.each([
    [null, { cardSerial: other }, true], [null, { noCard: 'NEVER_ISSUED' }, true], [null, {}, false], [former, { cardSerial: former }, true], [former, { cardSerial: other }, false],
    [former, { noCard: 'NEVER_ISSUED' }, false], [former, { noCard: 'LOST' }, true], [former, { noCard: 'DESTROYED' }, true], [former, {}, false],
  ] as const)('told by card-issuance %j, stated %j: %s', (told, proof, ends) => {
    expect(provesCard(told, proof)).toBe(ends);
  });
});
