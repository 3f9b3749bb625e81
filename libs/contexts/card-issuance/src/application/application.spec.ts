import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDateInJapan, Refusal } from '#kernel';
import { APPLICATION_STATES, awaitsStay, decideResubmission, DEFICIENCIES, requireChannel, requireExaminer, requireNotOrdered, resubmissionEnd } from './application.js';
import { roomAfter } from './attempt-limit.js';
import { carriedState } from './carry-over.js';
import { CHALLENGE_BITS, isSolved, makeChallenge } from './challenge.js';
import { DEFICIENCY_TEXTS, NOTICE_LANGUAGES, noticeText } from './deficiency-texts.js';

const NOW = new Date('2016-01-20T01:00:00Z');

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'DONE';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('what an application may become (CARD-3.3)', () => {
  it('CARD-3.3 the token lets in a deficient application for 90 days, to the end of the last in Japan', () => {
    expect(resubmissionEnd(NOW)).toBe('2016-04-19');
    const open = { state: 'DEFICIENT' as const, tokenHash: Buffer.from('right'), deficientUntil: '2016-04-19' };
    const at = (instant: string, over: Partial<Omit<typeof open, 'state'>> = {}): string => codeOf(() => decideResubmission({ ...open, ...over }, Buffer.from('right'), new Date(instant)));
    expect([at('2016-04-19T14:59:59Z'), at('2016-04-19T15:00:00Z'), at('2016-01-21T00:00:00Z', { tokenHash: Buffer.from('wrong') })]).toEqual(['DONE', 'TOKEN_INVALID', 'TOKEN_INVALID']);
    expect(codeOf(() => decideResubmission({ ...open, state: 'LAPSED' }, Buffer.from('right'), NOW))).toBe('BAD_STATE');
  });

  it('CARD-3.3 withdrawn until it is ordered; a lease holds others off until it is over', () => {
    expect(APPLICATION_STATES.filter((state) => codeOf(() => requireNotOrdered(state)) === 'DONE')).toEqual(['RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED']);
    const lease = { assignedTo: 'a', assignedUntil: new Date(NOW.getTime() + 1) };
    expect(['a', 'b'].map((examiner) => codeOf(() => requireExaminer(lease, examiner, NOW)))).toEqual(['DONE', 'ASSIGNED_TO_OTHER']);
    expect(codeOf(() => requireExaminer({ ...lease, assignedUntil: NOW }, 'b', NOW))).toBe('DONE');
    expect((['COUNTER', 'VISIT_AT_APPLICATION', 'PHOTO_BOOTH'] as const).map((channel) => codeOf(() => requireChannel(channel, 'operator')))).toEqual(['CHANNEL_NOT_PERMITTED', 'CHANNEL_NOT_PERMITTED', 'DONE']);
  });

  it('CARD-4.6 the end of a stay is awaited until it is told, and again from the day after it', () => {
    const awaited = (stayAwaited: boolean, stayEnd: string | null): boolean => awaitsStay({ stayAwaited, stayEnd }, localDateInJapan(NOW));
    expect([awaited(true, null), awaited(false, null), awaited(false, '2016-01-20'), awaited(false, '2016-01-19')]).toEqual([true, false, false, true]);
  });

  it('CARD-8 what was examined before a move is not examined again', () => {
    expect((['RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED', 'ORDERED'] as const).map(carriedState)).toEqual(['RECEIVED', 'RECEIVED', 'DEFICIENT', 'APPROVED', 'APPROVED']);
  });
});

describe('work and tries (CARD-5, CARD-7)', () => {
  const mac = (message: Buffer): Buffer => createHash('sha256').update('key').update(message).digest();
  const solve = (challenge: string): string => {
    for (let nonce = 0; ; nonce += 1) if (createHash('sha256').update(`${challenge}.${nonce}`).digest().readUInt32BE() >>> (32 - CHALLENGE_BITS) === 0) return String(nonce);
  };

  it('CARD-7 five wrong IDs are free, five cost work, then there are none', () => {
    expect([0, 4, 5, 9, 10].map(roomAfter)).toEqual(['FREE', 'FREE', 'WORK', 'WORK', 'NONE']);
  });

  it('CARD-5 work counts for its subject and ten minutes, and nobody makes a challenge but us', () => {
    const challenge = makeChallenge(mac, 'one', NOW);
    const nonce = solve(challenge);
    const at = (minutes: number, subject = 'one', over: { challenge?: string; nonce?: string } = {}): boolean => isSolved(mac, subject, { challenge, nonce, ...over }, new Date(NOW.getTime() + minutes * 60_000));
    expect([at(0), at(10), at(10.1), at(-1), at(0, 'other'), at(0, 'one', { nonce: `${nonce}x` })]).toEqual([true, true, false, false, false, false]);
    const forged = `${NOW.getTime()}.${'0'.repeat(64)}`;
    expect(at(0, 'one', { challenge: forged, nonce: solve(forged) })).toBe(false);
    fc.assert(fc.property(fc.string(), fc.string(), (text, other) => {
      expect(isSolved(mac, 'one', { challenge: text, nonce: other }, NOW)).toBe(false);
    }));
  });
});

describe('notices (CARD-4.3, CARD-4.18)', () => {
  it('CARD-4.3 every deficiency has a text in every language, and no two are alike', () => {
    expect(Object.keys(DEFICIENCY_TEXTS)).toEqual([...DEFICIENCIES]);
    for (const language of NOTICE_LANGUAGES) {
      const texts = DEFICIENCIES.map((code) => DEFICIENCY_TEXTS[code][language]);
      expect(new Set(texts).size).toBe(DEFICIENCIES.length);
      expect(texts.every((text) => text.length > 5)).toBe(true);
      expect(noticeText({ language, codes: ['P04'], resubmission: { until: '2016-04-19', token: 'T' } })).toContain('2016-04-19');
    }
    expect(noticeText({ language: 'ja', codes: ['P04', 'F01'], resubmission: undefined }).split('\n').map((line) => line.slice(0, 3))).toEqual(['次の理', 'P04', 'F01', '']);
  });
});
