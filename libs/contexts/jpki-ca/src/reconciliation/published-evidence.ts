import { log, platformProblems } from '#platform';
import type { StreamedFile, WriteOnceFolder } from '#sealed-trail';
import { decodeCopy, encodeCopy, type StatusCopy } from './status-copy.js';

/** Copies in a folder of their own, so that the newest is found soon. */
const BLOCK = 1_000;
const COPY = '.jsonl';
const LIST = '.crl';

/**
 * What must outlive a restored database, beside the sealed audit trail: each list before it is published, and the status of certificates within
 * seconds of its change. Of the lists the newest of each partition is read again, of the copies those that a restored database lacks.
 */
export class PublishedEvidence {
  private known: StatusCopy | undefined;

  constructor(private readonly root: WriteOnceFolder) {}

  /** The newest copy, of whichever process; undefined before the first one. Faults when the folder cannot be read. */
  async newestCopy(): Promise<StatusCopy | undefined> {
    if (this.known === undefined) {
      const copies = this.root.in('status');
      const block = (await copies.names()).at(-1);
      const newest = block === undefined ? undefined : (await copies.in(block).names()).at(-1);
      if (newest === undefined) return undefined;
      this.known = await this.copy(numberOf(newest, COPY));
    }
    for (let next = this.known; next !== undefined; next = await this.copy(next.head.copy + 1)) this.known = next;
    return this.known;
  }

  async copy(number: number): Promise<StatusCopy | undefined> {
    const octets = await this.blockOf(number).read(named(number, COPY));
    return octets && decodeCopy(octets);
  }

  /** False when another process was faster. Refuses UNAVAILABLE where the folder cannot be used. */
  async keepCopy(copy: StatusCopy): Promise<boolean> {
    const fault = await this.blockOf(copy.head.copy).put(named(copy.head.copy, COPY), encodeCopy(copy));
    if (fault === 'FOLDER_UNUSABLE') throw unusable();
    return fault === undefined;
  }

  /** Before the list is published (JPKI 4.8). Refuses UNAVAILABLE where the folder cannot be used: a list that might be forgotten is not shown. */
  async keepList(partitionId: string, number: number, list: StreamedFile): Promise<void> {
    if ((await this.root.in('lists').in(partitionId).putStream(named(number, LIST), list)) !== undefined) throw unusable();
  }

  /** The partition with the number after which the next list follows: above every one that was kept, also by a process that was killed then. */
  async numbered<P extends { readonly id: string; readonly last_number: number }>(partition: P): Promise<P> {
    return { ...partition, last_number: Math.max(partition.last_number, await this.lastList(partition.id)) };
  }

  /** 0 before the first list. Refuses UNAVAILABLE where the folder cannot be used. */
  async lastList(partitionId: string): Promise<number> {
    const names = await this.root.in('lists').in(partitionId).names().catch(() => {
      throw unusable();
    });
    const newest = names.at(-1);
    return newest === undefined ? 0 : numberOf(newest, LIST);
  }

  async list(partitionId: string, number: number): Promise<Buffer | undefined> {
    return this.root.in('lists').in(partitionId).read(named(number, LIST));
  }

  /** Partitions that have a list, in order. */
  async partitions(): Promise<string[]> {
    return this.root.in('lists').names();
  }

  private blockOf(number: number): WriteOnceFolder {
    return this.root.in('status').in(named(Math.floor(number / BLOCK), ''));
  }
}

function named(number: number, suffix: string): string {
  return `${String(number).padStart(10, '0')}${suffix}`;
}

function numberOf(name: string, suffix: string): number {
  return Number(name.slice(0, -suffix.length));
}

function unusable(): Error {
  log.error('alarm: what is published cannot be kept outside of the database', { code: 'FOLDER_UNUSABLE' });
  return platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'FOLDER_UNUSABLE' } });
}
