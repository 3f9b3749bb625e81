import type { ProvisionMode } from '#contracts/jpki-ca';
import type { Ctx, JournalTable } from '#platform';
import { serialHex, type CaId } from '../ca/ca.js';

/** What a verifier was answered. */
export interface StatusUse {
  readonly ca: CaId;
  readonly mode: ProvisionMode;
  /** Of an issued certificate. */
  readonly serial?: number | undefined;
  readonly status: 'good' | 'revoked' | 'unknown' | 'list';
}

const statusUses: JournalTable = { name: 'status_use', columns: { at: 'timestamptz', organisation: 'text', ca: 'text', mode: 'text', serial: 'text', status: 'text' } };

/** Goes out in the statement that writes the audit lines of the answer: the count of JPKI 4.13 costs no round trip. */
export function noteUse(ctx: Ctx, organisation: string, { ca, mode, serial, status }: StatusUse): void {
  if (ctx.actor.kind !== 'signature-verifier') return;
  ctx.journal(statusUses, { at: ctx.now, organisation, ca, mode, serial: serial === undefined ? '' : serialHex(serial), status });
}
