/** The family `juki-net.resident.*` by its short names. */
export const NOTICE_KINDS = ['entered', 'moved-in', 'moved-out', 'died', 'record-deleted', 'changed', 'minor-correction', 'code-changed'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A change of a person's facts as the register told it (JPKI 3.6). */
export interface ResidentChangeNotice {
  readonly factVersion: number;
  readonly kind: NoticeKind;
  /** Change reason of the register, two digits. */
  readonly reason: string;
  readonly fields: readonly string[];
  /** Left Japan; only `moved-out` says so. */
  readonly abroad?: boolean | undefined;
  /** Where the person is resident by another record than the deleted one; only `record-deleted` says so. */
  readonly returnsTo?: string | null | undefined;
}

/** Which certificates a notice ends. */
export interface NoticeEffect {
  readonly sign: boolean;
  readonly auth: boolean;
}

/** Items of the four attributes as the register names them; a reading or postal code is not among them. */
const ATTRIBUTE_FIELDS = new Set(['name', 'nameKanji', 'alias', 'aliasName', 'birthDate', 'sex', 'address']);
/** Move inside one municipality (転居): ends the signature certificate too (JPKI 4.7). */
const MOVED_WITHIN = '30';

/** After a move-out inside Japan the entry elsewhere is due within these days; that none came is a hint (JUKI-4.9). */
export const ENTRY_WITHIN_DAYS = 14;

const NONE: NoticeEffect = { sign: false, auth: false };
const SIGN_ONLY: NoticeEffect = { sign: true, auth: false };
const BOTH: NoticeEffect = { sign: true, auth: true };

/** Effects by JPKI 4.7 no. 3: the signature certificate shows the facts and goes with them, the other only with the record. */
export function effectOf({ kind, reason, fields, abroad, returnsTo }: Omit<ResidentChangeNotice, 'factVersion'>): NoticeEffect {
  switch (kind) {
    case 'died':
      return BOTH;
    case 'record-deleted':
      // The record that the certificates go with stands elsewhere; which of the two addresses the signature certificate shows is not told (JUKI-4.3).
      return returnsTo === undefined || returnsTo === null ? BOTH : SIGN_ONLY;
    case 'moved-out':
      return abroad === true ? BOTH : NONE;
    case 'moved-in':
      return SIGN_ONLY;
    case 'changed':
      return reason === MOVED_WITHIN || fields.some((field) => ATTRIBUTE_FIELDS.has(field)) ? SIGN_ONLY : NONE;
    case 'entered':
    case 'minor-correction':
    case 'code-changed':
      return NONE;
  }
}

/** How far the notices of a person have been followed: from the facts of the first certificate on. */
export interface Progress {
  readonly applied: number;
  readonly dead: boolean;
}

export type NoticeState = 'ARRIVED' | 'APPLIED' | 'IGNORED_MINOR' | 'QUARANTINED' | 'RESOLVED' | 'NO_CERTIFICATE' | 'SUPERSEDED';

/** The state in which a new notice is stored. Without a certificate of the person there is nothing to follow. */
export function arrivalState(progress: Progress | undefined, factVersion: number): 'ARRIVED' | 'NO_CERTIFICATE' | 'SUPERSEDED' {
  if (progress === undefined) return 'NO_CERTIFICATE';
  return factVersion <= progress.applied ? 'SUPERSEDED' : 'ARRIVED';
}

/** The waiting notices whose turn has come: an unbroken run of versions after the last applied one. */
export function dueNotices<N extends Pick<ResidentChangeNotice, 'factVersion'>>(progress: Progress, waiting: readonly N[]): N[] {
  const due: N[] = [];
  for (const notice of [...waiting].sort((a, b) => a.factVersion - b.factVersion)) {
    if (notice.factVersion === progress.applied + due.length + 1) due.push(notice);
  }
  return due;
}

const SIGNS_OF_LIFE: ReadonlySet<NoticeKind> = new Set(['entered', 'moved-in', 'moved-out', 'changed']);

/** How a notice ends when its turn comes. After a death a sign of life contradicts: its effect is taken, and an officer looks at it. */
export function outcomeOf(progress: Progress, { kind }: Pick<ResidentChangeNotice, 'kind'>): 'APPLIED' | 'IGNORED_MINOR' | 'QUARANTINED' {
  if (kind === 'minor-correction') return 'IGNORED_MINOR';
  return progress.dead && SIGNS_OF_LIFE.has(kind) ? 'QUARANTINED' : 'APPLIED';
}

export function progressAfter(progress: Progress, notice: Pick<ResidentChangeNotice, 'factVersion' | 'kind'>): Progress {
  return { applied: notice.factVersion, dead: progress.dead || notice.kind === 'died' };
}

/** Where the person lives after the notice, if it says; departures name the municipality that was left. A merger is told to its residents as a minor correction. */
export function livesIn({ kind, municipalityCode, returnsTo }: Pick<ResidentChangeNotice, 'kind' | 'returnsTo'> & { readonly municipalityCode: string }): string | undefined {
  if (kind === 'record-deleted') return returnsTo ?? undefined;
  return kind === 'entered' || kind === 'moved-in' || kind === 'changed' || kind === 'minor-correction' ? municipalityCode : undefined;
}
