import type { NoticeRecord } from './change-notice.store.js';

/** Notices of one municipality about one person, by their sequence number. */
export class NoticeSequence {
  private readonly bySeq = new Map<number, NoticeRecord>();
  /** The last number that took effect; the next one may. */
  last = 0;

  constructor(records: readonly NoticeRecord[]) {
    for (const record of records) this.put(record);
  }

  at(personSeq: number): NoticeRecord | undefined {
    return this.bySeq.get(personSeq);
  }

  put(record: NoticeRecord): void {
    this.bySeq.set(record.personSeq, record);
    if (record.state === 'APPLIED' || record.state === 'QUARANTINED') this.last = Math.max(this.last, record.personSeq);
  }

  /** Rules of JUKI-4.5.1: n = last+1 next, known with the same content repeated, with other content reused, beyond a gap held. */
  place(personSeq: number, contentIndex: Buffer): { readonly kind: 'NEXT' | 'REUSED' | 'HOLD' } | { readonly kind: 'REPEATED'; readonly record: NoticeRecord } {
    const known = this.bySeq.get(personSeq);
    if (known !== undefined && known.state !== 'REJECTED') return known.contentIndex.equals(contentIndex) ? { kind: 'REPEATED', record: known } : { kind: 'REUSED' };
    if (personSeq <= this.last) return { kind: 'REUSED' };
    return { kind: personSeq === this.last + 1 ? 'NEXT' : 'HOLD' };
  }
}
