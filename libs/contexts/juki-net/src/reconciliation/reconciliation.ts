import { createHash } from 'node:crypto';

/** By the first two digits of the resident code. */
export const BUCKETS = 100;

export const RUN_STATES = ['COMPARING', 'AWAITING_LEAVES', 'COMPLETED', 'ABANDONED'] as const;
export type RunState = (typeof RUN_STATES)[number];
export const BUCKET_STATES = ['PENDING', 'EQUAL', 'DIFFERENT', 'DESCENDED'] as const;
export type BucketState = (typeof BUCKET_STATES)[number];

/** A present record as both copies write it into a leaf; dates are YYYYMMDD. */
export interface PresentRecord {
  readonly residentCode: string;
  /** Number (`personSeq`) of the municipality's last notice about the person that took effect: the one version that both copies know. */
  readonly recordVersion: number;
  readonly nameKanji: string;
  readonly nameKana: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly municipalityCode: string;
  readonly address: string;
  readonly changeReason: string;
  readonly changeDate: string;
}

/** A record as it is compared. */
export interface Leaf {
  readonly residentCode: string;
  readonly recordVersion: number;
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
}

export interface RegisterLeaf extends Leaf {
  readonly personKey: string;
}

/** Hash of a record: 00, then its items joined by U+001F in the order of JUKI-4.6. */
export function leafHash(record: PresentRecord): string {
  const { residentCode, recordVersion, nameKanji, nameKana, birthDate, sex, municipalityCode, address, changeReason, changeDate } = record;
  const items = [residentCode, String(recordVersion), nameKanji, nameKana, birthDate, sex, municipalityCode, address, changeReason, changeDate];
  return createHash('sha256').update(Buffer.of(0)).update(items.join('\u001f')).digest('hex');
}

export function bucketOf(residentCode: string): number {
  return Number(residentCode.slice(0, 2));
}

/** Hash of a bucket: 01, then its leaves in the order of their codes, whatever order they came in (JUKI-4.6). */
export function bucketDigest(leaves: readonly Leaf[]): Buffer {
  const digest = createHash('sha256').update(Buffer.of(1));
  const ordered = [...leaves].sort((a, b) => (a.residentCode < b.residentCode ? -1 : 1));
  for (const { hash } of ordered) digest.update(hash, 'hex');
  return digest.digest();
}

/** MISSING_UP: the register lacks the record; MISSING_DOWN: the municipality does; STALE: other versions; CONTENT: one version, other items. */
export const DIFFERENCE_CLASSES = ['MISSING_UP', 'MISSING_DOWN', 'STALE', 'CONTENT'] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

export interface Difference {
  readonly residentCode: string;
  readonly class: DifferenceClass;
  readonly personKey?: string | undefined;
  readonly municipalVersion?: number | undefined;
  readonly registerVersion?: number | undefined;
}

/** What differs between the two copies of a bucket (JUKI-4.6). */
export function differencesOf(municipal: readonly Leaf[], register: readonly RegisterLeaf[]): Difference[] {
  const above = new Map(register.map((leaf) => [leaf.residentCode, leaf]));
  const differences: Difference[] = [];
  for (const leaf of municipal) {
    const other = above.get(leaf.residentCode);
    above.delete(leaf.residentCode);
    const { residentCode, recordVersion: municipalVersion } = leaf;
    if (other === undefined) differences.push({ residentCode, class: 'MISSING_UP', municipalVersion });
    else if (other.hash !== leaf.hash) {
      const { personKey, recordVersion: registerVersion } = other;
      differences.push({ residentCode, class: municipalVersion === registerVersion ? 'CONTENT' : 'STALE', personKey, municipalVersion, registerVersion });
    }
  }
  for (const { residentCode, personKey, recordVersion: registerVersion } of above.values()) differences.push({ residentCode, class: 'MISSING_DOWN', personKey, registerVersion });
  return differences;
}
