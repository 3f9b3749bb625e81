import { once } from 'node:events';
import { z } from 'zod';
import { log, type TokenSource } from '#platform';
import type { ListCache } from './list-cache.js';
import type { Result } from './message.js';
import { bridgeEntries, jpkiEntries, type PublicReader } from './public-entries.js';
import { treeOf, type Placed, type Tree } from './tree.js';

/** What is public is looked up again after so long; lists each time. */
const FRESH_MS = 10_000;
const ANSWER_MS = 30_000;
/** Above the largest list that a partition may come to. */
const MAX_OCTETS = 256 * 1024 * 1024;
/** Read by who binds, with the token that is to be judged: everybody with a good one may. */
const JUDGED_BY = '/api/jpki-ca/v1/cas/sign/certificate';

const problem = z.object({ code: z.string() });

/** An answer that is none, as LDAP says it. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly result: Result,
    /** Of HTTP, where there was an answer. */
    readonly status?: number,
  ) {
    super(result.code);
  }
}

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly octets: Buffer;
}

export interface EstateParts {
  /** Where the gateway listens. */
  readonly gatewayUrl: string;
  /** The directory's own access token, for what is public and nothing else. */
  readonly tokens: TokenSource;
  readonly cache: ListCache;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsed: () => number;
}

/** Reads the estate through its door. Whoever asks for a list does so with its own access token: grants are judged and audited where they are for HTTP. */
export class EstateReader {
  private known: { readonly tree: Promise<Tree>; readonly at: number } | undefined;
  private readonly parts = new Map<string, readonly Placed[]>();
  private readonly away = new Set<string>();

  constructor(private readonly input: EstateParts) {}

  /** What is public, at most ten seconds old. Throws Refused, or what `signal` was aborted with: it is looked up for all, and whoever has no more time waits no longer. */
  tree(signal?: AbortSignal): Promise<Tree> {
    const now = this.input.elapsed();
    if (this.known === undefined || now - this.known.at > FRESH_MS) {
      const tree = this.look();
      this.known = { tree, at: now };
      tree.catch(() => (this.known = undefined));
    }
    const { tree } = this.known;
    return signal === undefined ? tree : Promise.race([tree, once(signal, 'abort').then(() => Promise.reject(signal.reason))]);
  }

  /** Whether lists can be asked for: what the agency's authorities publish was read when it was looked up last. */
  async isReady(): Promise<boolean> {
    return this.tree().then(() => !this.away.has('jpki-ca'), () => false);
  }

  /** A list as it is now for who has this token; undefined where there is none. Throws Refused. */
  async list(path: string, token: string, signal: AbortSignal): Promise<Buffer | undefined> {
    const { cache } = this.input;
    const known = cache.get(path);
    const { status, etag, octets } = await this.get(path, token, { signal, ...(known === undefined ? {} : { etag: known.etag }) });
    if (status === 304) return known?.octets;
    if (status === 404) return undefined;
    if (etag === null) return octets;
    // Who fetched the same at the same time holds it already, for as long as its client takes to read it.
    const kept = cache.get(path);
    if (kept?.etag === etag) return kept.octets;
    cache.set(path, { etag, octets });
    return octets;
  }

  /** Whether the door lets this token in, also where it may not do everything. Throws Refused where that cannot be told. */
  async admits(token: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { status } = await this.get(JUDGED_BY, token, { signal });
      if (status !== 200) throw new Refused({ code: 'unavailable' });
      return true;
    } catch (error) {
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) return error.status === 403;
      throw error;
    }
  }

  private async look(): Promise<Tree> {
    const read: PublicReader = async (path) => {
      const { status, octets } = await this.get(path, await this.input.tokens.token());
      return status === 404 ? undefined : octets;
    };
    const placed = await Promise.all([this.part('jpki-ca', jpkiEntries(read)), this.part('bridge-ca', bridgeEntries(read))]);
    return treeOf(placed.flat());
  }

  /** One context that is away takes nothing from the other: what it last said stays. */
  private async part(context: string, entries: Promise<readonly Placed[]>): Promise<readonly Placed[]> {
    try {
      const found = await entries;
      this.parts.set(context, found);
      this.away.delete(context);
      return found;
    } catch (error) {
      this.away.add(context);
      log.warn('what a context publishes could not be read', { context, error });
      const last = this.parts.get(context);
      if (last !== undefined) return last;
      if (context === 'bridge-ca') return [];
      throw error instanceof Refused ? error : new Refused({ code: 'unavailable' });
    }
  }

  /** A good answer, 304 or 404; throws Refused else. */
  private async get(path: string, token: string, { signal, etag }: { readonly signal?: AbortSignal; readonly etag?: string } = {}): Promise<Answer> {
    const inTime = AbortSignal.timeout(ANSWER_MS);
    const headers = { authorization: `Bearer ${token}`, ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    let answer: Answer;
    try {
      const response = await fetch(`${this.input.gatewayUrl}${path}`, { headers, signal: signal === undefined ? inTime : AbortSignal.any([signal, inTime]) });
      answer = { status: response.status, etag: response.headers.get('etag'), octets: await octetsOf(response) };
    } catch (error) {
      signal?.throwIfAborted();
      log.warn('the gateway does not answer', { error });
      throw new Refused({ code: 'unavailable' });
    }
    if ([200, 304, 404].includes(answer.status)) return answer;
    throw new Refused(resultOf(answer), answer.status);
  }
}

/** Problem codes are told as they are; they name no person. */
function resultOf({ status, octets }: Answer): Result {
  const diagnostic = codeIn(octets) ?? `HTTP ${status}`;
  switch (status) {
    case 401:
      return { code: 'insufficientAccessRights', diagnostic: 'the access token is not good, or not any more: bind again' };
    case 403:
      return { code: 'insufficientAccessRights', diagnostic };
    case 429:
      return { code: 'busy', diagnostic };
    case 503:
      return { code: 'unavailable', diagnostic };
    default:
      return { code: 'other', diagnostic };
  }
}

function codeIn(octets: Buffer): string | undefined {
  try {
    return problem.parse(JSON.parse(octets.toString('utf8'))).code;
  } catch {
    return undefined;
  }
}

async function octetsOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_OCTETS) throw new Error('an answer of the estate is too long');
  }
  return Buffer.concat(chunks, length);
}
