const HOUR_MS = 3_600_000;

/** How long after its confirmation a disclosure lets the record be read: the holder waits at the desk. */
const READABLE_MS = 24 * HOUR_MS;

export interface RecordDisclosure {
  /** `name@organisation`, as all officers. */
  readonly askedBy: string;
  readonly confirmedAt: Date | null;
}

/** Whether the issuance record may be read under it (JPKI-5: by two persons; 7: not without a case). */
export function mayRead({ confirmedAt }: RecordDisclosure, now: Date): boolean {
  return confirmedAt !== null && now.getTime() - confirmedAt.getTime() < READABLE_MS;
}
