import type { CoursePart, MoveOn } from '../statement/move-on.js';

export const PACKAGE_FORMATS = ['CMI5', 'SCORM_12', 'SCORM_2004'] as const;
export type PackageFormat = (typeof PACKAGE_FORMATS)[number];

/** An assignable unit: the smallest part that is launched. */
export interface AssignableUnit {
  /** Id that the publisher gave it. */
  readonly publisherId: string;
  readonly title: string;
  /** File of the package that is launched. */
  readonly path: string;
  /** Query and fragment of its address, with their signs; empty without. */
  readonly suffix: string;
  readonly moveOn: MoveOn;
  /** 0 to 1. */
  readonly masteryScore: number | undefined;
  readonly isOwnWindow: boolean;
  /** cmi5 launchParameters, SCORM launch data. */
  readonly launchParameters: string | undefined;
  readonly entitlementKey: string | undefined;
}

/** What a package consists of. Parts name the units by their place in the list, blocks by the ids that the publisher gave them. */
export interface CourseStructure {
  readonly format: PackageFormat;
  readonly publisherId: string;
  readonly title: string;
  readonly units: readonly AssignableUnit[];
  readonly parts: readonly CoursePart[];
}

/** Why a manifest cannot be used. */
export type ManifestFault =
  | 'NO_MANIFEST' | 'XML' | 'ELEMENT_MISSING' | 'ID' | 'DUPLICATE_ID' | 'MOVE_ON' | 'MASTERY_SCORE' | 'URL' | 'ELSEWHERE' | 'FILE_MISSING' | 'NO_UNITS' | 'TOO_MANY' | 'EDITION';

/** Thrown by the readers of manifests; `at` names the element or id. */
export class BadManifest extends Error {
  override readonly name = 'BadManifest';

  constructor(
    readonly fault: ManifestFault,
    readonly at: string,
  ) {
    super(`${fault} ${at}`);
  }
}

const MAX_UNITS = 500;

/** The structure, if its units are few enough, named once and on file. */
export function checkedStructure(structure: CourseStructure, files: ReadonlySet<string>): CourseStructure {
  const { units, format, parts } = structure;
  if (units.length === 0) throw new BadManifest('NO_UNITS', format);
  if (units.length > MAX_UNITS) throw new BadManifest('TOO_MANY', String(units.length));
  const ids = new Set<string>();
  for (const block of blocksOf(parts)) {
    if (ids.has(block)) throw new BadManifest('DUPLICATE_ID', block);
    ids.add(block);
  }
  for (const { publisherId, path } of units) {
    if (ids.has(publisherId)) throw new BadManifest('DUPLICATE_ID', publisherId);
    if (!files.has(path)) throw new BadManifest('FILE_MISSING', path);
    ids.add(publisherId);
  }
  return structure;
}

/** Ids of blocks in the order of the package, an outer one before those in it. */
export function blocksOf(parts: readonly CoursePart[]): string[] {
  return parts.flatMap((part) => ('au' in part ? [] : [part.block, ...blocksOf(part.parts)]));
}

/** A file of the package and the rest of its address; what lies elsewhere is refused, since nobody could vouch for it (own decision). */
export function fileOfUrl(url: string, at: string): { readonly path: string; readonly suffix: string } {
  if (/^[a-z][a-z0-9+.-]*:|^\/|\\/i.test(url)) throw new BadManifest('ELSEWHERE', at);
  const cut = url.search(/[?#]/);
  const [path, suffix] = cut < 0 ? [url, ''] : [url.slice(0, cut), url.slice(cut)];
  try {
    const plain = decodeURIComponent(path).replace(/^(?:\.\/)+/, '').normalize('NFC');
    if (plain === '' || plain.split('/').includes('..')) throw new BadManifest('URL', at);
    return { path: plain, suffix };
  } catch (error) {
    throw error instanceof BadManifest ? error : new BadManifest('URL', at);
  }
}

/** A mastery score of 0 to 1 with up to 4 decimal places (cmi5 13.1.4). */
export function masteryScoreOf(text: string | undefined, at: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/.test(text)) throw new BadManifest('MASTERY_SCORE', at);
  return Number(text);
}
