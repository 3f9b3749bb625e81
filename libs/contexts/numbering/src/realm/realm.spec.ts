import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndividualNumber } from '#kernel';
import { numberOf } from '../construction/construction.js';
import { drawWith } from '../construction/draw.js';
import { isForeign, trainingBody } from './realm.js';
import { drawForTraining } from './training-draw.js';

describe('the realms (NUM-8)', () => {
  it('production knows no 99, training nothing else, a demonstration both', () => {
    const of = (realm: Parameters<typeof isForeign>[0]) => ['990000000019', '123456789018', '990019', '011002'].map((digits) => isForeign(realm, digits));
    expect([of('production'), of('training'), of(undefined)]).toEqual([[true, false, true, false], [false, true, false, true], [false, false, false, false]]);
  });

  it('a training number has the prefix 99, never the code itself nor equal digits', () => {
    expect(trainingBody('38823125910', '99000000015')).toBe('99823125910');
    expect(trainingBody('38000000015', '99000000015')).toBeUndefined();
    expect(trainingBody('12999999999', '99000000015')).toBeUndefined();
  });

  it('draws by the same construction with the prefix alone, without an end before its attempts', () => {
    const draw = drawForTraining(drawWith)(Buffer.alloc(32, 7), (block) => randomFillSync(block));
    fc.assert(
      fc.property(fc.stringMatching(/^99[0-9]{9}$/), (code) => {
        const offered = draw(code);
        const bodies: string[] = [];
        for (let next = offered.next(); next.value !== undefined; next = offered.next()) bodies.push(next.value);
        expect(bodies.length).toBeGreaterThan(8);
        for (const body of bodies) expect([body.slice(0, 2), IndividualNumber.fault(numberOf(body)), body === code]).toEqual(['99', undefined, false]);
      }),
    );
  });
});
