import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { inIssuingOrder, orderFault, type CertificateOrder, type OrderFacts } from './issuance.js';

const order = (more: Partial<CertificateOrder> = {}): CertificateOrder => ({
  requestKey: 'k', channel: 'CARD_PRODUCTION', type: 'SIGN_CERT', cardSerial: 'C', personKey: 'p', municipalityCode: '990019', factVersion: 3,
  cardExpiry: toLocalDate('2026-04-01'), csr: Buffer.alloc(0), windowId: '99001000P', replaces: false, ...more,
});
const holder = { status: 'RESIDENT', factVersion: 3, municipalityCode: '990019', birthDate: '19900401' };
const facts = (more: Partial<OrderFacts> = {}): OrderFacts => ({ holder, partitionOpen: true, onCard: false, inForce: false, today: toLocalDate('2016-01-20'), ...more });

describe('issue checks (JPKI-4.6)', () => {
  it.each([
    ['nothing wrong', order(), facts(), undefined],
    ['person not on record', order(), facts({ holder: undefined }), 'NOT_RESIDENT'],
    ['moved out', order(), facts({ holder: { ...holder, status: 'IN_TRANSIT' } }), 'NOT_RESIDENT'],
    ['facts changed since the card was ordered', order({ factVersion: 2 }), facts(), 'ATTRIBUTE_MISMATCH'],
    ['counter takes the present facts', order({ factVersion: undefined, channel: 'WINDOW' }), facts(), undefined],
    ['counter of another municipality', order({ factVersion: undefined, channel: 'WINDOW', municipalityCode: '990027' }), facts(), 'ATTRIBUTE_MISMATCH'],
    ['child, signature', order(), facts({ holder: { ...holder, birthDate: '20010121' } }), 'UNDER_AGE'],
    ['child, signature, two clerks let it', order({ ageWaived: true }), facts({ holder: { ...holder, birthDate: '20010121' } }), undefined],
    ['child, authentication', order({ type: 'AUTH_CERT' }), facts({ holder: { ...holder, birthDate: '20010121' } }), undefined],
    ['card at its last day', order({ cardExpiry: toLocalDate('2016-01-20') }), facts(), undefined],
    ['card that has ended', order({ cardExpiry: toLocalDate('2016-01-19') }), facts(), 'CARD_EXPIRED'],
    ['municipality without a list', order(), facts({ partitionOpen: false }), 'PARTITION_UNKNOWN'],
    ['card has one already', order(), facts({ onCard: true }), 'DUPLICATE_VALID'],
    ['production while an older card is in force', order(), facts({ inForce: true }), undefined],
    ['counter while one is in force', order({ channel: 'WINDOW' }), facts({ inForce: true }), 'DUPLICATE_VALID'],
    ['counter, renewal', order({ channel: 'WINDOW', replaces: true }), facts({ inForce: true }), undefined],
  ])('%s', (_name, asked, known, expected) => {
    expect(orderFault(asked, known)).toBe(expected);
  });

  it('certifies authentication keys first (JPKI-4.5)', () => {
    const types = inIssuingOrder([order(), order({ type: 'AUTH_CERT' }), order()]).map(({ type }) => type);
    expect(types).toEqual(['AUTH_CERT', 'SIGN_CERT', 'SIGN_CERT']);
  });
});
