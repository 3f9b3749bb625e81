import { CRL_REASON, type CrlEntry } from '#pki';
import { serialHex, type CaId } from '../ca/ca.js';

/** What two lists say of a serial; at least one of them has it. */
export interface Compared {
  readonly serial: bigint;
  readonly was?: CrlEntry | undefined;
  readonly is?: CrlEntry | undefined;
}

/** Both lists by ascending serial, each read once. */
export async function* compared(before: AsyncIterable<CrlEntry>, after: AsyncIterable<CrlEntry>): AsyncGenerator<Compared, void, void> {
  const [olds, news] = [before[Symbol.asyncIterator](), after[Symbol.asyncIterator]()];
  let [old, present] = [await olds.next(), await news.next()];
  for (;;) {
    const was = old.done === true ? undefined : old.value;
    const is = present.done === true ? undefined : present.value;
    if (was !== undefined && (is === undefined || was.serial <= is.serial)) {
      const both = was.serial === is?.serial;
      yield { serial: was.serial, was, is: both ? is : undefined };
      old = await olds.next();
      if (both) present = await news.next();
    } else if (is !== undefined) {
      yield { serial: is.serial, is };
      present = await news.next();
    } else return;
  }
}

/** Whether a verifier has to note something. */
export function isChanged({ was, is }: Compared): boolean {
  return was?.reason !== is?.reason || was?.revokedAt.getTime() !== is?.revokedAt.getTime();
}

/** A hold that may have been released: it is not listed any more. */
export function vanishedHold({ was, is }: Compared): CrlEntry | undefined {
  return is === undefined && was?.reason === 'certificateHold' ? was : undefined;
}

export const COLUMNS = 'ca,serial_hex,status,recorded_at_utc,reason_code,crl_number\r\n';

export interface ChangeContext {
  readonly ca: CaId;
  /** Number of the later list. */
  readonly number: number;
  /** When holds were released, by serial. */
  readonly releases: ReadonlyMap<number, Date>;
}

/**
 * A line of the file of changes (JPKI 5), without a field that needs quoting: REVOKED or HELD as the later list says; RELEASED of a hold,
 * EXPIRED of what left the list since its validity ended, for which nothing was recorded.
 */
export function changeLine({ serial, is }: Compared, { ca, number, releases }: ChangeContext): string {
  const released = releases.get(Number(serial));
  const [status, at, reason] = is === undefined
    ? [released === undefined ? 'EXPIRED' : 'RELEASED', released, '']
    : [is.reason === 'certificateHold' ? 'HELD' : 'REVOKED', is.revokedAt, CRL_REASON[is.reason ?? 'unspecified']];
  return `${ca},${serialHex(serial)},${status},${at === undefined ? '' : `${at.toISOString().slice(0, 19)}Z`},${reason},${number}\r\n`;
}
