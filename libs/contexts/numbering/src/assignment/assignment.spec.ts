import { describe, expect, it } from 'vitest';
import { decideRequest, registerFault, stateOnDelivery, type EarlierAssignment, type RegisterEntry } from './assignment.js';

const HERE = '990019';
const THERE = '990027';
const resident: RegisterEntry = { found: true, personKey: 'p1', municipalityCode: HERE, status: 'RESIDENT', superseded: false };
const request = { municipalityCode: HERE, requestId: 'r1', batchId: 'b1' };
const earlier: EarlierAssignment = { assignmentId: 'a1', municipalityCode: HERE, requestId: 'r1', generation: 1, replaceable: false };

describe('a request for a first number (NUM-7)', () => {
  it.each([
    ['a resident without a number', resident, undefined, { outcome: 'DRAW', personKey: 'p1', generation: 1 }],
    ['another request after a withdrawal', resident, { ...earlier, requestId: 'r0', generation: 2, replaceable: true }, { outcome: 'DRAW', personKey: 'p1', generation: 3 }],
    ['the withdrawn request again', resident, { ...earlier, replaceable: true }, { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey: 'p1', assignmentId: 'a1' }],
    ['the same request again', resident, earlier, { outcome: 'REPEATED', personKey: 'p1', assignmentId: 'a1' }],
    ['the same request again after the person has moved away', { ...resident, municipalityCode: THERE }, earlier, { outcome: 'REPEATED', personKey: 'p1', assignmentId: 'a1' }],
    ['another request for a numbered person', resident, { ...earlier, requestId: 'r0' }, { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey: 'p1', assignmentId: 'a1' }],
    ['the id of another municipality\'s request', resident, { ...earlier, municipalityCode: THERE }, { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey: 'p1', assignmentId: 'a1' }],
    ['the same request while the number waits in another batch', resident, { ...earlier, unreceivedIn: 'b0' }, { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey: 'p1', assignmentId: 'a1' }],
    ['the same request again in its own batch', resident, { ...earlier, unreceivedIn: 'b1' }, { outcome: 'REPEATED', personKey: 'p1', assignmentId: 'a1' }],
    ['the same request again while its number is disputed', resident, { ...earlier, disputed: true }, { outcome: 'REFUSED', fault: 'NUMBER_DISPUTED', personKey: 'p1' }],
    ['a numbered resident of elsewhere', { ...resident, municipalityCode: THERE }, { ...earlier, requestId: 'r0' }, { outcome: 'REFUSED', fault: 'CODE_NOT_YOURS' }],
    ['a code that nobody has', { ...resident, found: false }, undefined, { outcome: 'REFUSED', fault: 'CODE_UNKNOWN' }],
  ] as const)('NUM-7 %s', (_case, entry, before, finding) => {
    expect(decideRequest(entry, before, request)).toEqual(finding);
  });

  it.each([
    ['RESIDENT', HERE, undefined],
    ['RESIDENT', THERE, 'CODE_NOT_YOURS'],
    ['IN_TRANSIT', HERE, 'CODE_NOT_YOURS'],
    ['ABROAD', HERE, 'CODE_UNKNOWN'],
    ['DECEASED', HERE, 'CODE_UNKNOWN'],
    ['DELETED', HERE, 'CODE_UNKNOWN'],
    ['CONFLICT', HERE, 'PERSON_CONFLICT'],
  ] as const)('NUM-7 a person in state %s of %s: %s', (status, municipalityCode, fault) => {
    expect(registerFault({ ...resident, status, municipalityCode }, HERE)).toBe(fault);
  });

  it('NUM-7 a replaced code is no code', () => {
    expect(registerFault({ ...resident, superseded: true }, HERE)).toBe('CODE_UNKNOWN');
  });
});

describe('designation (施行令2条)', () => {
  it('NUM-3.1 is tentative until 2015-10-05 00:00 in Japan', () => {
    expect(stateOnDelivery(new Date('2015-10-04T14:59:59.999Z'))).toBe('TENTATIVE');
    expect(stateOnDelivery(new Date('2015-10-04T15:00:00.000Z'))).toBe('DESIGNATED');
  });
});
