import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { eraYear, Refusal, toLocalDate } from '#kernel';
import type { ChipRecord } from '#chip';
import { CARD_STATES } from '#contracts/card-issuance';
import { applicationIdOf, isApplicationId } from './application/application-id.js';
import { decideIntake, decideRepetition, decideReview, type Intake } from './application/application.js';
import { BEFORE_HANDOVER, CARD_TRANSITIONS, decideCardMove, orderCard } from './card/card.js';
import { lastDayForContinuedUse, lastNotificationDay, moveEffect } from './card/continued-use.js';
import { abolishes, afterDeletion, invalidates, withholds, type MadeCard, type PersonChange } from './card/person-change.js';
import { cardExpiry, certificateExpiry, decisiveBirthDate, verificationNumberB } from './card/validity.js';
import { decideChipRecord, decideIdentity, decideSettlement, decideStep, STEPS, type Session } from './handover/handover-session.js';
import { decideMailing, envelopeBarcode, envelopesOf, isEnvelopeBarcode, reportsMailing, wholeHouseholds, type Addressed } from './mailing/mailing.js';
import { changesFace, differingItems, printedFace } from './production/face.js';
import { drawCardSerial, manifestHash } from './production/manifest.js';
import { decideReceipt, packBoxes } from './production/production-batch.js';
import { confidenceOf, decideStop, matchingFacts } from './stop-order/stop-order.js';

const NOW = new Date('2016-01-20T01:00:00Z');
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'DONE';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

describe('application ID (CARD-4.3)', () => {
  it.each([
    ['131016', 1, 0, '01131010000000000010054'],
    ['282049', 483_920_175_566, 1, '01282044839201755660109'],
  ])('CARD-4.3 %s %i %i: %s', (municipality, random, sequence, id) => {
    expect(applicationIdOf(municipality, random, sequence)).toBe(id);
    expect(isApplicationId(id)).toBe(true);
  });

  it.each(['01282044832901755660109', '01282144839201755660109', '0128204483920175566010', ''])('CARD-4.3 %s is not valid', (id) => {
    expect(isApplicationId(id)).toBe(false);
  });

  it('CARD-4.3 every single wrong digit and every swap of neighbours is found', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 - 1 }), fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 9 }), (random, at, by) => {
      const digits = [...applicationIdOf('990019', random, 0)];
      const wrong = digits.with(at, String((Number(digits[at]) + by) % 10)).join('');
      const swapped = at < 22 ? digits.with(at, digits[at + 1] ?? '').with(at + 1, digits[at] ?? '').join('') : digits.join('');
      return !isApplicationId(wrong) && isApplicationId(swapped) === (swapped === digits.join(''));
    }));
  });
});

describe('validity (CARD-4.6)', () => {
  it.each([
    ['1989-03-31', '2016-01-15', undefined, '2025-03-31', '2020-03-31'],
    ['1989-03-31', '2016-03-31', undefined, '2026-03-31', '2021-03-31'],
    ['1989-03-31', '2016-04-01', undefined, '2026-03-31', '2021-03-31'],
    ['1996-05-10', '2016-01-20', undefined, '2020-05-10', '2020-05-10'],
    ['1996-01-21', '2016-01-20', undefined, '2020-01-21', '2020-01-21'],
    ['1996-01-20', '2016-01-20', undefined, '2026-01-20', '2021-01-20'],
    ['1992-02-29', '2016-01-20', undefined, '2025-02-28', '2020-02-28'],
    ['1985-07-01', '2016-02-01', '2017-11-30', '2017-11-30', '2017-11-30'],
    ['2015-12-01', '2016-02-01', undefined, '2020-12-01', '2020-12-01'],
  ])('CARD-4.6 born %s, issued %s, stay %s: card %s, certificate %s', (birth, issue, stay, card, certificate) => {
    const [born, issued] = [toLocalDate(birth), toLocalDate(issue)];
    const expiry = stay === undefined ? cardExpiry(born, issued) : cardExpiry(born, issued, toLocalDate(stay));
    expect(expiry).toBe(card);
    expect(certificateExpiry(born, issued, expiry)).toBe(certificate);
  });

  it('CARD-4.6 from April 2022 the threshold is 18', () => {
    const born = toLocalDate('2003-06-01');
    expect(cardExpiry(born, toLocalDate('2022-03-31'))).toBe('2026-06-01');
    expect(cardExpiry(born, toLocalDate('2022-04-01'))).toBe('2031-06-01');
  });

  it.each([['19450312', '1945-03-12'], ['19450200', '1945-02-28'], ['19450000', '1945-12-31']])('CARD-4.6 an unknown part never makes older: %s is %s', (registered, decisive) => {
    expect(decisiveBirthDate(registered)).toBe(decisive);
  });

  it('CARD-4.8 verification number B of the specimen', () => {
    const date = toLocalDate('1989-03-31');
    expect(verificationNumberB({ date, eraYear: eraYear(date) }, toLocalDate('2025-03-31'), '1234')).toBe('01033120251234');
  });
});

describe('moves (CARD-4.10)', () => {
  it('CARD-4.10 last notification day and last day for continued use', () => {
    expect(lastNotificationDay(toLocalDate('2016-03-20'), toLocalDate('2016-03-25'))).toBe('2016-04-08');
    expect(lastNotificationDay(toLocalDate('2016-03-20'), toLocalDate('2016-04-10'))).toBe('2016-04-19');
    expect(lastDayForContinuedUse(toLocalDate('2016-04-01'))).toBe('2016-06-30');
  });
});

const member = (position: number, householdRef: string, over: Partial<Addressed> = {}): Addressed => ({
  position, householdRef, lineInHousehold: position, personKey: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
  postalCode: '1000001', address: '架空県試験市見本町一丁目1番1号', addresseeName: `見本${position}`, temporaryAddress: false, ...over,
});

describe('envelopes (CARD-3.2, CARD-4.2)', () => {
  it('CARD-4.2 barcode: municipality, household mailing number, pages, MOD 97-10', () => {
    const barcode = envelopeBarcode('990019', 42, 3);
    expect(barcode).toMatch(/^990019000000004203\d{2}$/);
    expect(isEnvelopeBarcode(barcode)).toBe(true);
    expect(isEnvelopeBarcode(barcode.replace(/^99/, '98'))).toBe(false);
  });

  it('CARD-4.2 one envelope a household and destination; who lives elsewhere is not mentioned in the others\'', () => {
    const household = [member(2, 'A'), member(1, 'A'), member(3, 'A', { address: '避難先', temporaryAddress: true }), member(4, 'B')];
    const envelopes = envelopesOf(household);
    expect(envelopes.map((envelope) => envelope.members.map((one) => one.position))).toEqual([[1, 2], [3], [4]]);
    expect(envelopes[0]?.destination.addresseeName).toBe('見本1');
    expect(envelopes[1]).toMatchObject({ temporaryAddress: true, destination: { address: '避難先' } });
  });

  it('JUKI-4.13 protected persons without a destination of their own get one envelope a household, which waits', () => {
    const envelopes = envelopesOf([member(1, 'A'), member(2, 'A', { isHeld: true }), member(3, 'A', { isHeld: true }), member(4, 'A', { address: '避難先', temporaryAddress: true })]);
    expect(envelopes.map(({ isHeld, members }) => [isHeld, members.map((one) => one.position)])).toEqual([[false, [1]], [true, [2, 3]], [false, [4]]]);
  });

  it('CARD-4.2 every member is in exactly one envelope of at most 99 pages', () => {
    fc.assert(fc.property(fc.array(fc.record({ household: fc.integer({ min: 0, max: 3 }), away: fc.boolean() }), { maxLength: 260 }), (drawn) => {
      const members = drawn.map(({ household, away }, index) => member(index + 1, String(household), away ? { address: `別${index % 2}` } : {}));
      const envelopes = envelopesOf(members);
      const positions = envelopes.flatMap((envelope) => envelope.members.map((one) => one.position)).toSorted((a, b) => a - b);
      expect(positions).toEqual(members.map((one) => one.position));
      expect(new Set(envelopes.map((envelope) => envelope.position)).size).toBe(envelopes.length);
      for (const { members: inside } of envelopes) expect(inside.length <= 99 && new Set(inside.map((one) => one.address)).size === 1).toBe(true);
    }));
  });

  it('CARD-4.2 a household cut by a page waits for the next', () => {
    const page = [member(1, 'A'), member(2, 'B'), member(3, 'B')];
    expect(wholeHouseholds(page, false).map((one) => one.position)).toEqual([1]);
    expect(wholeHouseholds(page, true)).toHaveLength(3);
    expect(wholeHouseholds([member(1, 'A'), member(2, 'B'), member(3, 'A')], false).map((one) => one.position)).toEqual([1, 2]);
  });

  it.each([
    ['PLANNED', { to: 'PRINTED', sheets: 2, person: 'b' }, 'DONE'], ['PLANNED', { to: 'PRINTED', sheets: 1, person: 'b' }, 'SHEETS_MISMATCH'],
    ['PLANNED', { to: 'POSTED', person: 'b' }, 'BAD_STATE'], ['POSTED', { to: 'RETURNED', person: 'b' }, 'DONE'], ['DELIVERED', { to: 'RETURNED', person: 'b' }, 'BAD_STATE'],
    ['AWAITING_DECISION', { to: 'PRINTED', sheets: 2, person: 'b' }, 'BAD_STATE'], ['AWAITING_DECISION', { to: 'CANCELLED', person: 'b' }, 'DONE'],
    ['DISCARD_DUE', { to: 'DISCARDED', person: 'a' }, 'SAME_PERSON'], ['DISCARD_DUE', { to: 'DISCARDED', person: 'b' }, 'DONE'],
  ] as const)('CARD-3.2 %s with %j: %s', (state, move, outcome) => {
    expect(codeOf(() => decideMailing({ state, members: 2, movedBy: 'a' }, move))).toBe(outcome);
  });

  it('CARD-3.2 each reports its own part of the way', () => {
    expect([reportsMailing('card-maker', 'PRINTED'), reportsMailing('municipality', 'PRINTED'), reportsMailing('municipality', 'RETURNED'), reportsMailing('card-maker', 'DISCARDED')]).toEqual([true, false, true, false]);
  });
});

describe('intake and review (CARD-3.3, CARD-4.3)', () => {
  const intake: Intake = { formMunicipality: '990019', wishSign: true, representative: false, holdsValidCard: false, person: { factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', birthDate: '19890331' } };
  const child = { factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', birthDate: '20050601' };

  it.each([
    [{}, 'DONE'],
    [{ person: { factVersion: 1, status: 'DECEASED', municipalityCode: '990019', birthDate: '19890331' } }, 'F07'],
    [{ person: { factVersion: 1, status: 'ABROAD', municipalityCode: '990019', birthDate: '19890331' } }, 'F05'],
    [{ person: undefined }, 'F05'],
    [{ person: { factVersion: 1, status: 'RESIDENT', municipalityCode: '990027', birthDate: '19890331' } }, 'FORM_OUTDATED'],
    [{ holdsValidCard: true }, 'F06'],
    [{ person: child }, 'F01'],
    [{ person: child, representative: true }, 'WISH_NOT_ALLOWED'],
    [{ person: child, representative: true, wishSign: false }, 'DONE'],
    [{ person: { ...child, birthDate: '20010120' } }, 'DONE'],
    [{ person: { ...child, birthDate: '20010121' } }, 'F01'],
  ])('CARD-4.3 %j: %s', (over, outcome) => {
    expect(codeOf(() => decideIntake({ ...intake, ...over }, NOW))).toBe(outcome);
  });

  it('CARD-4.3 the same submission within a day is the first one; a deficient form may be sent again; all else is a duplicate', () => {
    const photoHash = Buffer.from('a');
    const open = { applicationId: '1', state: 'RECEIVED' as const, channel: 'PC', photoHash, receivedAt: new Date('2016-01-19T02:00:00Z') };
    expect(decideRepetition(open, { applicationId: '1', channel: 'PC', photoHash }, NOW)).toBe('FIRST_ANSWER');
    expect(codeOf(() => decideRepetition(open, { applicationId: '1', channel: 'MAIL', photoHash }, NOW))).toBe('DUPLICATE');
    expect(codeOf(() => decideRepetition(open, { applicationId: '1', channel: 'PC', photoHash: Buffer.from('b') }, NOW))).toBe('DUPLICATE');
    expect(codeOf(() => decideRepetition({ ...open, receivedAt: new Date('2016-01-19T00:59:59Z') }, { applicationId: '1', channel: 'PC', photoHash }, NOW))).toBe('DUPLICATE');
    expect(decideRepetition({ ...open, state: 'DEFICIENT' }, { applicationId: '1', channel: 'PC', photoHash: Buffer.from('b') }, NOW)).toBe('RESUBMISSION');
    expect(codeOf(() => decideRepetition({ ...open, state: 'DEFICIENT' }, { applicationId: '2', channel: 'PC', photoHash: Buffer.from('b') }, NOW))).toBe('DUPLICATE');
  });

  it('CARD-3.3 a refusal needs two examiners, an approval one', () => {
    const fresh = { state: 'RECEIVED' as const, refusalProposedBy: null };
    expect(decideReview(fresh, { decision: 'APPROVED', examiner: 'a' })).toEqual({ state: 'APPROVED' });
    expect(decideReview(fresh, { decision: 'REFUSED', examiner: 'a' })).toEqual({ state: 'UNDER_REVIEW', refusalProposedBy: 'a' });
    expect(codeOf(() => decideReview({ state: 'UNDER_REVIEW', refusalProposedBy: 'a' }, { decision: 'REFUSED', examiner: 'a' }))).toBe('SAME_EXAMINER');
    expect(decideReview({ state: 'UNDER_REVIEW', refusalProposedBy: 'a' }, { decision: 'REFUSED', examiner: 'b' })).toEqual({ state: 'REFUSED' });
    expect(codeOf(() => decideReview({ state: 'APPROVED', refusalProposedBy: null }, { decision: 'APPROVED', examiner: 'a' }))).toBe('BAD_STATE');
  });
});

const card: MadeCard = { madeOf: 3, ...orderCard({ cardSerial: 'A'.repeat(16), personKey: '00000000-0000-4000-8000-000000000001', municipalityCode: '990019', applicationId: '1', batchId: 'b', recordNo: 1, factVersion: 3, wishSign: true, wishAuth: true }).card };

describe('card ledger (CARD-3.5)', () => {
  // The specification's table, and after + what goes beyond it (README): a card may be withheld from its order on, a hand-over begin after a roll-back.
  it.each([
    ['ORDERED', 'ordered', 'MANUFACTURED CANCELLED + WITHHELD'], ['MANUFACTURED', 'manufactured', 'INSPECTED DEFECTIVE + WITHHELD'], ['INSPECTED', 'inspected', 'SHIPPED + WITHHELD'],
    ['SHIPPED', 'shipped', 'RECEIVED MISSING + WITHHELD'], ['RECEIVED', 'received', 'PRESET WITHHELD'], ['PRESET', 'preset-done', 'NOTIFIED + HANDING_OVER WITHHELD'],
    ['NOTIFIED', 'notice-sent', 'HANDING_OVER UNCOLLECTED + WITHHELD'], ['HANDING_OVER', 'handover-started', 'ACTIVE PRESET'], ['ACTIVE', 'activated', 'SUSPENDED ABOLISHED EXPIRED'],
    ['SUSPENDED', 'suspended', 'ACTIVE ABOLISHED EXPIRED'], ['EXPIRED', 'expired', 'COLLECTED'], ['ABOLISHED', 'abolished', 'COLLECTED'], ['COLLECTED', 'collected', 'DESTROYED'],
    ['DESTROYED', 'destroyed', ''], ['UNCOLLECTED', 'uncollected', 'NOTIFIED DESTROYED + WITHHELD'], ['DEFECTIVE', 'defective', 'DESTROYED'], ['MISSING', 'missing', 'DESTROYED RECEIVED'],
    ['WITHHELD', 'withheld', 'DESTROYED RECEIVED + CANCELLED DEFECTIVE MISSING'], ['CANCELLED', 'cancelled', ''],
  ] as const)('CARD-3.5 %s (card.%s) may become: %s', (from, event, next) => {
    expect(CARD_STATES.filter((to) => codeOf(() => decideCardMove({ ...card, state: from }, to)) === 'DONE')).toEqual(CARD_STATES.filter((to) => next.split(' ').includes(to)));
    for (const before of CARD_STATES) {
      const usual = CARD_TRANSITIONS[before].includes(from) && before !== 'SUSPENDED' && before !== 'HANDING_OVER';
      if (usual) expect(decideCardMove({ ...card, state: before }, from).event.name).toBe(`card.${event}`);
    }
  });

  it('CARD-3.5 a card in force has an activated chip, an ended one a terminated chip, along every way', () => {
    fc.assert(fc.property(fc.array(fc.nat(10), { maxLength: 30 }), (turns) => {
      let present = card;
      for (const turn of turns) {
        const next = CARD_TRANSITIONS[present.state];
        const to = next[turn % Math.max(next.length, 1)];
        if (to === undefined) return;
        const move = decideCardMove(present, to);
        present = { ...present, state: move.to, chipState: move.chipState, version: move.version };
        if (present.state === 'ACTIVE' || present.state === 'SUSPENDED') expect(present.chipState).toBe('ACTIVATED');
        if (['ABOLISHED', 'EXPIRED', 'COLLECTED'].includes(present.state)) expect(present.chipState).toBe('TERMINATED');
      }
      expect(present.version).toBeLessThanOrEqual(turns.length + 1);
    }));
  });

  it('CARD-3.5 resumption and roll-back are told as what they are', () => {
    expect(decideCardMove({ ...card, state: 'SUSPENDED' }, 'ACTIVE').event.name).toBe('card.resumed');
    expect(decideCardMove({ ...card, state: 'HANDING_OVER' }, 'ACTIVE').event.name).toBe('card.activated');
    expect(decideCardMove({ ...card, state: 'HANDING_OVER' }, 'PRESET').event.name).toBe('card.handover-rolled-back');
    expect(decideCardMove({ ...card, state: 'RECEIVED' }, 'PRESET').event.name).toBe('card.preset-done');
  });

  it('CARD-4.13 what a change of facts does', () => {
    const change: PersonChange = { personKey: card.personKey, factVersion: 4, municipalityCode: '990027', kind: 'MOVED_IN', on: toLocalDate('2016-04-01'), toldOn: toLocalDate('2016-04-01') };
    for (const state of BEFORE_HANDOVER) expect(withholds(change, { ...card, state })).toBe(true);
    expect(withholds(change, { ...card, state: 'RECEIVED', factVersion: 4 })).toBe(false);
    expect(withholds(change, { ...card, state: 'ACTIVE' })).toBe(false);
    expect(abolishes({ ...change, kind: 'ENDED', abolish: 'DEATH' }, { ...card, state: 'SUSPENDED' })).toBe(true);
    expect(abolishes(change, { ...card, state: 'ACTIVE' })).toBe(false);
    // A preset compares faces: it says nothing of the number, so the facts that the card was made of decide.
    const ended: PersonChange = { ...change, kind: 'FACE_CHANGED', abolish: 'NUMBER_CHANGED' };
    expect(abolishes(ended, { ...card, state: 'ACTIVE', factVersion: 9 })).toBe(true);
    expect(abolishes(ended, { ...card, state: 'ACTIVE', factVersion: 4, madeOf: 4 })).toBe(false);
    expect(withholds(ended, { ...card, state: 'PRESET', factVersion: 4 })).toBe(true);
    expect(withholds({ ...change, kind: 'NO_EFFECT' }, { ...card, state: 'PRESET' })).toBe(false);
    expect([changesFace(['nameKana', 'postalCode']), changesFace(['nameKana', 'nameKanji'])]).toEqual([false, true]);
    expect([invalidates(change, '990019'), invalidates(change, '990027'), invalidates({ ...change, kind: 'MOVED_OUT' }, '990027'), invalidates({ ...change, kind: 'FACE_CHANGED' }, '990019')]).toEqual([true, false, true, false]);
  });

  it('JUKI-4.3 a record struck beside another one ends no card in use, and no application of the municipality that stands', () => {
    const struck = (returnsTo?: string): PersonChange => ({ personKey: card.personKey, factVersion: 4, on: toLocalDate('2016-04-01'), toldOn: toLocalDate('2016-04-01'), ...afterDeletion('990027', returnsTo) });
    const active = { ...card, state: 'ACTIVE', municipalityCode: '990019' } as const;
    expect([abolishes(struck('990019'), active), moveEffect(struck('990019'), active, []).opens, invalidates(struck('990019'), '990019'), invalidates(struck('990019'), '990027')]).toEqual([false, undefined, false, true]);
    expect(moveEffect(struck('990019'), { ...active, municipalityCode: '990027' }, []).opens?.kind).toBe('CONTINUED_USE');
    expect([abolishes(struck(), active), invalidates(struck(), '990019')]).toEqual([true, true]);
  });
});

describe('production (CARD-3.4, CARD-4.4)', () => {
  it('CARD-4.4 boxes hold one municipality and at most 200 cards', () => {
    const items = Array.from({ length: 450 }, (_, index) => ({ recordNo: index + 1, municipalityCode: index % 3 === 0 ? '990027' : '990019', issuingOffice: '000' }));
    const boxes = packBoxes(items);
    expect(boxes.map((box) => [box.municipalityCode, box.items.length])).toEqual([['990027', 150], ['990019', 200], ['990019', 100]]);
    expect(boxes.every((box) => box.items.every((item) => item.municipalityCode === box.municipalityCode))).toBe(true);
  });

  it('CARD-3.4 a receipt tells what is missing and refuses what is strange', () => {
    expect(decideReceipt(['A', 'B', 'C'], ['C', 'A', 'A'])).toEqual({ missing: ['B'], present: ['A', 'C'] });
    expect(codeOf(() => decideReceipt(['A'], ['A', 'X']))).toBe('UNEXPECTED');
  });

  it('CARD-3.4 the manifest does not depend on the order of reading, but on every field', () => {
    const record = { recordNo: 1, cardSerial: 'A', applicationId: '1', municipalityCode: '990019', expiryDate: '2026-01-20', wishSign: true, wishAuth: false, photoSha256: 'ff', boxNo: 'BX1', seqInBox: 1 };
    const other = { ...record, recordNo: 2, cardSerial: 'B' };
    expect(manifestHash([record, other])).toBe(manifestHash([other, record]));
    expect(manifestHash([{ ...record, wishAuth: true }])).not.toBe(manifestHash([record]));
    expect(drawCardSerial()).toMatch(/^[0-9A-Z]{16}$/);
  });

  it('CARD-4.4 the face: four lines of twenty characters, counted in characters, birth date in the era', () => {
    const facts = { name: '𠮷田 花子', address: '架'.repeat(45), birthDate: '19890331', sex: '2' };
    expect(printedFace(facts)).toMatchObject({ nameFace: '𠮷田 花子', nameOverLength: false, addressOverLength: false, birthEra: '平成', birthYmd: '010331' });
    expect(printedFace(facts).addressFace.map((line) => [...line].length)).toEqual([20, 20, 5]);
    expect(printedFace({ ...facts, address: '架'.repeat(81), name: '子'.repeat(65) })).toMatchObject({ addressOverLength: true, nameOverLength: true, nameFace: '子'.repeat(64) });
    // A character that an image draws is one character, and is not torn from its image.
    const drawn = printedFace({ ...facts, address: '〓{glyph:99001-0042}'.repeat(21), name: `辺{glyph:A.1}${'子'.repeat(63)}` });
    expect([drawn.addressFace, drawn.nameOverLength]).toEqual([['〓{glyph:99001-0042}'.repeat(20), '〓{glyph:99001-0042}'], false]);
    expect(differingItems(facts, { ...facts, alias: 'X', sex: '1' })).toEqual(['alias', 'sex']);
  });
});

describe('hand-over (CARD-4.7)', () => {
  const session: Session = { sessionId: 's', cardSerial: 'A', municipalityCode: '990019', terminalId: 't', state: 'OPEN', documents: null, certificates: null, leaseUntil: new Date('2016-01-20T01:30:00Z'), chipWrittenAt: null, activationBegun: false, doubtId: null, endedAt: null };
  const after: readonly Session[] = [
    session, { ...session, state: 'IDENTITY_OK' }, { ...session, state: 'PIN_SET' }, { ...session, state: 'PIN_SET', certificates: 'QUEUED' },
    { ...session, state: 'CHIP_WRITTEN', certificates: 'QUEUED' }, { ...session, state: 'CLOSED', certificates: 'QUEUED' },
  ];

  it('CARD-4.7 a step is applied in its turn, harmless later, refused before', () => {
    after.forEach((present, done) => {
      STEPS.forEach((step, index) => {
        const outcome = index < done ? 'REPEATED' : index === done ? 'APPLY' : 'STEP_ORDER';
        if (outcome === 'STEP_ORDER') expect(codeOf(() => decideStep(present, step, NOW))).toBe('STEP_ORDER');
        else expect(decideStep(present, step, NOW)).toBe(outcome);
      });
    });
  });

  it('CARD-4.7 after the lease only a written chip may go on', () => {
    const late = new Date('2016-01-20T01:30:00Z');
    expect(codeOf(() => decideStep(session, 'identity', late))).toBe('LEASE_LOST');
    expect(decideStep({ ...session, state: 'CHIP_WRITTEN', certificates: 'NONE' }, 'confirmation', late)).toBe('APPLY');
    expect(codeOf(() => decideStep({ ...session, state: 'COMPENSATED' }, 'identity', NOW))).toBe('LEASE_LOST');
    expect(after.slice(0, 5).map(decideSettlement)).toEqual(['ROLL_BACK', 'ROLL_BACK', 'ROLL_BACK', 'ROLL_BACK', 'COMPLETE']);
    expect(decideSettlement({ ...session, state: 'PIN_SET', certificates: 'NONE', doubtId: 'm' })).toBe('DOUBT');
  });

  it('CARD-4.7 what a chip record says of a hand-over in doubt', () => {
    const record: ChipRecord = { cardSerial: 'A', state: 'PERSONALISED', bound: 'm', activated: undefined, counter: 1 };
    const doubt: Session = { ...session, state: 'MISMATCH', certificates: 'ACTIVATED', doubtId: 'm' };
    const ended: Session = { ...doubt, state: 'COMPENSATED', endedAt: NOW };
    const activated: ChipRecord = { ...record, state: 'ACTIVATED', activated: 's' };
    const verdict = (one: Session, read: ChipRecord): string => {
      let decided = '';
      const code = codeOf(() => (decided = decideChipRecord(one, read)));
      return code === 'DONE' ? decided : code;
    };
    expect([doubt, { ...doubt, state: 'CHIP_WRITTEN' as const }, ended].map((one) => verdict(one, activated))).toEqual(['COMPLETE', 'COMPLETE', 'CHIP_TO_BE_TERMINATED']);
    expect([doubt, { ...doubt, state: 'CHIP_WRITTEN' as const }, ended].map((one) => verdict(one, record))).toEqual(['ROLL_BACK', 'CHIP_RECORD_STALE', 'RESOLVE']);
    expect([doubt, ended].map((one) => verdict(one, { ...record, bound: 's' }))).toEqual(['CHIP_RECORD_STALE', 'CHIP_RECORD_STALE']);
    // A chip that an earlier hand-over activated proves as well that this one did not.
    expect(verdict(doubt, { ...activated, activated: 'earlier' })).toBe('ROLL_BACK');
    expect([doubt, ended].map((one) => verdict(one, { ...record, state: 'TERMINATED', bound: 's' }))).toEqual(['CHIP_RECORD_STALE', 'TERMINATED']);
    expect([{ ...session, state: 'CLOSED' as const, endedAt: NOW }, session].map((one) => verdict(one, activated))).toEqual(['REPEATED', 'STEP_ORDER']);
  });

  it.each([
    [['PASSPORT'], 'IN_PERSON', false, false, 'DONE'], [['HEALTH_INSURANCE_CARD', 'PENSION_BOOK'], 'IN_PERSON', false, false, 'DONE'],
    [['HEALTH_INSURANCE_CARD'], 'IN_PERSON', false, false, 'IDENTITY_INSUFFICIENT'], [['HEALTH_INSURANCE_CARD', 'HEALTH_INSURANCE_CARD'], 'IN_PERSON', false, false, 'IDENTITY_INSUFFICIENT'],
    [['PASSPORT'], 'IN_PERSON', false, true, 'IDENTITY_INSUFFICIENT'], [['PASSPORT'], 'WITH_REPRESENTATIVE', false, true, 'DONE'],
    [['PASSPORT'], 'PROXY', false, false, 'IDENTITY_INSUFFICIENT'], [['PASSPORT'], 'PROXY', true, false, 'DONE'],
  ] as const)('CARD-4.7 %j %s (proof %s, child %s): %s', (documents, method, proxyProof, child, outcome) => {
    expect(codeOf(() => decideIdentity({ documents, method, proxyProof }, child))).toBe(outcome);
  });
});

describe('stop orders (CARD-4.9)', () => {
  const registered = { nameKana: 'ミホン タロウ', birthDate: '19800101', address: '架空県試験市見本町二丁目３番４号' };

  it('CARD-4.9 facts are compared as the register compares them', () => {
    expect(matchingFacts({ nameKana: 'みほん　たろう', birthDate: '1980-01-01', address: '架空県試験市見本町2-3-4' }, registered)).toBe(3);
    expect(matchingFacts({ nameKana: 'ミホン ジロウ', birthDate: '19800101' }, registered)).toBe(1);
  });

  it('CARD-4.9 three of three, or two and a detail of the card, is sure; less stops with a letter; nothing is no match', () => {
    expect([confidenceOf(3, false), confidenceOf(2, true), confidenceOf(2, false), confidenceOf(1, true), confidenceOf(undefined, true)]).toEqual(['HIGH', 'HIGH', 'LOW', 'LOW', 'LOW']);
    expect(codeOf(() => confidenceOf(0, true))).toBe('NO_MATCH');
    expect([decideStop('ACTIVE'), decideStop('SUSPENDED')]).toEqual(['SUSPEND', 'NOTHING']);
    expect(codeOf(() => decideStop('ABOLISHED'))).toBe('ALREADY_ABOLISHED');
    expect(codeOf(() => decideStop('PRESET'))).toBe('BAD_STATE');
  });
});
