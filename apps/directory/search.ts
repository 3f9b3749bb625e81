import { dnText, parseDn, type Dn } from '#pki';
import { Refused, type EstateReader } from './estate-reader.js';
import { filteredBy, matches } from './filter.js';
import { EXTENSION, SUCCESS, type Result, type SearchRequest, type SentAttribute } from './message.js';
import { CERTIFICATE_ATTRIBUTES, attributeName } from './schema.js';
import { superiorKey, type Entry, type HeldList, type Tree } from './tree.js';

/** Entries of one search. */
const MAX_ENTRIES = 5_000;

/** What is searched. */
type Estate = Pick<EstateReader, 'tree' | 'list'>;

/** Who searches. */
export interface Searcher {
  /** Undefined for somebody who did not say who it is. */
  readonly token: string | undefined;
  /** Ends the search: abandoned, out of time, or the client gone. */
  readonly signal: AbortSignal;
  send(dn: string, attributes: readonly SentAttribute[]): Promise<void>;
}

/** ManageDsaIT (RFC 3296): an entry that refers elsewhere is shown itself. There is none. */
export const CONTROLS: readonly string[] = ['2.16.840.1.113730.3.4.2'];
/** All operational attributes (RFC 3673). */
const FEATURES: readonly string[] = ['1.3.6.1.4.1.4203.1.5.1'];

/** Which attributes are asked for (RFC 4511 4.5.1.8). */
interface Selection {
  readonly all: boolean;
  readonly operational: boolean;
  readonly named: ReadonlySet<string>;
}

function selectionOf(attributes: readonly string[]): Selection {
  return {
    all: attributes.length === 0 || attributes.includes('*'),
    operational: attributes.includes('+'),
    // 1.1 asks for none: no attribute has that name.
    named: new Set(attributes.map(attributeName)),
  };
}

/** Carries out a search (RFC 4511 4.5); the result that ends it. Throws what `signal` was aborted with. */
export async function search(request: SearchRequest, estate: Estate, searcher: Searcher & { readonly hasStartTls: boolean }): Promise<Result> {
  const base = parseDn(request.base);
  if (base === undefined) return { code: 'invalidDNSyntax' };
  const tree = await estate.tree(searcher.signal);
  searcher.signal.throwIfAborted();
  const selection = selectionOf(request.attributes);
  if (base.key === '' && request.scope === 'base') {
    await sendRoot(tree, request, { selection, searcher });
    return SUCCESS;
  }
  if (base.key !== '' && !tree.entries.has(base.key)) return { code: 'noSuchObject', matched: nearest(tree, base) };
  const most = Math.min(request.sizeLimit === 0 ? MAX_ENTRIES : request.sizeLimit, MAX_ENTRIES);
  let result = SUCCESS;
  let sent = 0;
  for (const entry of tree.entries.values()) {
    if (!isInScope(entry, base, request.scope) || matches(request.filter, entry) !== true) continue;
    if (sent === most) return { code: 'sizeLimitExceeded' };
    const { attributes, refused } = await attributesOf(entry, { estate, request, selection, searcher });
    await searcher.send(entry.dn, attributes);
    sent += 1;
    if (refused !== undefined && result === SUCCESS) result = refused;
  }
  return result;
}

function isInScope({ key }: Entry, base: Dn, scope: SearchRequest['scope']): boolean {
  switch (scope) {
    case 'base':
      return key === base.key;
    case 'one':
      return superiorKey(key) === base.key;
    case 'sub':
      return key.startsWith(base.key);
  }
}

/** The last entry above a name that exists (RFC 4511 4.1.9). */
function nearest({ entries }: Tree, { key }: Dn): string {
  let above = superiorKey(key);
  while (above !== undefined && !entries.has(above)) above = superiorKey(above);
  return above === undefined ? '' : (entries.get(above)?.dn ?? '');
}

interface Asked {
  readonly selection: Selection;
  readonly searcher: Searcher & { readonly hasStartTls: boolean };
}

/** The root DSE (RFC 4512 5.1): all but its class are operational attributes. */
async function sendRoot({ contexts }: Tree, { filter, typesOnly }: SearchRequest, { selection, searcher }: Asked): Promise<void> {
  const operational: Record<string, readonly string[]> = {
    namingContexts: contexts.map(({ name }) => dnText(name)),
    supportedControl: CONTROLS,
    supportedExtension: [EXTENSION.whoAmI, ...(searcher.hasStartTls ? [EXTENSION.startTls] : [])],
    supportedFeatures: FEATURES,
    supportedLDAPVersion: ['3'],
    vendorName: ['Kiban'],
  };
  const shown = { objectClass: ['top'], ...operational };
  if (matches(filter, filteredBy(Object.entries(shown).map(([description, values]) => [description.toLowerCase(), values] as const))) !== true) return;
  const wanted = Object.entries(shown).filter(([description]) => selection.named.has(description.toLowerCase()) || (description in operational ? selection.operational : selection.all));
  await searcher.send('', wanted.map(([description, values]) => ({ description, values: typesOnly ? [] : values })));
}

interface Answered {
  readonly attributes: readonly SentAttribute[];
  /** Why no list that was asked for is among them, and nothing else of its kind. */
  readonly refused?: Result | undefined;
}

async function attributesOf(entry: Entry, { estate, request: { scope, typesOnly }, selection, searcher }: Asked & { readonly estate: Estate; readonly request: SearchRequest }): Promise<Answered> {
  const isWanted = (attribute: string): boolean => selection.all || selection.named.has(attribute.toLowerCase());
  const attributes: SentAttribute[] = [...entry.shown.values()].filter(({ description }) => isWanted(description)).map(({ description, values }) => ({ description, values: typesOnly ? [] : values }));
  let refused: Result | undefined;
  for (const attribute of CERTIFICATE_ATTRIBUTES.filter(isWanted)) {
    const values = [...(entry.values[attribute] ?? [])];
    for (const list of entry.lists.filter((one) => one.attribute === attribute)) {
      const found = await listsOf(list, estate, searcher);
      if (Array.isArray(found)) values.push(...found);
      // Whoever asks for all there is gets what it may have; whoever asks for a list, by its name or at its own entry, may be told.
      else if (selection.named.has(attribute.toLowerCase()) || (scope === 'base' && entry.role === 'list')) refused ??= found;
    }
    if (values.length > 0) attributes.push({ description: `${attribute};binary`, values: typesOnly ? [] : values });
  }
  // Java asks for the lists of an authority with its certificates, and would take neither.
  const hasSome = attributes.some(({ description }) => description.endsWith(';binary'));
  return hasSome ? { attributes } : { attributes, refused };
}

/** The lists of all keys, as this caller may have them: those that are there, else why none is. */
async function listsOf({ paths }: HeldList, estate: Estate, { token, signal }: Searcher): Promise<Buffer[] | Result> {
  if (token === undefined) return { code: 'insufficientAccessRights', diagnostic: 'revocation information is not public: bind with an access token' };
  const found: Buffer[] = [];
  let refused: Result | undefined;
  for (const path of paths) {
    try {
      found.push(...[(await estate.list(path, token, signal)) ?? []].flat());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused ??= error.result;
    }
  }
  return found.length > 0 || refused === undefined ? found : refused;
}
