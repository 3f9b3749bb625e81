import { INQUIRY_ITEMS, type InquiryItem } from '#contracts/juki-net';
import { csvRecord } from '#kernel';
import { mayTell, toldOf, type FoundPerson, type ResultCode } from '../inquiry/inquiry.js';

/** Items that are told when they change; reason and date of the change have columns of their own. */
export const FEED_ITEMS = INQUIRY_ITEMS.filter((item) => item !== 'changeReason' && item !== 'changeDate');

const DIGEST = 8;
/** Of a person of whom nothing was told. */
export const NOTHING_TOLD: Buffer = Buffer.alloc(FEED_ITEMS.length * DIGEST);

/** Keyed digest of a person's item: what was told is known again, but not kept. */
export type Digest = (person: FoundPerson, item: InquiryItem, text: string) => Buffer;

export interface Comparison {
  readonly changed: readonly (readonly [item: InquiryItem, text: string])[];
  /** What will have been told: digests side by side in the order of FEED_ITEMS. */
  readonly told: Buffer;
}

/** Items that differ from what was last told. One that may not be told now keeps its digest, and is told when it may be (JUKI-4.13). */
export function compareItems(person: FoundPerson, resultCode: ResultCode, last: { readonly granted: readonly InquiryItem[]; readonly told: Buffer; readonly digest: Digest }): Comparison {
  const told = Buffer.from(NOTHING_TOLD);
  // What was told before there was the last item is shorter.
  last.told.copy(told);
  const changed: [InquiryItem, string][] = [];
  for (const [place, item] of FEED_ITEMS.entries()) {
    if (!last.granted.includes(item) || !mayTell(item, resultCode)) continue;
    const text = person.items[item];
    const before = told.subarray(place * DIGEST, (place + 1) * DIGEST);
    const now = last.digest(person, item, text).subarray(0, DIGEST);
    if (now.equals(before)) continue;
    // An item without a value is news only where there was one.
    if (text !== '' || before.some((octet) => octet !== 0)) changed.push([item, text]);
    now.copy(before);
  }
  return { changed, told };
}

export interface News {
  readonly resultCode: ResultCode;
  /** Of the last line about the person, or of the day they were listed; undefined when the organisation's data is older. */
  readonly toldResult: string | undefined;
  /** Reasons of what was notified since the last file, and of the present record. */
  readonly reasons: ReadonlySet<string>;
}

/** Whether a person of whom something changed is told. Protection begins and ends without a change reason, so it passes every choice of them. */
export function isWanted({ resultCode, toldResult, reasons }: News, wanted: readonly string[]): boolean {
  if (toldResult === undefined) return true;
  if (resultCode !== toldResult && (resultCode === '41' || toldResult === '41')) return true;
  return wanted.some((reason) => reasons.has(reason));
}

interface Told {
  readonly subscriptionId: string;
  readonly requesterRef: string;
  readonly resultCode: ResultCode;
}

/** A detail record of `CFED` (JUKI-5.3); after its six columns come the changed items only, as item=value. */
export function feedLine({ subscriptionId, requesterRef, resultCode }: Told, person: FoundPerson, { granted, changed }: Pick<Comparison, 'changed'> & { readonly granted: readonly InquiryItem[] }): string {
  const { changeReason = '', changeDate = '' } = toldOf(person, resultCode, granted.filter((item) => item === 'changeReason' || item === 'changeDate'));
  return csvRecord(['D', subscriptionId, requesterRef, changeReason, changeDate, resultCode, ...changed.map(([item, text]) => `${item}=${text}`)]);
}

/** Of a person whose records were kept as long as the law wants and are gone (JUKI-4.11). */
export function goneLine({ subscriptionId, requesterRef }: Omit<Told, 'resultCode'>): string {
  return csvRecord(['D', subscriptionId, requesterRef, '', '', '10']);
}
