import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { VERIFIER_CLASSES, VERIFIER_STATES, type VerifierState } from '#contracts/jpki-verifier';
import {
  CLASS_RULES, hasLapsed, isCertificationUseless, isOver, lapseStep, purposesNotOpen, stepVerifier, VERIFIER_STEPS, type Verifier, type VerifierStep,
} from './verifier.js';

const today = toLocalDate('2016-03-01');
const other = { officer: 'officer-2@operator-1', today };
const verifier = (more: Partial<Verifier> = {}): Verifier => (
  { class: 'PUBLIC_BODY', state: 'INQUIRY', certificationExpiry: null, renewalExpiry: null, checkedBy: 'officer-1@operator-1', ...more }
);
const certified = (state: VerifierState, expiry: string): Verifier => verifier({ class: 'PRIVATE', state, certificationExpiry: toLocalDate(expiry) });

/** By hand from the table of JPKI 3.11, with the decisions of its comment. */
const ALLOWED = new Map([
  ['INQUIRY', 'DISCLOSE>SPEC_DISCLOSED END>ENDED'],
  ['SPEC_DISCLOSED', 'GRANT_TEST>TEST_ACCESS END>ENDED'],
  ['TEST_ACCESS', 'NOTIFY>NOTIFIED END>ENDED'],
  ['CERTIFIED', 'NOTIFY>NOTIFIED END>ENDED LAPSE>LAPSED'],
  ['NOTIFIED', 'CHECK>NOTIFIED GRANT>PRODUCTION RETURN>RETURNED END>ENDED'],
  ['RETURNED', 'NOTIFY>NOTIFIED END>ENDED LAPSE>LAPSED'],
  ['PRODUCTION', 'SUSPEND>SUSPENDED END>ENDED'],
  ['SUSPENDED', 'CHECK>SUSPENDED GRANT>PRODUCTION END>ENDED'],
  ['ENDED', ''],
  ['LAPSED', ''],
]);

describe('life of a verifier (JPKI-3.11)', () => {
  it.each(VERIFIER_STATES)('%s: only what the table allows', (state) => {
    const steps = (Object.keys(VERIFIER_STEPS) as VerifierStep[]).filter((step) => step !== 'CERTIFY' && step !== 'RENEW');
    const taken = steps.flatMap((step) => {
      const outcome = stepVerifier(verifier({ state }), step, other);
      if ('state' in outcome) return [`${step}>${outcome.state}`];
      expect(outcome.refusal).toBe('NOT_IN_STATE');
      return [];
    });
    expect(taken.join(' ')).toBe(ALLOWED.get(state));
    expect(isOver({ state })).toBe(ALLOWED.get(state) === '');
  });

  it('two officers: the one who grants is not the one who checked, and nobody grants unchecked', () => {
    const notified = verifier({ state: 'NOTIFIED' });
    expect(stepVerifier(notified, 'GRANT', { ...other, officer: 'officer-1@operator-2' })).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepVerifier({ ...notified, checkedBy: null }, 'GRANT', other)).toEqual({ refusal: 'NOTIFICATION_UNCHECKED' });
    expect(stepVerifier(notified, 'GRANT', other)).toEqual({ state: 'PRODUCTION' });
  });

  it.each(VERIFIER_CLASSES)('%s: a certification where the class needs one, and no other', (of) => {
    const tested = verifier({ class: of, state: 'TEST_ACCESS' });
    const needs = of === 'PRIVATE' || of === 'SPECIFIED_CERTIFIER';
    expect(CLASS_RULES[of].certified).toBe(needs);
    expect(stepVerifier(tested, 'CERTIFY', other)).toEqual(needs ? { state: 'CERTIFIED' } : { refusal: 'CERTIFICATION_NOT_FOR_CLASS' });
    expect(stepVerifier(tested, 'NOTIFY', other)).toEqual(needs ? { refusal: 'CERTIFICATION_MISSING' } : { state: 'NOTIFIED' });
  });

  it('a certification holds through its last day; after it nothing is filed, checked or granted', () => {
    const steps = [['CERTIFIED', 'NOTIFY'], ['RETURNED', 'NOTIFY'], ['NOTIFIED', 'CHECK'], ['NOTIFIED', 'GRANT'], ['SUSPENDED', 'CHECK'], ['SUSPENDED', 'GRANT']] as const;
    for (const [state, step] of steps) {
      expect(stepVerifier(certified(state, '2016-02-29'), step, other)).toEqual({ refusal: 'CERTIFICATION_ENDED' });
      expect('state' in stepVerifier(certified(state, '2016-03-01'), step, other)).toBe(true);
    }
    expect(hasLapsed({ certificationExpiry: null }, today)).toBe(false);
  });

  it.each(VERIFIER_STATES)('%s: what the end of a certification does', (state) => {
    const expected = { CERTIFIED: 'LAPSE', RETURNED: 'LAPSE', PRODUCTION: 'SUSPEND' }[state as string];
    expect(lapseStep(certified(state, '2016-02-29'), today)).toBe(expected);
    expect(lapseStep(certified(state, '2016-03-01'), today)).toBeUndefined();
  });

  it('a further certification runs, longer than the one before, and the state stays', () => {
    const held = certified('SUSPENDED', '2016-06-30');
    expect(stepVerifier(held, 'RENEW', other)).toEqual({ state: 'SUSPENDED' });
    const running = certified('PRODUCTION', '2016-06-30');
    for (const step of ['CHECK', 'GRANT'] as const) {
      expect(stepVerifier(running, step, other)).toEqual({ refusal: 'NOT_IN_STATE' });
      expect(stepVerifier({ ...running, renewalExpiry: toLocalDate('2019-06-30') }, step, other)).toEqual({ state: 'PRODUCTION' });
    }
    expect(['2016-06-30', '2016-07-01'].map((day) => isCertificationUseless(held, toLocalDate(day), today))).toEqual([true, false]);
    expect(isCertificationUseless({ certificationExpiry: null }, toLocalDate('2016-02-29'), today)).toBe(true);
  });

  it('a professional group checks signatures alone (act art. 17(5))', () => {
    expect(purposesNotOpen('PROFESSIONAL_GROUP', ['SIGN', 'AUTH'])).toEqual(['AUTH']);
    expect(purposesNotOpen('PRIVATE', ['SIGN', 'AUTH'])).toEqual([]);
  });
});
