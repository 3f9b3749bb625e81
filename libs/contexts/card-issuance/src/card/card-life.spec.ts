import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, Refusal, toLocalDate, type LocalDate } from '#kernel';
import { CARD_STATES } from '#contracts/card-issuance';
import type { PersonView } from '#contracts/juki-net';
import { assessFee, dueYen, NATIONAL_DEFAULT, REISSUE_CAUSES } from '../fee/ordinance.js';
import { advance, checkCause, type ReissueCase } from '../reissue-case/reissue-case.js';
import { certificateMismatch, registerMismatch, tellAgain } from '../state-mismatch/state-mismatch.js';
import { decideCardMove, isInUse, noteOnCard, orderCard, type Card } from './card.js';
import { continuedUseFault, FACE_ADDITIONS, moveEffect, type Deadline } from './continued-use.js';
import { afterDeparture, type PersonChange } from './person-change.js';
import { cardExpiry, extendedExpiry, validityPolicy } from './validity.js';

const day = (text: string): LocalDate => toLocalDate(text);
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'DONE';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};
const [HERE, THERE, BEYOND] = ['990019', '990027', '990035'] as const;
const card: Card = { ...orderCard({ cardSerial: 'A'.repeat(16), personKey: '00000000-0000-4000-8000-000000000001', municipalityCode: HERE, applicationId: '1', batchId: 'b', recordNo: 1, factVersion: 3, wishSign: true, wishAuth: true }).card, state: 'ACTIVE', chipState: 'ACTIVATED' };

describe('dated policy of validity (CARD-4.6)', () => {
  it('CARD-4.6 in 2015 the day of issue decides at 20, from April 2022 the day of application at 18', () => {
    expect([validityPolicy(day('2015-11-01')), validityPolicy(day('2022-03-31')), validityPolicy(day('2022-04-01'))].map((one) => [one.ageThreshold, one.ageReference]))
      .toEqual([[20, 'ISSUE_DATE'], [20, 'ISSUE_DATE'], [18, 'APPLICATION_DATE']]);
    const born = day('2003-06-01');
    // 18 at the application of March 2022, still under the former policy; 17 on the day of an application of 2021 for another, 20 at issue.
    expect(cardExpiry(born, day('2022-04-20'), undefined, day('2022-03-31'))).toBe('2026-06-01');
    expect(cardExpiry(day('2004-05-10'), day('2022-05-20'), undefined, day('2022-05-01'))).toBe('2027-05-10');
    expect(cardExpiry(day('1996-01-25'), day('2016-01-26'), undefined, day('2016-01-20'))).toBe('2026-01-25');
  });

  it('CARD-4.6 a renewed stay extends up to the birthday that bounded the card at issue, and never shortens', () => {
    const bound = cardExpiry(day('1985-07-01'), day('2016-02-01'));
    expect(bound).toBe('2025-07-01');
    expect([extendedExpiry(day('2017-11-30'), bound, day('2020-11-30')), extendedExpiry(day('2017-11-30'), bound, day('2030-01-01')), extendedExpiry(day('2017-11-30'), bound, day('2017-11-30'))])
      .toEqual(['2020-11-30', '2025-07-01', undefined]);
  });
});

describe('moves (CARD-4.10)', () => {
  const change = (over: Partial<PersonChange>): PersonChange => ({ personKey: card.personKey, factVersion: 4, municipalityCode: THERE, kind: 'MOVED_IN', on: day('2016-03-25'), toldOn: day('2016-04-01'), ...over });
  const movedOut: Deadline = { kind: 'MOVE_IN_NOTICE', municipalityCode: HERE, begunOn: day('2016-03-20'), lastDay: day('2016-04-19') };
  const continuing: Deadline = { kind: 'CONTINUED_USE', municipalityCode: THERE, begunOn: day('2016-04-01'), lastDay: day('2016-06-30') };

  it('CARD-4.10 a: planned out 20 March, moved in 25 March: notified on 8 April the use can be continued, on 9 April the card lapses', () => {
    expect(moveEffect(change({ kind: 'MOVED_OUT', municipalityCode: HERE, on: day('2016-03-20') }), card, []).opens).toEqual(movedOut);
    expect(moveEffect(change({ toldOn: day('2016-04-08') }), card, [movedOut])).toMatchObject({ opens: { kind: 'CONTINUED_USE', lastDay: '2016-07-07' } });
    expect(moveEffect(change({ toldOn: day('2016-04-09') }), card, [movedOut]).lapses).toBe('MOVE_IN_NOTICE');
    // The limb of the planned move-out alone: moved in late, notified at once, and yet too late.
    expect(moveEffect(change({ on: day('2016-04-19'), toldOn: day('2016-04-20') }), card, [movedOut]).lapses).toBe('MOVE_IN_NOTICE');
    expect(moveEffect(change({ on: day('2016-04-19'), toldOn: day('2016-04-19') }), card, [movedOut]).lapses).toBeUndefined();
  });

  it('CARD-4.10 b, c: notified on 1 April until 30 June; moved on before, the card lapses; struck or taken back, nothing is left to do', () => {
    expect(moveEffect(change({}), card, [movedOut]).opens).toEqual(continuing);
    expect(moveEffect(change({ municipalityCode: BEYOND }), card, [continuing]).lapses).toBe('CONTINUED_USE');
    expect(moveEffect(change({ municipalityCode: HERE }), card, [continuing]).lapses).toBe('CONTINUED_USE');
    // Told of the same move again, the time does not begin anew.
    expect(moveEffect(change({ toldOn: day('2016-06-01') }), card, [continuing])).toEqual({ ends: ['MOVE_IN_NOTICE', 'DEPARTURE'] });
    expect(moveEffect(change({ kind: 'RETURNED', municipalityCode: HERE }), card, [continuing])).toEqual({ ends: ['MOVE_IN_NOTICE', 'CONTINUED_USE', 'DEPARTURE'] });
    expect(moveEffect(change({ kind: 'RESTORED' }), card, [movedOut])).toEqual({ ends: ['MOVE_IN_NOTICE', 'DEPARTURE'] });
    expect(moveEffect(change({ factVersion: 3 }), card, [movedOut])).toEqual({ ends: [] });
  });

  it('CARD-4.9, 4.10 who plans to leave the country keeps the card until that day', () => {
    expect([afterDeparture(true, day('2016-04-02'), day('2016-04-01')), afterDeparture(true, day('2016-03-31'), day('2016-04-01')), afterDeparture(false, day('2016-04-02'), day('2016-04-01'))])
      .toEqual([{ kind: 'DEPARTING' }, { kind: 'ENDED', abolish: 'MOVED_ABROAD' }, { kind: 'MOVED_OUT' }]);
    expect(moveEffect(change({ kind: 'DEPARTING', on: day('2016-05-01') }), card, []).opens).toMatchObject({ kind: 'DEPARTURE', lastDay: '2016-05-01' });
  });

  it('CARD-4.10 what hinders continued use: state, another place, the day after, the PIN', () => {
    const check = { today: day('2016-06-30'), pinVerified: true, residesIn: THERE, municipalityCode: THERE };
    expect(continuedUseFault(card, continuing, check)).toBeUndefined();
    for (const state of CARD_STATES.filter((one) => one !== 'ACTIVE')) expect(continuedUseFault({ ...card, state }, continuing, check)).toBe(state);
    expect([
      continuedUseFault(card, undefined, check), continuedUseFault(card, continuing, { ...check, today: day('2016-07-01') }), continuedUseFault(card, continuing, { ...check, residesIn: BEYOND }),
      continuedUseFault(card, continuing, { ...check, municipalityCode: BEYOND }), continuedUseFault(card, continuing, { ...check, pinVerified: false }),
    ]).toEqual(['NO_MOVE', 'DEADLINE_PASSED', 'NOT_RESIDENT', 'NO_MOVE', 'PIN_NOT_VERIFIED']);
  });

  it('CARD-4.10 whatever moves come, a card in use outside its municipality has a deadline or has lapsed', () => {
    const step = fc.record({ kind: fc.constantFrom('MOVED_IN', 'MOVED_OUT', 'DEPARTING', 'RETURNED', 'RESTORED', 'NO_EFFECT'), place: fc.constantFrom(HERE, THERE, BEYOND), planned: fc.integer({ min: -40, max: 40 }), later: fc.nat(40) });
    fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let [open, toldOn, residence, lapsed]: [readonly Deadline[], LocalDate, string, boolean] = [[], day('2016-02-01'), HERE, false];
      steps.forEach(({ kind, place, planned, later }, index) => {
        toldOn = addDays(toldOn, later);
        const { ends, opens, lapses } = moveEffect(change({ kind, municipalityCode: place, on: addDays(toldOn, planned), toldOn, factVersion: 4 + index }), card, open);
        open = [...open.filter((one) => !ends.includes(one.kind)), ...(opens === undefined ? [] : [opens])];
        lapsed ||= lapses !== undefined;
        if (kind === 'MOVED_IN' || kind === 'RETURNED') residence = place;
        expect(new Set(open.map((one) => one.kind)).size).toBe(open.length);
      });
      if (!lapsed && residence !== HERE) expect(open.some((one) => one.kind === 'CONTINUED_USE' && one.municipalityCode === residence)).toBe(true);
    }));
  });
});

describe('re-issue and fees (CARD-3.7, 4.9)', () => {
  it('CARD-4.9 own causes cost 800 and 200 yen, 800 without certificates; faults, expiry and a full face nothing; waivers as the ordinance has them', () => {
    const due = Object.fromEntries(REISSUE_CAUSES.map((cause) => [cause, dueYen(assessFee(cause, NATIONAL_DEFAULT), true)]));
    expect(due).toEqual({ LOST: 1_000, STOLEN: 1_000, DAMAGED: 1_000, SURRENDERED: 1_000, LAPSED: 1_000, AGENCY_FAULT: 0, MUNICIPALITY_FAULT: 0, EXPIRED: 0, NO_SPACE_ON_FACE: 0 });
    expect(dueYen(assessFee('LOST', NATIONAL_DEFAULT), false)).toBe(800);
    expect(codeOf(() => assessFee('LOST', NATIONAL_DEFAULT, 'DISASTER'))).toBe('WAIVER_UNKNOWN');
    expect(dueYen(assessFee('LOST', { ...NATIONAL_DEFAULT, waivers: ['DISASTER'] }, 'DISASTER'), true)).toBe(0);
  });

  it('CARD-4.9 the ledger proves the causes that are free; a loss outside the home needs the police report', () => {
    const check = (cause: (typeof REISSUE_CAUSES)[number], over: Partial<Card> = {}, loss: { place?: string; policeReport?: boolean } = {}): string =>
      codeOf(() => checkCause(cause, { ...card, expiryDate: '2025-03-31', ...over }, { place: loss.place, policeReport: loss.policeReport ?? false, today: day('2016-04-01') }));
    expect([check('EXPIRED'), check('EXPIRED', { state: 'EXPIRED', chipState: 'TERMINATED' }), check('NO_SPACE_ON_FACE'), check('NO_SPACE_ON_FACE', { additions: FACE_ADDITIONS })]).toEqual(['BAD_STATE', 'DONE', 'BAD_STATE', 'DONE']);
    expect([check('LOST', { state: 'SUSPENDED' }, { place: 'OUTSIDE' }), check('LOST', { state: 'SUSPENDED' }, { place: 'OUTSIDE', policeReport: true }), check('STOLEN', { state: 'ABOLISHED' }, { place: 'HOME' }), check('LOST', {}, { place: 'HOME' })])
      .toEqual(['POLICE_REPORT_REQUIRED', 'DONE', 'DONE', 'BAD_STATE']);
    expect([check('DAMAGED', { state: 'PRESET', chipState: 'PERSONALISED' }), check('DAMAGED', { state: 'DESTROYED', chipState: 'TERMINATED' })]).toEqual(['BAD_STATE', 'DONE']);
  });

  it('CARD-3.7 a case goes its way once and may be closed from everywhere', () => {
    const opened: ReissueCase = {
      caseId: 'c', cardSerial: card.cardSerial, personKey: card.personKey, municipalityCode: HERE, cause: 'LOST', lossPlace: 'HOME', state: 'OPEN', outcome: null, cardYen: null,
      certificatesYen: null, waiver: null, applicationId: null, paidYen: null, receiptNo: null, version: 1,
    };
    const linked = advance(advance(opened, 'FEE_ASSESSED'), 'APPLICATION_LINKED');
    expect([linked.version, codeOf(() => advance(opened, 'APPLICATION_LINKED')), codeOf(() => advance(linked, 'FEE_ASSESSED'))]).toEqual([3, 'BAD_STATE', 'BAD_STATE']);
    for (const state of ['OPEN', 'FEE_ASSESSED', 'APPLICATION_LINKED'] as const) expect(codeOf(() => advance({ ...opened, state }, 'CLOSED'))).toBe('DONE');
    expect(codeOf(() => advance({ ...opened, state: 'CLOSED' }, 'CLOSED'))).toBe('BAD_STATE');
  });
});

describe('what may not disagree (CARD-3.5, 4.9, 4.13)', () => {
  const found = (state: Card['state'], type: 'SIGN_CERT' | 'AUTH_CERT', certificate: 'ISSUED_INACTIVE' | 'VALID' | 'HELD' | 'REVOKED' | 'EXPIRED', waits = false) => certificateMismatch({ ...card, state }, { type, state: certificate }, waits);

  it('CARD-4.9 stopEffect: a stop holds AUTH and revokes SIGN; resumed, AUTH is in force again', () => {
    expect([found('SUSPENDED', 'AUTH_CERT', 'HELD'), found('SUSPENDED', 'SIGN_CERT', 'HELD'), found('SUSPENDED', 'SIGN_CERT', 'REVOKED'), found('SUSPENDED', 'AUTH_CERT', 'VALID')])
      .toEqual([undefined, 'CERTIFICATE_NOT_STOPPED', undefined, 'CERTIFICATE_NOT_STOPPED']);
    expect([found('ACTIVE', 'AUTH_CERT', 'HELD'), found('ACTIVE', 'AUTH_CERT', 'VALID'), found('ACTIVE', 'SIGN_CERT', 'ISSUED_INACTIVE'), found('SUSPENDED', 'SIGN_CERT', 'ISSUED_INACTIVE', true)])
      .toEqual(['CERTIFICATE_NOT_RESUMED', undefined, 'CERTIFICATE_NOT_ACTIVATED', undefined]);
  });

  it('CARD-4.9 of every state: an ended card leaves no certificate, one not handed over has none in force, and only an end is told as an end', () => {
    for (const state of CARD_STATES) {
      for (const type of ['SIGN_CERT', 'AUTH_CERT'] as const) {
        for (const final of ['REVOKED', 'EXPIRED'] as const) expect(found(state, type, final)).toBeUndefined();
        const kind = found(state, type, 'VALID');
        expect(kind === undefined, state).toBe(state === 'ACTIVE' || state === 'HANDING_OVER');
        if (kind !== undefined && tellAgain({ ...card, state }, kind) === 'ENDED') expect(['EXPIRED', 'ABOLISHED', 'COLLECTED', 'DESTROYED', 'MISSING', 'DEFECTIVE']).toContain(state);
      }
    }
  });

  it('CARD-7 a card missing from its box, or found faulty, leaves no certificate, not even one that was never in force; one under way may', () => {
    expect((['MISSING', 'DEFECTIVE'] as const).map((state) => [found(state, 'AUTH_CERT', 'ISSUED_INACTIVE'), tellAgain({ ...card, state }, 'CERTIFICATE_NOT_ENDED')])).toEqual([['CERTIFICATE_NOT_ENDED', 'ENDED'], ['CERTIFICATE_NOT_ENDED', 'ENDED']]);
    expect((['SHIPPED', 'RECEIVED', 'WITHHELD', 'PRESET'] as const).map((state) => found(state, 'AUTH_CERT', 'ISSUED_INACTIVE'))).toEqual([undefined, undefined, undefined, undefined]);
    expect([found('PRESET', 'AUTH_CERT', 'VALID'), tellAgain({ ...card, state: 'PRESET' }, 'CERTIFICATE_EARLY')]).toEqual(['CERTIFICATE_EARLY', undefined]);
  });

  it('CARD-4.13 the register: an end or a move that was not followed', () => {
    const person: PersonView = { personKey: card.personKey, factVersion: 5, status: 'RESIDENT', municipalityCode: HERE, nameKanji: '', nameKana: '', birthDate: '19800331', sex: '1', address: '', foreignResident: false };
    const open: Deadline = { kind: 'CONTINUED_USE', municipalityCode: THERE, begunOn: day('2016-04-01'), lastDay: day('2016-06-30') };
    expect([
      registerMismatch(card, person, []), registerMismatch(card, { ...person, status: 'DECEASED' }, []), registerMismatch(card, { ...person, municipalityCode: THERE }, []),
      registerMismatch(card, { ...person, municipalityCode: THERE }, [open]), registerMismatch(card, { ...person, status: 'IN_TRANSIT' }, []), registerMismatch({ ...card, state: 'ABOLISHED' }, { ...person, status: 'DECEASED' }, []),
    ]).toEqual([undefined, 'PERSON_ENDED', 'MUNICIPALITY', undefined, undefined, undefined]);
  });

  it('CARD-3.5 a note leaves state and chip and takes its place in the sequence', () => {
    const suspended = { ...card, state: 'SUSPENDED' as const };
    const note = noteOnCard(suspended, decideCardMove(card, 'SUSPENDED').event);
    expect([note.from, note.to, note.chipState, note.version, isInUse(note.to)]).toEqual(['SUSPENDED', 'SUSPENDED', 'ACTIVATED', card.version + 1, true]);
  });
});
