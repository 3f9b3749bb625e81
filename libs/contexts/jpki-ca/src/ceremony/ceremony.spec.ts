import { describe, expect, it } from 'vitest';
import {
  CEREMONY_KINDS, differing, hasQuorum, isSigned, nextStep, participantsFault, scriptOf, stepFault, typedDigest, type Ceremony, type CeremonyRole, type Participant,
} from './ceremony.js';

const person = (officer: string, role: CeremonyRole, isPresent = true): Participant => ({ officer, role, presentAt: isPresent ? '2016-02-10T01:00:00.000Z' : null, signedAt: null });
const holders = (present: number): Participant[] => Array.from({ length: 5 }, (_, index) => person(`holder-${index}`, 'SHARE_HOLDER', index < present));
const officials = [person('admin', 'ADMINISTRATOR'), person('auditor', 'WITNESS'), person('op-1', 'OPERATOR'), person('op-2', 'OPERATOR')];
const facts = { keyId: 'sign-ca-g2', keyChecksum: 'ab', former: 1 };
const held = (more: Partial<Ceremony> = {}): Ceremony => ({ kind: 'GENERATE', state: 'QUORUM_PRESENT', participants: [...officials, ...holders(3)], steps: scriptOf('GENERATE', facts), ...more });
const done = (ceremony: Ceremony, ...by: string[]): Ceremony => ({
  ...ceremony, state: 'EXECUTING', steps: ceremony.steps.map((step, index) => ({ ...step, doneBy: by[index] ?? null, doneAt: by[index] === undefined ? null : '2016-02-10T02:00:00.000Z' })),
});

describe('people of a key ceremony (JPKI-3.2)', () => {
  it('are one administrator, one witness, two operators and five share holders, each with one role', () => {
    expect(participantsFault('GENERATE', [...officials, ...holders(0)])).toBeUndefined();
    expect(participantsFault('GENERATE', [...officials, ...holders(0).slice(1)])).toBe('ROLES');
    expect(participantsFault('GENERATE', [...officials, ...holders(0).slice(1), person('admin', 'SHARE_HOLDER')])).toBe('PERSON_TWICE');
    expect(participantsFault('ACTIVATE', [...officials, ...holders(0)])).toBe('ROLES');
    expect(participantsFault('ACTIVATE', [person('authority', 'POLICY_AUTHORITY'), ...officials.slice(2)])).toBeUndefined();
  });

  it('are enough with three share holders and everybody else', () => {
    expect([2, 3, 5].map((present) => hasQuorum({ kind: 'GENERATE', participants: [...officials, ...holders(present)] }))).toEqual([false, true, true]);
    for (const missing of ['admin', 'auditor', 'op-1']) {
      expect(hasQuorum({ kind: 'CLOSE', participants: [...officials.map((one) => (one.officer === missing ? { ...one, presentAt: null } : one)), ...holders(5)] })).toBe(false);
    }
  });

  it('sign the minutes if they were there, all of them', () => {
    const signed = [...officials, ...holders(3)].map((one) => (one.presentAt === null ? one : { ...one, signedAt: one.presentAt }));
    expect(isSigned(signed)).toBe(true);
    expect(isSigned(signed.map((one) => (one.officer === 'holder-2' ? { ...one, signedAt: null } : one)))).toBe(false);
  });
});

describe('script of a key ceremony (JPKI-3.2, 4.11)', () => {
  it('has link certificates where a former generation is in force, and each certificate typed by the witness', () => {
    const codes = (former: number | undefined): string[] => scriptOf('GENERATE', { ...facts, former }).map(({ code, by, expected }) => `${code} ${by} ${expected['certificate'] ?? ''}`.trim());
    expect(codes(undefined)).toEqual(['GENERATE_KEY OPERATOR', 'CERTIFY OPERATOR', 'CONFIRM_FINGERPRINT WITNESS ROOT']);
    expect(codes(1).slice(2)).toEqual(['CONFIRM_FINGERPRINT WITNESS ROOT', 'CONFIRM_FINGERPRINT WITNESS OLD_WITH_NEW', 'CONFIRM_FINGERPRINT WITNESS NEW_WITH_OLD']);
    for (const kind of CEREMONY_KINDS) expect(nextStep(scriptOf(kind, facts))).toBe(0);
  });

  it('is done in order, by the role that the step names, with the quorum there', () => {
    expect(stepFault(held({ state: 'SCHEDULED' }), 0, 'op-1')).toBe('QUORUM_MISSING');
    expect(stepFault(held(), 0, 'op-1')).toBeUndefined();
    expect([stepFault(held(), 0, 'admin'), stepFault(held(), 0, 'stranger')]).toEqual(['NOT_IN_ROLE', 'NOT_IN_ROLE']);
    expect([stepFault(held(), 1, 'op-2'), stepFault(held(), 9, 'op-2'), stepFault(done(held(), 'op-1'), 0, 'op-1')]).toEqual(['STEP_ORDER', 'STEP_ORDER', 'STEP_ORDER']);
    for (const state of ['MINUTES_SIGNED', 'CLOSED', 'ABORTED'] as const) expect(stepFault(held({ state }), 0, 'op-1')).toBe('NOT_IN_STATE');
  });

  it('takes two operators (dual control)', () => {
    expect([stepFault(done(held(), 'op-1'), 1, 'op-1'), stepFault(done(held(), 'op-1'), 1, 'op-2')]).toEqual(['SAME_OFFICER', undefined]);
  });

  it('stops at a value that is not the expected one, and reads digests as people type them', () => {
    expect(differing({ modulusBits: 2048, exponent: 65537 }, { modulusBits: 2048, exponent: 65537, more: 'x' })).toBeUndefined();
    expect(differing({ modulusBits: 2048, exponent: 65537 }, { modulusBits: 2048, exponent: 3 })).toBe('exponent');
    expect(typedDigest('AB:cd 01')).toBe('abcd01');
  });
});
