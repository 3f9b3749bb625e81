import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrlEntry } from '#pki';
import { changeLine, compared, isChanged, vanishedHold, type Compared } from './list-changes.js';

const at = (second: number): Date => new Date(Date.UTC(2016, 0, 4, 0, 0, second));
const entry = (serial: number, second: number, reason?: CrlEntry['reason']): CrlEntry => ({ serial: BigInt(serial), revokedAt: at(second), ...(reason === undefined ? {} : { reason }) });
async function* come(entries: readonly CrlEntry[]): AsyncGenerator<CrlEntry> {
  yield* entries;
}

async function comparedAll(before: readonly CrlEntry[], after: readonly CrlEntry[]): Promise<Compared[]> {
  const all: Compared[] = [];
  for await (const one of compared(come(before), come(after))) all.push(one);
  return all;
}

const changes = async (before: readonly CrlEntry[], after: readonly CrlEntry[], releases: ReadonlyMap<number, Date> = new Map()): Promise<string[]> =>
  (await comparedAll(before, after)).filter(isChanged).map((one) => changeLine(one, { ca: 'sign', number: 7, releases }));

describe('changes between two lists (JPKI-5)', () => {
  it('tells what is new, held, made final, graver, released and expired, and nothing of what stays', async () => {
    const before = [entry(1, 1, 'superseded'), entry(2, 2, 'certificateHold'), entry(3, 3, 'certificateHold'), entry(4, 4), entry(5, 5, 'certificateHold'), entry(6, 6, 'certificateHold')];
    const after = [entry(1, 1, 'keyCompromise'), entry(3, 3, 'affiliationChanged'), entry(6, 30, 'certificateHold'), entry(255, 20, 'certificateHold'), entry(256, 21)];
    expect(await changes(before, after, new Map([[2, at(25)]]))).toEqual([
      'sign,01,REVOKED,2016-01-04T00:00:01Z,1,7\r\n', 'sign,02,RELEASED,2016-01-04T00:00:25Z,,7\r\n', 'sign,03,REVOKED,2016-01-04T00:00:03Z,3,7\r\n', 'sign,04,EXPIRED,,,7\r\n',
      'sign,05,EXPIRED,,,7\r\n', 'sign,06,HELD,2016-01-04T00:00:30Z,6,7\r\n', 'sign,ff,HELD,2016-01-04T00:00:20Z,6,7\r\n', 'sign,0100,REVOKED,2016-01-04T00:00:21Z,0,7\r\n',
    ]);
    expect((await comparedAll(before, after)).flatMap((one) => vanishedHold(one) ?? []).map(({ serial }) => serial)).toEqual([2n, 5n]);
  });

  it('who has the earlier list and notes the lines has the later one', async () => {
    const line = fc.record({ second: fc.nat(3), reason: fc.constantFrom(undefined, 'certificateHold' as const, 'superseded' as const) });
    const list = fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), line, { maxKeys: 12, noNullPrototype: true })
      .map((all) => Object.entries(all).map(([serial, { second, reason }]) => entry(Number(serial), second, reason)).sort((a, b) => Number(a.serial - b.serial)));
    await fc.assert(fc.asyncProperty(list, list, async (before, after) => {
      const shown = (one: CrlEntry): string => `${one.reason === 'certificateHold' ? 'HELD' : 'REVOKED'} ${one.revokedAt.toISOString().slice(0, 19)}Z`;
      const known = new Map(before.map((one) => [Number(one.serial), shown(one)]));
      for (const change of await changes(before, after)) {
        const [, hex = '', status = '', when = ''] = change.split(',');
        if (status === 'EXPIRED') known.delete(Number.parseInt(hex, 16));
        else known.set(Number.parseInt(hex, 16), `${status} ${when}`);
      }
      expect([...known].sort(([a], [b]) => a - b)).toEqual(after.map((one) => [Number(one.serial), shown(one)]));
    }));
  });
});
