import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#platform';
import { CHAIN_START, chainOver, lineFaultOf, type Comparison } from './audit-segment.js';
import { copyOf, entriesOf, entryText } from './segment-entry.js';

const FIRST = '{"action":"KEY_GENERATED","actor":"ceremony-admin-1","at":"2016-01-04T00:30:15.000Z","object":"sign-ca-g1","seq":1}';
const SECOND = '{"action":"CERT_ISSUED","actor":"ca-operator-2","at":"2016-01-04T00:31:02.000Z","object":"sign-ca-g1/2","seq":2}';

describe('chain of entries (JPKI-4.14)', () => {
  it('is that of the vectors', () => {
    expect(CHAIN_START.toString('hex')).toBe('7f1cd8ef3b25bbcfbe159d5cda563b9904ca32e61c4461e2b4375688f2945d28');
    expect(chainOver(CHAIN_START, [FIRST]).toString('hex')).toBe('c2b43ec21bbcb8fd9968a19b9492ab9804337d9fe75c8a53b687665291755ad2');
    expect(chainOver(CHAIN_START, [FIRST, SECOND]).toString('hex')).toBe('24ec2905cdea57f9f9b6664f71d3c1289949b891b7127679b9fab0b5720a28e5');
  });

  it('goes on over the end of a segment', () => {
    fc.assert(fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
      expect(chainOver(chainOver(CHAIN_START, one), other)).toEqual(chainOver(CHAIN_START, [...one, ...other]));
    }));
  });

  it('an entry is the canonical JSON of the line, numbered', () => {
    const line = { at: new Date('2016-01-04T00:30:15Z'), id: 'a1', entry: '{"action":"x","client":"c","facts":{"b":1,"a":"霞"},"outcome":"DONE"}' };
    expect(entryText(line, 7)).toBe('{"action":"x","actor":"c","at":"2016-01-04T00:30:15.000Z","facts":{"a":"霞","b":1},"id":"a1","outcome":"DONE","seq":7}');
    expect(entryText({ ...line, entry: 'torn {' }, 7)).toBe('{"at":"2016-01-04T00:30:15.000Z","id":"a1","seq":7,"unread":"torn {"}');
  });

  it('whatever stands in a line, its entry is the canonical JSON of it', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('10', '9', 'b', 'a', '__proto__'));
    const values = fc.letrec((tie) => ({ value: fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 0 }), fc.array(tie('value')), fc.dictionary(names, tie('value'))) })).value;
    fc.assert(fc.property(fc.dictionary(names, values), (facts) => {
      const entry = JSON.stringify({ client: 'c', facts });
      const canonical = canonicalJson({ actor: 'c', at: '2016-01-04T00:30:15.000Z', facts: JSON.parse(entry).facts, id: 'a1', seq: 7 });
      expect(entryText({ at: new Date('2016-01-04T00:30:15Z'), id: 'a1', entry }, 7)).toBe(canonical);
    }));
    expect(() => entryText({ at: new Date(0), id: 'a1', entry: '{"client":"c","facts":1e400}' }, 7)).toThrow('not allowed');
  });

  it('a copy reads back as the entries it was made of', () => {
    const texts = ['{"id":"a","text":"\\n"}', '{"seq":2}'];
    expect(entriesOf(copyOf(texts))).toEqual([{ id: 'a', text: texts[0] }, { id: '', text: texts[1] }]);
  });
});

interface Kept {
  readonly id: string;
  readonly text: string;
}

function comparison(lines: readonly Kept[], copied: readonly Kept[]): Comparison {
  const textOf = (place: number, seq: number): string => `${lines[place]?.text} ${seq}`;
  return { firstSeq: 5, copy: copied.map(({ id, text }, index) => ({ id, text: `${text} ${index + 5}` })), lineIds: lines.map(({ id }) => id), textOf };
}

describe('which line is not what was sealed (JPKI-4.14)', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => ({ id, text: `text of ${id}` })) as [Kept, Kept, Kept, Kept];
  it.each([
    ['none', [a, b, c], undefined],
    ['changed', [a, { ...b, text: 'other' }, c], { kind: 'LINE_CHANGED', seq: 6 }],
    ['missing', [a, c], { kind: 'LINE_MISSING', seq: 6 }],
    ['the last is missing', [a, b], { kind: 'LINE_MISSING', seq: 7 }],
    ['moved', [b, a, c], { kind: 'LINE_MOVED', seq: 6 }],
    ['added', [a, b, d, c], { kind: 'LINE_ADDED', lineId: 'd' }],
    ['all are gone', [], { kind: 'LINE_MISSING', seq: 5 }],
  ])('%s', (_what, lines, fault) => {
    expect(lineFaultOf(comparison(lines, [a, b, c]))).toEqual(fault);
  });

  it('finds any difference, and none where there is none', () => {
    const kept = fc.uniqueArray(fc.record({ id: fc.uuid(), text: fc.string() }), { selector: ({ id }) => id, maxLength: 12 });
    fc.assert(fc.property(kept, kept, (lines, copied) => {
      const isSame = lines.length === copied.length && lines.every(({ id, text }, place) => id === copied[place]?.id && text === copied[place].text);
      expect(lineFaultOf(comparison(lines, copied)) === undefined).toBe(isSame);
    }));
    fc.assert(fc.property(kept, fc.nat(), fc.nat(), (lines, from, to) => {
      fc.pre(lines.length > 1 && from % lines.length !== to % lines.length);
      const moved = [...lines];
      moved.splice(to % lines.length, 0, ...moved.splice(from % lines.length, 1));
      expect(lineFaultOf(comparison(moved, lines))?.kind).toBe('LINE_MOVED');
      expect(lineFaultOf(comparison(lines, lines))).toBeUndefined();
    }));
  });
});
