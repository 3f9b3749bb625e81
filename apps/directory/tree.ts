import { dnOf, dnText, type Dn, type Name, type NameAttribute } from '#pki';
import { filteredBy, type Filtered } from './filter.js';
import { objectClasses, type CertificateAttribute, type ListAttribute } from './schema.js';

/** A list of an entry: who asks has it from these paths of the estate's HTTP, one for each key that signs one. */
export interface HeldList {
  readonly attribute: ListAttribute;
  readonly paths: readonly string[];
}

/** What stands at a name. */
export interface Placed {
  readonly dn: Dn;
  readonly role: 'authority' | 'list';
  readonly values: Partial<Readonly<Record<CertificateAttribute, readonly Buffer[]>>>;
  readonly lists: readonly HeldList[];
}

export interface Entry extends Filtered {
  readonly dn: string;
  readonly key: string;
  readonly role: Placed['role'] | 'container';
  /** Texts as they are shown: description and values. */
  readonly shown: ReadonlyMap<string, { readonly description: string; readonly values: readonly string[] }>;
  readonly values: Placed['values'];
  readonly lists: readonly HeldList[];
}

/** All entries, by their keys in the order of the tree: the superior before what is below it. */
export interface Tree {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Naming contexts (RFC 4512 5.1). */
  readonly contexts: readonly Dn[];
}

/** Country and organisation: a naming context of the directory. */
const CONTEXT_DEPTH = 2;

/** The key of the superior of a name; undefined for the root. */
export function superiorKey(key: string): string | undefined {
  return key === '' ? undefined : key.slice(0, key.lastIndexOf('\0', key.length - 2) + 1);
}

/** The entries, and those between them and their naming contexts that only hold them together. */
export function treeOf(placed: readonly Placed[]): Tree {
  const found = new Map<string, Entry>();
  const contexts = new Map<string, Dn>();
  for (const one of placed) {
    found.set(one.dn.key, entryOf(one.dn, one));
    const rdns = rdnsOf(one.dn.name);
    for (let depth = Math.min(CONTEXT_DEPTH, rdns.length); depth < rdns.length; depth += 1) {
      const dn = dnOf(rdns.slice(0, depth).flat());
      if (depth === CONTEXT_DEPTH) contexts.set(dn.key, dn);
      if (!found.has(dn.key)) found.set(dn.key, entryOf(dn));
    }
    if (rdns.length <= CONTEXT_DEPTH) contexts.set(one.dn.key, one.dn);
  }
  return { entries: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))), contexts: [...contexts.values()] };
}

function rdnsOf(name: Name): NameAttribute[][] {
  const rdns: NameAttribute[][] = [];
  for (const attribute of name) {
    if (attribute.joined === true) rdns.at(-1)?.push(attribute);
    else rdns.push([attribute]);
  }
  return rdns;
}

function entryOf({ name, key }: Dn, { role, values, lists }: Pick<Entry, 'role' | 'values' | 'lists'> = { role: 'container', values: {}, lists: [] }): Entry {
  const own = rdnsOf(name).at(-1) ?? [];
  const shown = new Map([['objectclass', { description: 'objectClass', values: objectClasses(own[0]?.type ?? '', role) }]]);
  for (const { type, value } of own) shown.set(type.toLowerCase(), { description: type.length <= 2 ? type.toLowerCase() : type, values: [value] });
  const binaries = [...Object.keys(values), ...lists.map(({ attribute }) => attribute)].map((attribute) => attribute.toLowerCase());
  return { dn: dnText(name), key, role, shown, values, lists, ...filteredBy(Array.from(shown, ([attribute, one]) => [attribute, one.values] as const), binaries) };
}
