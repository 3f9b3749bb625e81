import { dnText, encodeCertificatePair, parseName } from '#pki';
import { platformProblems, type Db } from '#platform';
import { BRIDGE_ID } from '../authority/authority.js';
import type { AuthorityRow, AuthorityStore, LinkRow } from '../authority/authority.store.js';
import type { CrossStore, DirectionRow } from '../cross-certification/cross-certification.store.js';
import type { PublishedList, RevocationListStore } from '../revocation-list/revocation-list.store.js';
import type { Entry } from './entry.js';

/** A pair as it stands at the entries of both authorities, each from its own side (JPKI 4.10). */
export interface PublishedPair {
  readonly crossId: string;
  readonly counterpart: string;
  readonly toBridge: Buffer;
  readonly toCounterpart: Buffer;
}

/** What is public of authorities, read from where it was decided. */
export interface Published {
  readonly authorities: readonly AuthorityRow[];
  readonly roots: readonly { readonly authorityId: string; readonly certificate: Buffer }[];
  readonly links: readonly LinkRow[];
  readonly pairs: readonly PublishedPair[];
  readonly lists: readonly PublishedList[];
}

export interface RepositoryStores {
  readonly authorities: AuthorityStore;
  readonly crosses: CrossStore;
  readonly lists: RevocationListStore;
}

/** CertificatePair at the entry of one of its two authorities: forward is issued to it. */
export function pairAt(authorityId: string, { toBridge, toCounterpart }: PublishedPair): Buffer {
  return encodeCertificatePair(authorityId === BRIDGE_ID ? { forward: toBridge, reverse: toCounterpart } : { forward: toCounterpart, reverse: toBridge });
}

/** The repository of the authorities (JPKI 4.8, 4.10, 5). */
export class RepositoryReader {
  constructor(private readonly stores: RepositoryStores) {}

  /** As it was at an instant: what was public since, and had not ended. */
  async read(db: Db, instant: Date): Promise<Published> {
    const { authorities, crosses, lists } = this.stores;
    const generations = await authorities.published(db);
    return {
      authorities: await authorities.all(db),
      roots: generations.flatMap(({ authorityId, certificate }) => (certificate === null ? [] : [{ authorityId, certificate }])),
      links: await authorities.links(db),
      pairs: pairsOf(await crosses.publishedAt(db, instant)),
      lists: await lists.at(db, 'ARL', instant),
    };
  }

  /** Refuses NOT_FOUND. */
  async entry(db: Db, authorityId: string, instant: Date): Promise<{ readonly published: Published; readonly authority: AuthorityRow }> {
    const published = await this.read(db, instant);
    const authority = published.authorities.find(({ id }) => id === authorityId);
    if (authority === undefined) throw platformProblems.refuse('NOT_FOUND');
    return { published, authority };
  }
}

/** What the entry of an authority holds (RFC 4523): its own certificates, with links the other way of its keys, its pairs, its lists. */
export function entryOf({ id, subjectDer }: AuthorityRow, published: Published): Entry {
  const own = <T extends { readonly authorityId: string }>(rows: readonly T[]): T[] => rows.filter(({ authorityId }) => authorityId === id);
  return {
    dn: dnText(parseName(subjectDer)),
    values: {
      cACertificate: [...own(published.roots), ...own(published.links)].map(({ certificate }) => certificate),
      crossCertificatePair: pairsAt(id, published).map((pair) => pairAt(id, pair)),
      authorityRevocationList: own(published.lists).map(({ der }) => der),
    },
  };
}

/** The bridge has all pairs, another authority its own. */
export function pairsAt(authorityId: string, { pairs }: Pick<Published, 'pairs'>): PublishedPair[] {
  return pairs.filter(({ counterpart }) => authorityId === BRIDGE_ID || counterpart === authorityId);
}

function pairsOf(directions: readonly DirectionRow[]): PublishedPair[] {
  return directions.filter(({ direction }) => direction === 'TO_COUNTERPART').flatMap(({ crossId, subject, certificate }) => {
    const other = directions.find((one) => one.crossId === crossId && one.direction === 'TO_BRIDGE')?.certificate;
    return certificate === null || other == null ? [] : [{ crossId, counterpart: subject, toBridge: other, toCounterpart: certificate }];
  });
}
