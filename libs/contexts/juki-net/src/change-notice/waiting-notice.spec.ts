import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { standingOf } from '../resident/person-status.js';
import { decideNotice, type Notice, type Resident } from '../resident/resident.js';
import type { Content } from '../resident/segment.js';
import { answersReport, REPORT_STATES, stepReport, type ReportStep } from './error-report.js';
import { ageHours, isHeldTooLong, settleEntry, weighWord, type Word } from './waiting-notice.js';

const NOW = new Date('2016-01-20T01:00:00Z');
const TODAY = toLocalDate('2016-01-20');
const [A, B] = ['990019', '990027'] as const;
const content: Content = { nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', formerSurname: '' };
const at = (municipalityCode: string, changeReason: string, changeDate: string, over: Partial<Content> = content): Notice => ({
  municipalityCode, changeReason, changeDate: toLocalDate(changeDate), content: over, ...(changeReason === '11' ? { previousMunicipalityCode: A } : {}),
});
function after(...notices: readonly Notice[]): Resident {
  return notices.reduce<Resident>((resident, notice) => {
    const decision = decideNotice(resident, notice, NOW);
    if (decision.outcome === 'REFUSED') throw new Error(decision.code);
    return decision.resident;
  }, { factVersion: 0, segments: [] });
}

const entry = { municipalityCode: B, changeReason: '11', changeDate: '2015-10-05' };
const dead = [at(A, '14', '2010-04-01'), at(A, '20', '2015-10-03', {}), at(B, '11', '2015-10-05', { ...content, address: '練習町1' })] as const;

describe('JUKI-3.3 held for 24 hours', () => {
  it.each([[0, 0, false], [23.99, 23, false], [24, 24, false], [24.01, 24, true], [49, 49, true]])('%d hours', (hours, whole, tooLong) => {
    const receivedAt = new Date(NOW.getTime() - hours * 3_600_000);
    expect([ageHours(receivedAt, NOW), isHeldTooLong(receivedAt, NOW)]).toEqual([whole, tooLong]);
  });
});

describe('JUKI-3.3 two officers', () => {
  const word: Word = { verdict: 'APPLY', answerReference: '12', officer: 'a' };
  it.each([
    [undefined, word, 'PROPOSED'],
    [word, word, 'SAME_OFFICER'],
    [word, { ...word, officer: 'b' }, 'DECIDED'],
    [word, { ...word, officer: 'b', verdict: 'REJECT' }, 'PROPOSED'],
    [word, { ...word, officer: 'b', answerReference: '13' }, 'PROPOSED'],
    [word, { ...word, verdict: 'REJECT' }, 'PROPOSED'],
  ] as const)('%j then %j: %s', (earlier, next, weighed) => {
    expect(weighWord(earlier, next)).toBe(weighed);
  });
});

describe('JUKI-4.5 V3 an entry after death', () => {
  it('does not apply while the death stands', () => {
    expect(settleEntry(after(...dead), entry, 'APPLY', TODAY)).toEqual({ refusal: 'ENTRY_AFTER_DEATH' });
    expect(settleEntry(after(...dead), { ...entry, changeDate: '2015-10-06' }, 'REJECT', TODAY)).toEqual({ refusal: 'RESIDENT_UNKNOWN' });
  });

  it('applies with its event once the record of the death is restored; one that has closed since is history', () => {
    const restored = after(...dead, at(A, '15', '2016-01-10', {}));
    expect(settleEntry(restored, entry, 'APPLY', TODAY)).toMatchObject({
      isPresent: true, resident: { factVersion: restored.factVersion + 1 }, standing: { status: 'RESIDENT', current: { municipalityCode: B }, quarantined: [] },
      event: { kind: 'moved-in', factVersion: restored.factVersion + 1, factDate: '2015-10-05', municipalityCode: B, reason: '11', fields: ['address'], previousMunicipalityCode: A },
    });
    const left = after(...dead, at(B, '21', '2015-11-01', {}), at(A, '15', '2016-01-10', {}));
    expect(settleEntry(left, entry, 'APPLY', TODAY)).toMatchObject({ isPresent: false, event: undefined, resident: { factVersion: left.factVersion } });
  });

  it('rejected, it counts no more: the person is as if it had never come', () => {
    fc.assert(fc.property(fc.boolean(), fc.boolean(), (moved, restored) => {
      const own = [...dead.slice(0, 2), ...(restored ? [at(A, '15', '2016-01-10', {})] : [])];
      const resident = after(...dead, ...(moved ? [at(B, '30', '2015-12-01', { address: '練習町2' })] : []), ...(restored ? [at(A, '15', '2016-01-10', {})] : []));
      const settled = settleEntry(resident, entry, 'REJECT', TODAY);
      expect(settled).toMatchObject({ isPresent: false, event: undefined, resident: { factVersion: resident.factVersion } });
      expect('standing' in settled && settled.standing).toEqual(standingOf(after(...own).segments));
    }));
  });
});

describe('JUKI-3.3 suspected errors', () => {
  const allowed: Readonly<Record<ReportStep, readonly (string | undefined)[]>> = {
    ANSWER: ['ANSWERED', undefined, undefined], ACCEPT: [undefined, 'CLOSED', undefined], ASK_AGAIN: [undefined, 'OPEN', undefined], WITHDRAW: ['CLOSED', undefined, undefined],
  };
  it.each(Object.keys(allowed) as ReportStep[])('%s only where it is allowed', (step) => {
    expect(REPORT_STATES.map((state) => stepReport(state, step))).toEqual(allowed[step]);
  });

  it('a notice answers if it is of this municipality and person and took effect since it was asked', () => {
    const report = { municipalityCode: A, personKey: 'p', askedAt: NOW };
    const notice = { municipalityCode: A, personKey: 'p', state: 'APPLIED', receivedAt: NOW.toISOString() };
    expect(answersReport(notice, report)).toBe(true);
    for (const other of [{ municipalityCode: B }, { personKey: 'q' }, { state: 'HELD' }, { receivedAt: '2016-01-20T00:59:59.999Z' }]) expect(answersReport({ ...notice, ...other }, report)).toBe(false);
  });
});
