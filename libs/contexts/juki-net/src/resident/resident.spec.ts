import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LocalDate, toLocalDate } from '#kernel';
import { lastDayOfMeasure } from '../protection/support-measure.js';
import { CHANGE_REASONS } from './change-reason.js';
import { placeOn, standingOf, statusOn } from './person-status.js';
import { decideCodeChange, decideNotice, type Decision, type Notice, type Resident } from './resident.js';
import { closeDue, type Content, type Segment } from './segment.js';

const NOW = new Date('2016-01-20T01:00:00Z');
const TODAY = toLocalDate('2016-01-20');
const NOBODY: Resident = { factVersion: 0, segments: [] };
const [A, B, C] = ['990019', '990027', '131016'] as const;

const content: Content = {
  nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', formerSurname: '',
};
const at = (municipalityCode: string, changeReason: string, changeDate: string, over: Partial<Content> = content, previousMunicipalityCode?: string): Notice => ({
  municipalityCode, changeReason, changeDate: toLocalDate(changeDate), content: over, previousMunicipalityCode,
});

function applied(resident: Resident, notice: Notice): Exclude<Decision, { outcome: 'REFUSED' }> {
  const decision = decideNotice(resident, notice, NOW);
  if (decision.outcome === 'REFUSED') throw new Error(`refused ${decision.code}`);
  return decision;
}

function refused(resident: Resident, notice: Notice): string {
  const decision = decideNotice(resident, notice, NOW);
  return decision.outcome === 'REFUSED' ? decision.code : decision.outcome;
}

/** Takes notices in one after the other; refused ones change nothing. */
function after(notices: readonly Notice[], from: Resident = NOBODY): Resident {
  return notices.reduce((resident, notice) => {
    const decision = decideNotice(resident, notice, NOW);
    return decision.outcome === 'REFUSED' ? resident : decision.resident;
  }, from);
}

const atA = after([at(A, '14', '2010-04-01')]);
const livingAt = (resident: Resident, day: LocalDate = TODAY): string => {
  const standing = standingOf(resident.segments);
  return standing === undefined ? 'NONE' : `${statusOn(standing, day)}@${standing.current.municipalityCode}`;
};

describe('JUKI-4.5 order of arrival', () => {
  it('V1 move-in at B before move-out at A: resident at B throughout, never deleted', () => {
    const movedIn = applied(atA, at(B, '11', '2015-10-06'));
    expect(movedIn.standing.status).toBe('RESIDENT');
    expect(movedIn.event).toMatchObject({ kind: 'moved-in', factVersion: 2, municipalityCode: B, fields: ['address'] });
    const movedOut = applied(movedIn.resident, at(A, '21', '2015-10-06', {}));
    expect(livingAt(movedOut.resident)).toBe(`RESIDENT@${B}`);
    expect(movedOut.event).toMatchObject({ kind: 'moved-out', factVersion: 3, abroad: false, municipalityCode: A });
    expect(movedOut.resident.segments.map((segment) => [segment.municipalityCode, segment.state])).toEqual([[B, 'LIVE'], [A, 'CLOSED_MOVED']]);
  });

  it('V2 move-out at A and nothing from B: in transit', () => {
    expect(livingAt(after([at(A, '21', '2015-10-06', {})], atA))).toBe(`IN_TRANSIT@${A}`);
  });

  it('V3 move-in dated after the death: quarantined, no event, the person stays deceased', () => {
    const dead = applied(atA, at(A, '20', '2015-10-03', {}));
    expect(dead.event).toMatchObject({ kind: 'died', factVersion: 2 });
    const entry = applied(dead.resident, at(B, '11', '2015-10-05'));
    expect(entry).toMatchObject({ outcome: 'QUARANTINED', event: undefined, conflicts: ['ENTRY_AFTER_DEATH'] });
    expect(entry.resident.factVersion).toBe(2);
    expect(livingAt(entry.resident)).toBe(`DECEASED@${A}`);
  });

  it('V3 the other way round: the death puts the later entry into quarantine', () => {
    const both = after([at(B, '11', '2015-10-05'), at(A, '20', '2015-10-03', {})], atA);
    expect(livingAt(both)).toBe(`DECEASED@${A}`);
    expect(standingOf(both.segments)?.quarantined.map((segment) => segment.municipalityCode)).toEqual([B]);
  });

  it('V3 the dead restored (15): told is where the person lives, at the restored record or another', () => {
    const both = after([at(B, '11', '2015-10-05', { ...content, address: '架空県模擬市標本町1' }), at(A, '20', '2015-10-03', {})], atA);
    const back = applied(both, at(A, '15', '2016-01-10', {}));
    expect(back.event).toMatchObject({ kind: 'entered', reason: '15', municipalityCode: B, fields: ['address'], factVersion: both.factVersion + 1 });
    const late = after([at(B, '11', '2015-10-05'), at(A, '20', '2015-10-09', {})], atA);
    expect(livingAt(late)).toBe(`DECEASED@${B}`);
    expect(applied(late, at(A, '15', '2016-01-10', {})).event).toMatchObject({ kind: 'entered', municipalityCode: B, fields: [] });
    const alone = after([at(A, '20', '2015-10-03', {})], atA);
    expect(applied(alone, at(A, '15', '2016-01-10', {})).event).toMatchObject({ kind: 'entered', municipalityCode: A, fields: [] });
  });

  it('V4 move within A that arrives after the move-in at B: A’s history, the address stays B', () => {
    const atB = after([at(B, '11', '2015-10-06', { ...content, address: '架空県模擬市標本町1' })], atA);
    const late = applied(atB, at(A, '30', '2015-10-05', { ...content, address: '架空県試験市例示10-5' }));
    expect([late.event, late.isPresent]).toEqual([undefined, false]);
    expect(late.resident.factVersion).toBe(atB.factVersion);
    expect(late.segment.content.address).toBe('架空県試験市例示10-5');
    expect(standingOf(late.resident.segments)?.current.content.address).toBe('架空県模擬市標本町1');
  });

  it('V6 a change of code keeps the lineage and tells no code', () => {
    const decision = decideCodeChange(atA, at(A, '40', '2016-01-15', {}));
    expect(decision).toMatchObject({ resident: { factVersion: 2, segments: atA.segments }, event: { kind: 'code-changed', reason: '40', fields: ['residentCode'] } });
    expect(JSON.stringify(decision)).not.toMatch(/\d{11}/);
    expect(decideCodeChange(atA, at(A, '41', '2016-01-15', {}))).toMatchObject({ event: { kind: 'code-changed', reason: '41', fields: ['residentCode'] } });
    expect(refused(atA, at(A, '40', '2016-01-15'))).toBe('CHANGE_REASON_NOT_SERVED');
  });

  it('JUKI-4.5.3 a deletion 21 closes only the segment of its own municipality', () => {
    expect(refused(atA, at(B, '21', '2015-10-06', {}))).toBe('RESIDENT_UNKNOWN');
    const back = after([at(B, '11', '2015-10-06'), at(A, '21', '2015-10-06', {}), at(A, '11', '2016-01-05', content, B)], atA);
    expect(livingAt(back)).toBe(`RESIDENT@${A}`);
    expect(back.segments.filter((segment) => segment.state === 'LIVE').map((segment) => `${segment.municipalityCode}/${segment.stay}`).sort()).toEqual([`${A}/2`, `${B}/1`]);
  });

  it('any interleaving of the municipalities ends in the same state (property)', () => {
    const steps = fc.array(fc.record({
      reason: fc.constantFrom(...Object.keys(CHANGE_REASONS).filter((code) => CHANGE_REASONS[code]?.byNotice === true)),
      day: fc.integer({ min: 1, max: 4 }),
      address: fc.constantFrom('a', 'b'),
      name: fc.constantFrom('見本', '標本'),
      sex: fc.constantFrom('1', '2'),
      from: fc.constantFrom(undefined, A, B, C),
    }), { maxLength: 6 });
    const threads = fc.tuple(steps, steps, steps).map((lists) => lists.map((list, index) => list.map((step) =>
      at([A, B, C][index] ?? A, step.reason, `2015-12-${String(step.day).padStart(2, '0')}`, { ...content, address: step.address, nameKanji: step.name, sex: step.sex }, step.from))));
    fc.assert(fc.property(threads, fc.array(fc.nat({ max: 2 }), { minLength: 18, maxLength: 18 }), (lists, turns) => {
      const [one, other] = [after(interleave(lists, [])), after(interleave(lists, turns))];
      expect(stateOf(other)).toEqual(stateOf(one));
      expect(livingAt(other)).toBe(livingAt(one));
      for (const day of ['2015-12-15', '2016-03-01']) expect(livingAt(other, toLocalDate(day))).toBe(livingAt(one, toLocalDate(day)));
    }), { numRuns: 400 });
  });

  it('the fact version rises by one with each event and never without (property)', () => {
    const reason = fc.constantFrom(...Object.keys(CHANGE_REASONS));
    const notices = fc.array(fc.tuple(reason, fc.constantFrom(A, B), fc.integer({ min: 1, max: 28 })), { maxLength: 12 });
    fc.assert(fc.property(notices, (list) => {
      let resident = NOBODY;
      for (const [changeReason, municipality, day] of list) {
        const decision = decideNotice(resident, at(municipality, changeReason, `2015-12-${String(day).padStart(2, '0')}`), NOW);
        if (decision.outcome === 'REFUSED') continue;
        expect(decision.resident.factVersion - resident.factVersion).toBe(decision.event === undefined ? 0 : 1);
        if (decision.event !== undefined) expect(decision.event.factVersion).toBe(decision.resident.factVersion);
        resident = decision.resident;
      }
    }));
  });
});

describe('JUKI-4.3 change reasons', () => {
  it.each([
    ['30', { address: '架空県試験市例示10-5' }, 'changed', ['address']],
    ['31', { nameKanji: '例示　太郎', nameKana: 'レイジ　タロウ' }, 'changed', ['nameKanji', 'nameKana']],
    ['32', { birthDate: '19800102' }, 'changed', ['birthDate']],
    ['33', { sex: '2' }, 'changed', ['sex']],
    ['34', { address: '架空県試験市見本町二丁目3番4号' }, 'minor-correction', ['address']],
    ['35', { sex: '2', birthDate: '19800102', aliasName: 'SAMPLE TARO', postalCode: '0000002' }, 'changed', ['aliasName', 'birthDate', 'sex', 'postalCode']],
    ['36', { aliasName: 'SAMPLE TARO' }, 'changed', ['aliasName']],
    ['31', { nameKanji: '例示　太郎', formerSurname: '見本' }, 'changed', ['nameKanji', 'formerSurname']],
    ['35', { formerSurname: '見本' }, 'changed', ['formerSurname']],
    ['36', { formerSurname: '見本' }, 'changed', ['formerSurname']],
  ] as const)('%s changes its items and names them', (reason, over, kind, fields) => {
    const decision = applied(atA, at(A, reason, '2016-01-10', { ...content, ...over }));
    expect(decision.event).toMatchObject({ kind, fields, reason, factVersion: 2 });
    expect(decision.segment.content).toEqual({ ...content, ...over });
  });

  it.each([['30', { nameKanji: '例示　太郎' }], ['31', { address: '別' }], ['34', { birthDate: '19800102' }], ['36', { sex: '2' }], ['30', { formerSurname: '見本' }], ['32', { formerSurname: '見本' }], ['33', { formerSurname: '見本' }]] as const)('%s may not change other items', (reason, over) => {
    expect(decideNotice(atA, at(A, reason, '2016-01-10', { ...content, ...over }), NOW)).toMatchObject({ outcome: 'REFUSED', code: 'REASON_ITEM', item: Object.keys(over)[0] });
  });

  it.each([['20', 'DECEASED', 'died'], ['21', 'IN_TRANSIT', 'moved-out'], ['22', 'ABROAD', 'moved-out'], ['23', 'DELETED', 'record-deleted'], ['24', 'DECEASED', 'died'], ['25', 'DELETED', 'record-deleted'], ['26', 'DELETED', 'record-deleted']] as const)(
    '%s closes the record: %s', (reason, status, kind) => {
      const decision = applied(atA, at(A, reason, '2016-01-10', {}));
      expect(decision.standing.status).toBe(status);
      expect(decision.event).toMatchObject({ kind, ...(kind === 'moved-out' ? { abroad: reason === '22' } : {}) });
      expect(refused(decision.resident, at(A, '30', '2016-01-11'))).toBe('RECORD_CLOSED');
    });

  it.each([['10', 'entered'], ['12', 'entered'], ['13', 'entered'], ['14', 'entered'], ['18', 'entered'], ['11', 'moved-in']] as const)('%s opens a record', (reason, kind) => {
    const decision = applied(NOBODY, at(A, reason, '2016-01-10'));
    expect(decision.event).toMatchObject({ kind, factVersion: 1 });
    expect(decision.segment).toMatchObject({ state: 'LIVE', stay: 1, foreignResident: reason === '18' });
    expect(refused(decision.resident, at(A, reason, '2016-01-11'))).toBe('ALREADY_RESIDENT');
  });

  it('JUKI-3.2 a closed record comes back only by 15, one entered by mistake never', () => {
    expect(refused(atA, at(A, '15', '2016-01-12'))).toBe('RECORD_NOT_CLOSED');
    expect(livingAt(after([at(A, '23', '2016-01-10', {}), at(A, '15', '2016-01-12')], atA))).toBe(`RESIDENT@${A}`);
    expect(refused(after([at(A, '26', '2016-01-10', {})], atA), at(A, '15', '2016-01-12'))).toBe('RECORD_NOT_CLOSED');
  });

  it('an entry brings the former surname, or the new record has none; it is removed as it was registered', () => {
    const named = applied(NOBODY, at(A, '11', '2016-01-10', { ...content, formerSurname: '見本' }));
    expect(applied(named.resident, at(B, '11', '2016-01-11')).event).toMatchObject({ fields: ['address', 'formerSurname'] });
    expect(applied(named.resident, at(A, '36', '2016-01-11', { formerSurname: '' })).segment.content).toEqual(content);
    expect(refused(named.resident, at(A, '30', '2016-01-11', { address: '架空県試験市例示1', formerSurname: '' }))).toBe('REASON_ITEM');
    expect(applied(named.resident, at(A, '30', '2016-01-11', { address: '架空県試験市例示1' })).segment.content.formerSurname).toBe('見本');
  });

  it('34 corrects how an alias or a former surname is written; registered or removed they are by the reasons for it (36 …), with their effects', () => {
    for (const item of ['aliasName', 'formerSurname'] as const) {
      const named = applied(atA, at(A, '36', '2016-01-10', { [item]: '見本' })).resident;
      expect(applied(named, at(A, '34', '2016-01-11', { [item]: '見夲' })).event).toMatchObject({ kind: 'minor-correction', fields: [item] });
      expect(decideNotice(named, at(A, '34', '2016-01-11', { [item]: '' }), NOW)).toMatchObject({ outcome: 'REFUSED', code: 'REASON_ITEM', item });
      expect(decideNotice(atA, at(A, '34', '2016-01-11', { [item]: '見本' }), NOW)).toMatchObject({ outcome: 'REFUSED', code: 'REASON_ITEM', item });
      expect(applied(named, at(A, '36', '2016-01-11', { [item]: '' })).event).toMatchObject({ kind: 'changed', fields: [item] });
    }
  });

  it('16 and 17 go on in the same lineage and tell who is foreign', () => {
    const lost = applied(atA, at(A, '17', '2016-01-10', { ...content, nameKanji: 'SAMPLE TARO' }));
    expect(lost.segment).toMatchObject({ stay: 1, foreignResident: true });
    expect(applied(lost.resident, at(A, '16', '2016-01-11', content)).segment).toMatchObject({ stay: 1, foreignResident: false });
  });

  it('30条の45 a class is a foreign resident’s: entries, 17 and 35 tell it, 16 ends it, nothing else changes it; no event names it', () => {
    const classed = (changeReason: string, residencyClass: string | undefined, over: Partial<Content> = {}): Notice => ({ ...at(A, changeReason, '2016-01-12', over), residencyClass });
    const outcome = (from: Resident, notice: Notice): unknown => {
      const decision = decideNotice(from, notice, NOW);
      return decision.outcome === 'REFUSED' ? [decision.code, decision.item] : [decision.segment.foreignResident, decision.segment.residencyClass, decision.event?.fields];
    };
    expect(outcome(NOBODY, classed('14', 'SPECIAL_PERMANENT', content))).toEqual([true, 'SPECIAL_PERMANENT', expect.not.arrayContaining(['residencyClass'])]);
    expect(outcome(NOBODY, classed('14', '', content))).toEqual([false, undefined, expect.anything()]);
    const foreign = applied(NOBODY, classed('14', 'TRANSITIONAL', content)).resident;
    const refusal = ['REASON_ITEM', 'residencyClass'];
    expect(['30', '31', '34', '36'].map((reason) => outcome(foreign, classed(reason, 'MID_TO_LONG_TERM')))).toEqual(Array(4).fill(refusal));
    expect(['30', '31', '34', '36', '16'].map((reason) => outcome(atA, classed(reason, 'MID_TO_LONG_TERM')))).toEqual(Array(5).fill(refusal));
    expect(outcome(foreign, classed('16', 'TRANSITIONAL'))).toEqual(refusal);
    expect([undefined, 'TRANSITIONAL'].map((same) => outcome(foreign, classed('30', same, { address: '別' })))).toEqual(Array(2).fill([true, 'TRANSITIONAL', ['address']]));
    expect([outcome(foreign, classed('30', '')), outcome(foreign, classed('35', '')), outcome(foreign, classed('35', 'MID_TO_LONG_TERM'))]).toEqual([refusal, [true, undefined, []], [true, 'MID_TO_LONG_TERM', []]]);
    expect([undefined, ''].map((none) => outcome(foreign, classed('16', none)))).toEqual(Array(2).fill([false, undefined, []]));
    expect([outcome(atA, classed('17', 'TRANSITIONAL')), outcome(atA, classed('35', 'SPECIAL_PERMANENT'))]).toEqual([[true, 'TRANSITIONAL', []], [true, 'SPECIAL_PERMANENT', []]]);
    expect([undefined, ''].map((none) => outcome(atA, classed('30', none, { address: '別' })))).toEqual(Array(2).fill([false, undefined, ['address']]));
  });

  it('JUKI-4.2 a record is locked and released by its municipality, with any reason; nothing else changes the lock, nor the locked record', () => {
    const locks = (notice: Notice, updateLock: boolean): Notice => ({ ...notice, updateLock });
    const lockedAtA = after([locks(at(A, '14', '2010-04-01'), true)]);
    const [locked] = lockedAtA.segments;
    expect(locked?.updateLock).toBe(true);
    const elsewhere = applied(lockedAtA, locks(at(B, '11', '2016-01-10'), false));
    expect([elsewhere.segment.updateLock, elsewhere.resident.segments.find((segment) => segment.municipalityCode === A)]).toEqual([false, locked]);
    const moved = applied(elsewhere.resident, at(A, '21', '2016-01-10', {}));
    expect(moved.segment).toMatchObject({ state: 'CLOSED_MOVED', updateLock: true });
    expect(applied(lockedAtA, locks(at(A, '30', '2016-01-10', { address: '別' }), false)).segment.updateLock).toBe(false);
    expect(applied(atA, locks(at(A, '35', '2016-01-10', {}), true)).event?.fields).toEqual([]);
    expect(applied(moved.resident, at(A, '15', '2016-01-12', {})).segment.updateLock).toBe(true);
    expect(applied(moved.resident, at(A, '14', '2016-01-12')).segment.updateLock).toBeUndefined();
  });

  it('what this intake does not serve is refused with a code: codes (40 41), numbers (42-44)', () => {
    for (const reason of ['40', '41', '42', '43', '44']) expect(refused(atA, at(B, reason, '2016-01-10'))).toBe('CHANGE_REASON_NOT_SERVED');
    expect(refused(atA, at(A, '99', '2016-01-10'))).toBe('CHANGE_REASON');
  });
});

describe('JUKI-3.2, JUKI-7 status by the day', () => {
  it('a planned move-out up to 60 days ahead leaves the person resident until its day', () => {
    const planned = after([at(A, '21', '2016-03-01', {})], atA);
    expect(planned.segments[0]?.state).toBe('OUT_PLANNED');
    expect([livingAt(planned, toLocalDate('2016-02-29')), livingAt(planned, toLocalDate('2016-03-01'))]).toEqual([`RESIDENT@${A}`, `IN_TRANSIT@${A}`]);
    expect(refused(atA, at(A, '21', '2016-03-21', {}))).toBe('DATE_IN_FUTURE');
    expect(refused(atA, at(A, '30', '2016-01-21'))).toBe('DATE_IN_FUTURE');
    expect(livingAt(after([at(A, '15', '2016-01-20')], planned), toLocalDate('2016-03-01'))).toBe(`RESIDENT@${A}`);
  });

  it('a planned move-out closes its record on its day: nothing is told, what comes later is decided by the closed record', () => {
    const [planned, abroad] = ['21', '22'].map((reason) => after([at(A, reason, '2016-03-01', {})], atA));
    const on = (resident: Resident | undefined, day: string): Resident => ({ factVersion: 2, segments: (resident?.segments ?? []).map((segment) => closeDue(segment, toLocalDate(day))) });
    expect(on(planned, '2016-02-29')).toEqual(planned);
    expect([on(planned, '2016-03-01'), on(abroad, '2016-03-02')].map(({ segments }) => segments[0]?.state)).toEqual(['CLOSED_MOVED', 'CLOSED_ABROAD']);
    const gone = on(planned, '2016-03-01');
    const later = new Date('2016-04-01T01:00:00Z');
    const outcomes = [at(A, '11', '2016-04-01'), at(A, '30', '2016-03-02'), at(A, '21', '2016-03-02', {}), at(A, '15', '2016-03-02', {})].map((notice) => decideNotice(gone, notice, later));
    expect(outcomes.map((decision) => (decision.outcome === 'REFUSED' ? decision.code : decision.segment.stay))).toEqual([2, 'RECORD_CLOSED', 'RECORD_CLOSED', 1]);
    const elsewhere = atA.segments.map((segment): Segment => (
      { ...segment, municipalityCode: B, state: 'CLOSED_EX_OFFICIO', closedReason: '23', entryDate: toLocalDate('2016-03-02'), closedDate: toLocalDate('2016-03-20') }));
    expect(placeOn([...(planned?.segments ?? []), ...elsewhere], toLocalDate('2016-03-25'))).toMatchObject({ municipalityCode: B, status: 'DELETED' });
  });

  it('two live records are a conflict after 30 days, at once when the entry is no move-in from there', () => {
    const moved = after([at(B, '11', '2016-01-05', content, A)], atA);
    expect([livingAt(moved, toLocalDate('2016-02-04')), livingAt(moved, toLocalDate('2016-02-05'))]).toEqual([`RESIDENT@${B}`, `CONFLICT@${B}`]);
    expect(livingAt(after([at(B, '14', '2016-01-05')], atA))).toBe(`CONFLICT@${B}`);
  });

  it('JUKI-7 a move-in of another birth date or sex than the live record’s is a conflict at once, until one of the two ends or is corrected', () => {
    for (const other of [{ birthDate: '19800102' }, { sex: '2' }]) {
      for (const from of [A, C, undefined]) {
        const typed = after([at(B, '11', '2016-01-05', { ...content, ...other }, from)], atA);
        expect(livingAt(typed)).toBe(`CONFLICT@${B}`);
        expect(livingAt(after([at(B, '26', '2016-01-06', {})], typed))).toBe(`RESIDENT@${A}`);
        expect(livingAt(after([at(A, '21', '2016-01-05', {})], typed))).toBe(`RESIDENT@${B}`);
        expect(livingAt(after([at(B, '35', '2016-01-06', content)], typed))).toBe(`RESIDENT@${B}`);
      }
    }
  });

  it('entries of the same day: the one that names the other place is the later; otherwise a conflict', () => {
    const same = [at(A, '11', '2016-01-05'), at(B, '11', '2016-01-05', content, A)];
    expect(livingAt(after(same))).toBe(`RESIDENT@${B}`);
    expect(livingAt(after([...same].reverse()))).toBe(`RESIDENT@${B}`);
    expect(livingAt(after([at(A, '11', '2016-01-05'), at(B, '11', '2016-01-05')]))).toMatch(/^CONFLICT/);
  });
});

it.each([['2015-07-01', '2016-06-30'], ['2016-02-29', '2017-02-28'], ['2015-03-01', '2016-02-29']])('JUKI-4.13 a support measure from %s lasts to %s', (from, to) => {
  expect(lastDayOfMeasure(toLocalDate(from))).toBe(to);
});

/** Takes from the lists in the order of `turns`, then what is left list by list; the order within a list is kept. */
function interleave<T>(lists: readonly (readonly T[])[], turns: readonly number[]): T[] {
  const left = lists.map((list) => [...list]);
  const taken = turns.flatMap((turn) => left[turn]?.splice(0, 1) ?? []);
  return [...taken, ...left.flat()];
}

function stateOf(resident: Resident): unknown {
  const standing = standingOf(resident.segments);
  const key = (segment: { municipalityCode: string; stay: number }): string => `${segment.municipalityCode}/${segment.stay}`;
  return {
    segments: [...resident.segments].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    status: standing?.status, next: standing?.next, current: standing && key(standing.current), quarantined: standing?.quarantined.map(key).sort(),
  };
}
