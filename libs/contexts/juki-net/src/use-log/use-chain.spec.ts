import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Link, linkFaults, nextLink, recordFaults, sealableUntil, windowOf, type Written } from './use-chain.js';

const at = (minute: number): Date => new Date(Date.UTC(2016, 0, 20, 0, minute));
const written = (window: number, over: Partial<Written> = {}): Written => ({ server: 'NATIONAL', since: at(window * 10), records: 3, digest: Buffer.alloc(32, window), ...over });
function chain(windows: readonly Written[]): Link[] {
  const last = new Map<string, Link>();
  return windows.map((one) => {
    const link = nextLink(last.get(one.server), one);
    last.set(one.server, link);
    return link;
  });
}
const kinds = (faults: readonly { readonly kind: string }[]): string[] => faults.map(({ kind }) => kind);

describe('JUKI-3.9 the chain of the use records', () => {
  it('is sealed by whole windows of ten minutes, an hour after their end', () => {
    expect(sealableUntil(new Date('2016-01-20T02:19:59Z'))).toEqual(new Date('2016-01-20T01:10:00Z'));
    expect(windowOf(new Date('2016-01-19T15:00:00Z'))).toEqual(new Date('2016-01-19T15:00:00Z'));
  });

  it('has this hash', () => {
    const [first, second] = chain([written(1), written(2)]);
    expect([first?.seq, first?.hash.toString('hex'), second?.seq, second?.hash.toString('hex')]).toEqual([
      1, '1f0681a8a6dacab0e44c30ce9ff30a85ac0ead764ef1956e2aeb84cf6df98236', 2, 'b4d04e92b2dd2c2f9524d554c92f2f3dc35e5b7a9f7afc93fa41b685bfba3ee1',
    ]);
  });

  it('finds a record that was changed, removed or added', () => {
    const links = chain([written(1), written(2), written(2, { server: '99' })]);
    expect([linkFaults([], links), recordFaults(links, links)]).toEqual([[], []]);
    expect(recordFaults(links, [written(1), written(2, { digest: Buffer.alloc(32) }), written(2, { server: '99' })])).toEqual([{ server: 'NATIONAL', since: at(20), kind: 'RECORD_DIFFERS' }]);
    expect(kinds(recordFaults(links, [written(1, { records: 2 }), written(2), written(2, { server: '99' })]))).toEqual(['RECORD_MISSING']);
    expect(kinds(recordFaults(links, [written(1), written(2)]))).toEqual(['RECORD_MISSING']);
    expect(kinds(recordFaults(links, [written(1, { records: 4 }), written(2), written(2, { server: '99' })]))).toEqual(['RECORD_ADDED']);
    expect(recordFaults(links, [...links, written(3)])).toEqual([{ server: 'NATIONAL', since: at(30), kind: 'RECORD_ADDED' }]);
  });

  it('finds any link that was changed or removed, but for the newest ones, which the audit trail names', () => {
    const sealed = fc.array(fc.record({ server: fc.constantFrom('NATIONAL', '99'), records: fc.integer({ min: 1, max: 9 }) }), { minLength: 3, maxLength: 12 });
    fc.assert(fc.property(sealed, fc.nat(), fc.constantFrom('remove', 'records', 'digest', 'since'), (windows, place, change) => {
      const links = chain(windows.map((one, window) => written(window, one)));
      expect(linkFaults([], links)).toEqual([]);
      const hit = place % links.length;
      const link = links[hit];
      if (link === undefined || !links.slice(hit + 1).some(({ server }) => server === link.server)) return;
      const changed = { ...link, ...(change === 'records' ? { records: link.records + 1 } : change === 'digest' ? { digest: Buffer.alloc(32, 255) } : { since: at(990) }) };
      const faults = linkFaults([], links.flatMap((one, index) => (index !== hit ? one : change === 'remove' ? [] : changed)));
      expect(kinds(faults)[0]).toBe(change === 'remove' ? 'LINK_MISSING' : 'LINK_DIFFERS');
    }));
  });

  it('goes on from the day before', () => {
    const links = chain([written(1), written(2), written(3)]);
    expect(linkFaults(links.slice(0, 1), links.slice(1))).toEqual([]);
    expect(kinds(linkFaults([], links.slice(1)))).toEqual(['LINK_MISSING']);
  });
});
