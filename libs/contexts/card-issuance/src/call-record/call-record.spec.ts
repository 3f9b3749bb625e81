import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, isOpen, seatsFor, serviceLevel, waitingShare } from './call-record.js';
import { AGENT_TEXTS } from './agent-texts.js';

const traffic = { callsPerHour: 360, handleSeconds: 300 };

describe('call centre (CARD-4.18)', () => {
  it.each([[35, 79.6], [37, 90.3], [40, 97.2]])('CARD-4.18 30 Erlang, %i seats: %d percent within 20 s', (seats, percent) => {
    expect(serviceLevel(traffic, seats) * 100).toBeCloseTo(percent, 1);
  });

  it('CARD-4.18 the fewest seats for a target; too few seats answer nobody in time', () => {
    expect([0.79, 0.9, 0.97].map((target) => seatsFor(traffic, target))).toEqual([35, 37, 40]);
    expect([serviceLevel(traffic, 30), waitingShare(30, 29), serviceLevel({ callsPerHour: 0, handleSeconds: 300 }, 0)]).toEqual([0, 1, 1]);
  });

  it('CARD-4.18 another seat never worsens the service', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 1_200 }), fc.integer({ min: 0, max: 120 }), (callsPerHour, handleSeconds, more) => {
      const one = { callsPerHour, handleSeconds };
      const seats = Math.ceil((callsPerHour * handleSeconds) / 3_600) + more;
      const [fewer, larger] = [serviceLevel(one, seats), serviceLevel(one, seats + 1)];
      expect(fewer).toBeGreaterThanOrEqual(0);
      expect(larger).toBeLessThanOrEqual(1);
      return larger >= fewer - 1e-12;
    }));
  });

  it.each([
    ['a weekday opens 08:30', '2016-01-19T23:29:59Z', false], ['at once', '2016-01-19T23:30:00Z', true], ['closes 22:00', '2016-01-20T12:59:59Z', true], ['and then not', '2016-01-20T13:00:00Z', false],
    ['a Saturday opens 09:30', '2016-01-23T00:29:00Z', false], ['Saturday', '2016-01-23T00:30:00Z', true], ['closes 17:30', '2016-01-23T08:30:00Z', false], ['a holiday is like a Sunday', '2016-02-11T09:00:00Z', false],
  ])('CARD-4.18 %s; stops are taken at any hour', (_what, at, open) => {
    expect([isOpen('GENERAL', new Date(at)), isOpen('STOP', new Date(at))]).toEqual([open, true]);
  });

  it('CARD-4.18 every text in every language, none twice in two of them', () => {
    for (const [key, texts] of Object.entries(AGENT_TEXTS)) {
      expect(Object.keys(texts).sort(), key).toEqual([...LANGUAGES].sort());
      expect(new Set(Object.values(texts)).size, key).toBe(LANGUAGES.length);
      for (const text of Object.values(texts)) expect(text.trim(), key).not.toBe('');
    }
  });
});
