import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SoftwareKeyStore, type KeyStore } from '#platform';
import { SALT_BYTES } from '../construction/construction.js';
import { CEREMONY_STATES, CEREMONY_STEPS, ceremonyFault, custodianFault, isWitnessed, reminderOf, type Ceremony, type CeremonyStep, type Custodian } from './custody.js';
import { SaltHealth } from './salt-health.js';
import { SaltSource } from './salt-source.js';

const NOW = new Date('2015-04-01T03:00:00Z');
const five = (units = 'abcab'): Custodian[] => [...units].map((unit, index) => ({ officer: `o-${index + 1}`, unit, attendedAt: null }));
const attended = (...present: number[]): Custodian[] => five().map((custodian, index) => ({ ...custodian, attendedAt: present.includes(index + 1) ? NOW.toISOString() : null }));
const ceremony = (more: Partial<Ceremony> = {}): Ceremony => ({
  state: 'PLANNED', heldOn: '2015-04-01', custodians: attended(1, 2, 3), minutesBy: 'o-1', activatedAt: null, rotatedAt: new Date('2015-03-01T00:00:00Z'), destructionBy: 'o-1', ...more,
});

describe('a key ceremony (NUM-3.7, NUM-4.9)', () => {
  const steps: CeremonyStep[] = ['ATTEND', 'RECORD', 'ACTIVATE', 'ASK_DESTRUCTION', 'DESTROY'];
  const allowed = new Set(['PLANNED ATTEND', 'WITNESSED ATTEND', 'WITNESSED RECORD', 'WITNESSED ACTIVATE', 'ROTATED ASK_DESTRUCTION', 'ROTATED DESTROY']);

  it.each(CEREMONY_STATES.flatMap((state) => steps.map((step) => [state, step] as const)))('%s: %s', (state, step) => {
    expect(ceremonyFault(ceremony({ state }), step, { officer: 'o-2', now: NOW })).toBe(allowed.has(`${state} ${step}`) ? undefined : 'CEREMONY_STATE');
    expect(Object.keys(CEREMONY_STEPS)).toEqual(steps);
  });

  it('has five officers of three units, and three of three units are enough', () => {
    expect([custodianFault(five()), custodianFault(five().slice(1)), custodianFault(five('ababa')), custodianFault([...five().slice(1), ...five().slice(1, 2)])]).toEqual([undefined, 'OFFICERS', 'UNITS', 'OFFICERS']);
    expect([attended(1, 2), attended(1, 2, 3), attended(1, 2, 4, 5), attended(3, 4, 5)].map(isWitnessed)).toEqual([false, true, false, true]);
    const someOfThem = fc.uniqueArray(fc.integer({ min: 1, max: 5 }));
    fc.assert(fc.property(someOfThem, (present) => isWitnessed(attended(...present)) === (present.length >= 3 && new Set(present.map((index) => 'abcab'[index - 1])).size === 3)));
  });

  it('is held on its day in Japan, by those who are there', () => {
    const fault = (step: CeremonyStep, officer: string, at: string, more: Partial<Ceremony> = {}) => ceremonyFault(ceremony({ state: 'WITNESSED', ...more }), step, { officer, now: new Date(at) });
    expect([fault('ATTEND', 'o-2', '2015-03-31T14:59:59Z'), fault('ATTEND', 'o-2', '2015-03-31T15:00:00Z'), fault('ATTEND', 'o-2', '2015-04-01T15:00:00Z')]).toEqual(['CEREMONY_DAY', undefined, 'CEREMONY_DAY']);
    expect([fault('ACTIVATE', 'o-2', '2015-04-02T03:00:00Z'), fault('ATTEND', 'o-9', NOW.toISOString()), fault('ATTEND', 'o-4', NOW.toISOString())]).toEqual(['CEREMONY_DAY', 'NOT_CUSTODIAN', undefined]);
    expect([fault('RECORD', 'o-4', NOW.toISOString()), fault('ACTIVATE', 'o-4', NOW.toISOString())]).toEqual(['NOT_CUSTODIAN', 'NOT_CUSTODIAN']);
  });

  it('needs two witnesses for the key, and two officers and an hour for its end', () => {
    const by = (officer: string, now = NOW) => ({ officer, now });
    expect(ceremonyFault(ceremony({ state: 'WITNESSED', minutesBy: null }), 'ACTIVATE', by('o-2'))).toBe('MINUTES_MISSING');
    expect(ceremonyFault(ceremony({ state: 'WITNESSED', minutesBy: 'o-2' }), 'ACTIVATE', by('o-2'))).toBe('SAME_OFFICER');
    expect(ceremonyFault(ceremony({ state: 'ROTATED', destructionBy: null }), 'DESTROY', by('o-2'))).toBe('CEREMONY_STATE');
    expect(ceremonyFault(ceremony({ state: 'ROTATED' }), 'DESTROY', by('o-1'))).toBe('SAME_OFFICER');
    for (const step of ['ASK_DESTRUCTION', 'DESTROY'] as const) {
      const rotated = ceremony({ state: 'ROTATED', rotatedAt: NOW });
      expect([3_599_999, 3_600_000].map((ms) => ceremonyFault(rotated, step, by('x', new Date(NOW.getTime() + ms))))).toEqual(['KEY_IN_USE', undefined]);
    }
  });

  it('NUM-4.9 reminds thirty days before the year is over, and of keys that wait for their end', () => {
    const active = { state: 'KEY_ACTIVE', activatedAt: NOW } as const;
    expect(['2016-03-01', '2016-03-02', '2016-03-31', '2016-04-01', '2017-01-01'].map((today) => reminderOf(active, today))).toEqual([undefined, 'ROTATION_DUE', 'ROTATION_DUE', 'ROTATION_OVERDUE', 'ROTATION_OVERDUE']);
    expect([reminderOf({ state: 'ROTATED', activatedAt: NOW }, '2015-04-02'), reminderOf({ state: 'DESTROYED', activatedAt: NOW }, '2030-01-01'), reminderOf({ state: 'PLANNED', activatedAt: null }, '2030-01-01')]).toEqual(['DESTRUCTION_DUE', undefined, undefined]);
  });
});

const BLOCK = SALT_BYTES * 512;
const good = (): Buffer => randomFillSync(Buffer.alloc(BLOCK));
/** The fault that is found in block after block of a source. */
function faultOf(source: (round: number) => Buffer, rounds = 20): string | undefined {
  const health = new SaltHealth();
  for (let round = 0; round < rounds; round += 1) {
    const fault = health.check(source(round));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

describe('the health test of salts (NUM-7)', () => {
  it('lets good generators pass: 4 million octets', () => {
    expect(faultOf(good, 500)).toBeUndefined();
  });

  it('finds stuck, biased and circling generators', () => {
    const once = good();
    expect(faultOf(() => Buffer.alloc(BLOCK))).toBe('REPETITION');
    expect(faultOf((round) => (round === 7 ? Buffer.concat([good().subarray(9), Buffer.alloc(9, 5)]) : good()))).toBe('REPETITION');
    expect(faultOf(() => Buffer.from(good().map((octet) => octet & 0x0f)))).toBe('PROPORTION');
    expect(faultOf(() => Buffer.alloc(BLOCK, good().subarray(0, 16)))).toBe('PROPORTION');
    expect(faultOf(() => Buffer.from(once))).toBe('RECURRENCE');
    expect(faultOf(() => Buffer.alloc(BLOCK, good().subarray(0, 1_000)))).toBe('RECURRENCE');
  });

  it('finds a run across two blocks', () => {
    const [first, second] = [good(), good()];
    first.fill(7, BLOCK - 5);
    second.fill(7, 0, 4);
    expect(faultOf((round) => (round === 0 ? first : second))).toBe('REPETITION');
  });

  it('costs less than a microsecond a salt', () => {
    const [health, blocks] = [new SaltHealth(), Array.from({ length: 20 }, good)];
    // The fastest of many: other work on the machine makes it slower, nothing makes it faster.
    const rounds = Array.from({ length: 10 }, () => {
      const begin = performance.now();
      for (const block of blocks) health.check(Buffer.from(block));
      blocks.push(blocks.shift() ?? good());
      return ((performance.now() - begin) * 1e6) / (blocks.length * 512);
    });
    expect(Math.min(...rounds)).toBeLessThan(1_000);
  });

  it('ends the source for good', () => {
    const software = new SoftwareKeyStore(Buffer.alloc(32));
    let faulty = false;
    const store: KeyStore = { kind: 'SOFTWARE', prepare: () => software.prepare(), create: (label) => software.create(label), open: (key) => software.open(key), destroy: () => undefined, close: () => undefined, random: (block) => (faulty ? block.fill(0) : software.random(block)) };
    const source = new SaltSource(store);
    expect(source.fill(Buffer.alloc(BLOCK))).toHaveLength(BLOCK);
    faulty = true;
    expect(() => source.fill(Buffer.alloc(BLOCK))).toThrow(expect.objectContaining({ code: 'SALT_SOURCE_FAULT' }));
    faulty = false;
    expect(() => source.fill(Buffer.alloc(BLOCK))).toThrow(expect.objectContaining({ code: 'SALT_SOURCE_FAULT' }));
    expect(source.fault).toBe('REPETITION');
  });
});
