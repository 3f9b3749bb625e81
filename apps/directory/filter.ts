import { preparedText } from '#pki';
import { BerCursor, ProtocolFault, textOf, type BerValue } from './ber.js';
import { attributeName } from './schema.js';

/** Filter of a search (RFC 4511 4.5.1). */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'present'; readonly attribute: string }
  | { readonly kind: 'equal'; readonly attribute: string; readonly value: string | undefined }
  /** A rule that this directory does not know: neither true nor false. */
  | { readonly kind: 'undefined' };

const MAX_DEPTH = 16;
const MAX_PARTS = 128;
const TAG = { and: 0xa0, or: 0xa1, not: 0xa2, equal: 0xa3, present: 0x87 } as const;
/** substrings, greaterOrEqual, lessOrEqual, approxMatch, extensibleMatch */
const UNKNOWN_RULES: ReadonlySet<number> = new Set([0xa4, 0xa5, 0xa6, 0xa8, 0xa9]);

/** Faults where a filter is none, deeper than 16 or of more than 128 parts. */
export function readFilter(cursor: BerCursor): Filter {
  let left = MAX_PARTS;
  const filterOf = ({ tag, content }: BerValue, depth: number): Filter => {
    left -= 1;
    if (depth > MAX_DEPTH || left < 0) throw new ProtocolFault('a filter is too large');
    const inner = new BerCursor(content);
    if (tag === TAG.and || tag === TAG.or) {
      const parts: Filter[] = [];
      while (!inner.done) parts.push(filterOf(inner.read(), depth + 1));
      return { kind: tag === TAG.and ? 'and' : 'or', parts };
    }
    if (tag === TAG.not) return { kind: 'not', part: filterOf(inner.read(), depth + 1) };
    if (tag === TAG.present) return { kind: 'present', attribute: attributeName(textOf(content)) };
    if (tag === TAG.equal) {
      const [attribute, { content: value }] = [inner.text(), inner.read(0x04)];
      return { kind: 'equal', attribute: attributeName(attribute), value: comparable(value) };
    }
    if (UNKNOWN_RULES.has(tag)) return { kind: 'undefined' };
    throw new ProtocolFault('no such filter');
  };
  return filterOf(cursor.read(), 1);
}

function comparable(value: Buffer): string | undefined {
  try {
    return preparedText(textOf(value));
  } catch {
    return undefined;
  }
}

/** What a filter is told of an entry: texts by attribute, prepared once for all comparisons (RFC 4518), and which attributes have other values. */
export interface Filtered {
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly binaries: ReadonlySet<string>;
}

/** Texts by attribute as they are shown. */
export function filteredBy(texts: Iterable<readonly [attribute: string, values: readonly string[]]>, binaries: Iterable<string> = []): Filtered {
  return { texts: new Map(Array.from(texts, ([attribute, values]) => [attribute, new Set(values.flatMap((value) => preparedText(value) ?? []))])), binaries: new Set(binaries) };
}

/** True, false, or undefined (RFC 4511 4.5.1.7); only what is true is found. */
export function matches(filter: Filter, entry: Filtered): boolean | undefined {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.parts.map((part) => matches(part, entry));
      return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
    }
    case 'or': {
      const parts = filter.parts.map((part) => matches(part, entry));
      return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
    }
    case 'not': {
      const part = matches(filter.part, entry);
      return part === undefined ? undefined : !part;
    }
    case 'present':
      return entry.texts.has(filter.attribute) || entry.binaries.has(filter.attribute);
    case 'equal':
      return isEqual(filter.attribute, filter.value, entry);
    case 'undefined':
      return undefined;
  }
}

function isEqual(attribute: string, value: string | undefined, { texts }: Filtered): boolean | undefined {
  const held = texts.get(attribute);
  if (value === undefined || !(COMPARED.has(attribute) || held !== undefined)) return undefined;
  return held?.has(value) ?? false;
}

/** Attributes whose values are compared as texts, whether an entry has them or not. */
const COMPARED: ReadonlySet<string> = new Set(['objectclass', 'c', 'cn', 'l', 'o', 'ou']);
