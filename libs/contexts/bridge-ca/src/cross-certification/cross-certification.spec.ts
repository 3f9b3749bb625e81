import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CROSS_STATES, isRenewalDue, isRevocable, lastActor, mayStep, stateAfter, type CrossState, type Direction, type DirectionProgress, type DirectionStep } from './cross-certification.js';
import { prefecturalTerms, termsFault } from './terms.js';

const untouched = (direction: Direction): DirectionProgress => ({ direction, receivedBy: null, confirmedBy: null, issuedBy: null });
const MARK = { RECEIVE: 'receivedBy', CONFIRM: 'confirmedBy', ISSUE: 'issuedBy' } as const;
const DAY_MS = 86_400_000;

describe('steps of an exchange (JPKI-3.10)', () => {
  it('in whatever order they are tried, go on only with both directions, each once and in its turn', () => {
    const tried = fc.array(fc.record({ step: fc.constantFrom<DirectionStep>('RECEIVE', 'CONFIRM', 'ISSUE'), at: fc.constantFrom(0, 1) }), { maxLength: 30 });
    fc.assert(fc.property(tried, (steps) => {
      let state: CrossState = 'POLICY_MAPPED';
      let both = [untouched('TO_COUNTERPART'), untouched('TO_BRIDGE')];
      for (const { step, at } of steps) {
        const one = both[at];
        if (one === undefined || !mayStep(state, one, step)) continue;
        expect(one[MARK[step]]).toBeNull();
        both = both.with(at, { ...one, [MARK[step]]: 'officer' });
        state = stateAfter(step, both);
      }
      const done = both.map(({ receivedBy, confirmedBy, issuedBy }) => [receivedBy, confirmedBy, issuedBy].filter((by) => by !== null).length);
      expect(CROSS_STATES.indexOf(state) - CROSS_STATES.indexOf('POLICY_MAPPED')).toBe(Math.min(...done));
      expect(Math.max(...done) - Math.min(...done)).toBeLessThanOrEqual(1);
    }));
  });

  it('are taken by another officer than the one before in the same direction', () => {
    const progress = { ...untouched('TO_BRIDGE'), receivedBy: 'a', confirmedBy: 'b' };
    expect((['RECEIVE', 'CONFIRM', 'ISSUE'] as const).map((step) => lastActor(step, progress))).toEqual([null, 'a', 'b']);
  });

  it('can be undone by a revocation from the first certificate on, and not before or after the end', () => {
    const none = [untouched('TO_COUNTERPART'), untouched('TO_BRIDGE')];
    const first = none.with(0, { ...untouched('TO_COUNTERPART'), issuedBy: 'a' });
    expect(CROSS_STATES.filter((state) => isRevocable(state, none))).toEqual(['ISSUED', 'PUBLISHED', 'RENEWING']);
    expect(CROSS_STATES.filter((state) => isRevocable(state, first))).toEqual(['FINGERPRINT_CONFIRMED', 'ISSUED', 'PUBLISHED', 'RENEWING']);
  });

  it('of a renewal are due 90 days before the first certificate ends', () => {
    const [now, days] = [new Date('2016-01-04T00:00:00Z'), (count: number) => new Date(Date.parse('2016-01-04T00:00:00Z') + count * DAY_MS)];
    expect([isRenewalDue('PUBLISHED', days(90), now), isRenewalDue('PUBLISHED', days(91), now), isRenewalDue('RENEWING', days(1), now)]).toEqual([true, false, false]);
  });
});

describe('what is agreed (JPKI-4.3, 4.10; RFC 5280 4.2.1.5)', () => {
  const [J, P] = ['1.2.392.200149.8.5.1.0.1', '1.2.392.200149.8.5.1.0.10'];
  const domains = { issuer: J, subject: P };
  const terms = prefecturalTerms('JPKI-TEST').TO_COUNTERPART;

  it('with a prefecture maps the policies of both, and asks for one', () => {
    expect(terms).toMatchObject({ policies: [J], mappings: [{ issuerDomainPolicy: J, subjectDomainPolicy: P }], requireExplicitPolicy: 0, mappingsCritical: false });
    expect([termsFault(terms, domains), termsFault(prefecturalTerms('JPKI-TEST').TO_BRIDGE, { issuer: P, subject: J })]).toEqual([undefined, undefined]);
  });

  it('is of the two domains, without anyPolicy, each mapping once', () => {
    const any = '2.5.29.32.0';
    expect(termsFault({ ...terms, policies: [] }, domains)).toBe('NO_POLICY');
    expect(termsFault({ ...terms, policies: [J, any] }, domains)).toBe('ANY_POLICY');
    expect(termsFault({ ...terms, mappings: [{ issuerDomainPolicy: J, subjectDomainPolicy: any }] }, domains)).toBe('ANY_POLICY');
    expect(termsFault({ ...terms, mappings: [{ issuerDomainPolicy: P, subjectDomainPolicy: P }] }, domains)).toBe('MAPPING_WITHOUT_POLICY');
    expect(termsFault({ ...terms, mappings: [...terms.mappings, ...terms.mappings] }, domains)).toBe('MAPPED_TWICE');
    expect(termsFault(terms, { issuer: P, subject: P })).toBe('POLICY_OF_ANOTHER_DOMAIN');
    expect(termsFault(terms, { issuer: J, subject: J })).toBe('POLICY_OF_ANOTHER_DOMAIN');
    expect(termsFault({ ...terms, policies: ['1.2.3'], mappings: [] }, { issuer: undefined, subject: P })).toBeUndefined();
  });
});
