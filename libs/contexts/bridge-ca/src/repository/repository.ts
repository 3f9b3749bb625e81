import { OWN_AUTHORITIES, certificatesNeeded, type AuthorityKind } from '../authority/authority.js';

/** Certificates between authorities that connect everybody, by each way (JPKI 4.10). */
export interface Topology {
  /** Each prefecture with each other one. */
  readonly mesh: number;
  /** All of them with the bridge. */
  readonly bridge: number;
  /** The bridge with authorities of others. */
  readonly external: number;
}

export function topologyNeeded(externals: number): Topology {
  const prefectures = OWN_AUTHORITIES.filter(({ kind }) => kind === 'PREFECTURAL').length;
  return { ...certificatesNeeded(prefectures), external: certificatesNeeded(externals).bridge };
}

/** How many of them stand in the repository: counterparts by kind, each with a pair. */
export function topologyPublished(counterparts: readonly AuthorityKind[]): Omit<Topology, 'mesh'> {
  const of = (kind: AuthorityKind): number => certificatesNeeded(counterparts.filter((one) => one === kind).length).bridge;
  return { bridge: of('PREFECTURAL'), external: of('EXTERNAL') };
}
