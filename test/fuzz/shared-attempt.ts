import { MAX_INPUT } from './mutations.js';
import { TARGETS, type Target } from './samples.js';

/** Number of the attempt, parser, length, then the message: what a worker is at can be read while it hangs and after it died. */
const HEADER = 24;
export const SHARED_OCTETS = HEADER + MAX_INPUT;

export type FromWorker =
  | { readonly kind: 'found'; readonly target: Target; readonly sign: string; readonly der: Uint8Array }
  /** Counts since the last report; `heap` is what is held after a collection, in octets. */
  | { readonly kind: 'report'; readonly counts: Readonly<Record<string, number>>; readonly heap: number };

export function noteAttempt(shared: SharedArrayBuffer, target: Target, der: Buffer): void {
  const bytes = Buffer.from(shared);
  bytes.writeDoubleBE(bytes.readDoubleBE(0) + 1, 0);
  bytes.writeUInt32BE(TARGETS.indexOf(target), 8);
  bytes.writeUInt32BE(der.length, 12);
  der.copy(bytes, HEADER);
}

export function attemptIn(shared: SharedArrayBuffer): { readonly target: Target; readonly der: Buffer; readonly number: number } {
  const bytes = Buffer.from(shared);
  const der = Buffer.from(bytes.subarray(HEADER, HEADER + bytes.readUInt32BE(12)));
  return { target: TARGETS[bytes.readUInt32BE(8)] ?? 'pem', der, number: bytes.readDoubleBE(0) };
}

/** Processor time of the whole process so far: on a busy machine an hour of the clock is not an hour's work. */
export function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
