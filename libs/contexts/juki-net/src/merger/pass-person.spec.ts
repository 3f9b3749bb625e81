import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { standingOf } from '../resident/person-status.js';
import type { Resident } from '../resident/resident.js';
import type { Segment } from '../resident/segment.js';
import { passPerson } from './pass-person.js';

const now = new Date('2015-11-01T01:00:00Z');
const change = {
  former: [{ code: '990019', name: '架空県試験市' }, { code: '990027', name: '架空県見本町' }], newCode: '990035', newName: '架空県新市', townCodes: [], effectiveOn: toLocalDate('2015-11-01'),
};
const segment = (municipalityCode: string, entryDate: string, over: Partial<Segment> = {}): Segment => ({
  municipalityCode, stay: 1, state: 'LIVE', entryReason: '11', entryDate: toLocalDate(entryDate), foreignResident: false,
  content: { nameKanji: '見本　太郎', nameKana: '', aliasName: '', birthDate: '19800101', sex: '1', address: '架空県試験市見本町1', townCode: '001', postalCode: '', formerSurname: '' }, ...over,
});
const closed = (over: Partial<Segment> = {}): Partial<Segment> => ({ state: 'CLOSED_MOVED', closedReason: '21', closedDate: toLocalDate('2012-01-01'), ...over });
const person = (...segments: Segment[]): Resident => ({ factVersion: 3, segments });
const lineOf = (segments: readonly Segment[]): string[] => segments.map((one) => `${one.municipalityCode} ${one.stay} ${one.state} ${one.content.address.slice(3, 6)}`).sort();

describe('JUKI-5.4 what a change of municipalities makes of a person', () => {
  it('an open record passes by a minor correction: one version, the new address, no other fact', () => {
    const passed = passPerson(person(segment('990019', '2010-04-01')), change, now);
    expect(passed?.passing).toEqual({ from: '990019', stayOffset: 0 });
    expect(passed?.correction?.event).toEqual({ kind: 'minor-correction', factVersion: 4, factDate: '2015-11-01', municipalityCode: '990035', reason: '34', fields: ['address', 'municipalityCode'] });
    expect([lineOf(passed?.after.segments ?? []), passed?.standing.status]).toEqual([['990035 1 LIVE 新市見'], 'RESIDENT']);
  });

  it('a planned move-out stays planned, a closed record passes without news', () => {
    const out = passPerson(person(segment('990019', '2010-04-01', { state: 'OUT_PLANNED', closedReason: '21', closedDate: toLocalDate('2015-11-10') })), change, now);
    expect([lineOf(out?.after.segments ?? []), out?.standing.next?.status]).toEqual([['990035 1 OUT_PLANNED 新市見'], 'IN_TRANSIT']);
    const gone = passPerson(person(segment('990019', '2010-04-01', closed())), change, now);
    expect([lineOf(gone?.after.segments ?? []), gone?.after.factVersion, gone?.correction]).toEqual([['990035 1 CLOSED_MOVED 試験市'], 3, undefined]);
  });

  it('a planned move-out between joining ones is none: the record stays open, at the new code and at one that goes on', () => {
    const planned = (code: string): Segment => segment(code, '2010-04-01', { state: 'OUT_PLANNED', closedReason: '21', closedDate: toLocalDate('2015-11-10'), change: { reason: '21', date: toLocalDate('2015-11-10') } });
    const to = (code: string, on = '2015-11-10'): Resident['pointers'] => [{ to: code, on: toLocalDate(on) }];
    const passed = passPerson({ ...person(planned('990019')), pointers: to('990027') }, change, now);
    expect([lineOf(passed?.after.segments ?? []), passed?.standing.next, passed?.correction?.segment.change?.reason]).toEqual([['990035 1 LIVE 新市見'], undefined, '34']);
    const absorbed = { ...change, former: change.former.slice(0, 1), newCode: '990027' };
    const kept = passPerson({ ...person(planned('990027')), pointers: to('990019') }, absorbed, now);
    expect([lineOf(kept?.after.segments ?? []), kept?.standing.next, kept?.correction]).toEqual([['990027 1 LIVE 試験市'], undefined, undefined]);
    for (const pointers of [to('131016'), to('990027', '2015-11-11'), undefined]) expect(passPerson({ ...person(planned('990019')), pointers }, change, now)?.standing.next?.status).toBe('IN_TRANSIT');
    expect(passPerson({ ...person(planned('990019')), pointers: to('990027') }, { ...change, townCodes: ['001'] }, now)?.standing.next?.status).toBe('IN_TRANSIT');
  });

  it('of two joining ones the latest passes, and no record stays open twice', () => {
    const two = person(segment('990019', '2010-04-01'), segment('990027', '2015-10-12', { previousMunicipalityCode: '990019' }));
    const passed = passPerson(two, change, now);
    expect(lineOf(passed?.after.segments ?? [])).toEqual(['990019 1 CLOSED_MOVED 試験市', '990035 1 LIVE 試験市']);
    expect([passed?.joined, passed?.standing.next]).toEqual([1, undefined]);
  });

  it('stays are numbered on after those of the absorbing municipality; its own later record is left as it is', () => {
    const absorbed = { ...change, former: change.former.slice(0, 1), newCode: '990027' };
    const passed = passPerson(person(segment('990027', '2000-04-01', closed({ stay: 2 })), segment('990019', '2010-04-01')), absorbed, now);
    expect(lineOf(passed?.after.segments ?? [])).toEqual(['990027 2 CLOSED_MOVED 試験市', '990027 3 LIVE 新市見']);
    expect(passPerson(person(segment('990019', '2000-04-01', closed()), segment('990027', '2010-04-01')), absorbed, now)).toBeUndefined();
  });

  it('a record elsewhere that explains the open one goes on explaining it', () => {
    const two = person(segment('990019', '2015-10-12'), segment('131016', '2015-10-12', { entryReason: '14', previousMunicipalityCode: '990019' }));
    const before = standingOf(two.segments);
    const passed = passPerson(two, change, now);
    expect([before?.current.municipalityCode, passed?.standing.current.municipalityCode]).toEqual(['131016', '131016']);
    expect([passed?.standing.next?.on, passed?.correction?.event]).toEqual([before?.next?.on, undefined]);
  });

  it('JUKI-4.5.2 of two entries of one day the one that was notified stays the present one', () => {
    const two = [segment('990019', '2015-10-12'), segment('131016', '2015-10-12')];
    const passed = passPerson({ ...person(...two), pointers: [{ to: '990019', on: toLocalDate('2015-10-12') }] }, change, now);
    expect([standingOf(two)?.current.municipalityCode, passed?.standing.current.municipalityCode]).toEqual(['131016', '990035']);
  });

  it('a divided municipality keeps the towns that are not named; another name with the same code changes addresses only', () => {
    const divided = { ...change, former: change.former.slice(0, 1), townCodes: ['002'] };
    expect(passPerson(person(segment('990019', '2010-04-01')), divided, now)).toBeUndefined();
    expect(passPerson(person(segment('131016', '2010-04-01')), change, now)).toBeUndefined();
    const renamed = { ...change, former: change.former.slice(0, 1), newCode: '990019' };
    expect(passPerson(person(segment('990019', '2010-04-01')), renamed, now)).toMatchObject({ passing: undefined, correction: { formerAddress: '架空県試験市見本町1', event: { fields: ['address'] } } });
    expect(passPerson(person(segment('990019', '2010-04-01', { content: { ...segment('990019', '2010-04-01').content, address: '別の地1' } })), renamed, now)).toBeUndefined();
  });
});
