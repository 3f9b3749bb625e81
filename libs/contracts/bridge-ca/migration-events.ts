import { defineEvent } from '#kernel';
import { z } from 'zod';

const of = { batchId: z.uuid(), prefecture: z.string().regex(/^\d{2}$/), at: z.iso.datetime() };

export const migrationBatchRejected = defineEvent('bridge-ca', 'migration.batch-rejected', {
  summary: 'The records of a prefecture differ from what its trailer or its last list says; none of them stays',
  data: z.object({ ...of, differences: z.number().int() }),
});

export const migrationBatchAccepted = defineEvent('bridge-ca', 'migration.batch-accepted', {
  summary: 'A prefecture signed the reconciliation of its records',
  data: z.object({ ...of, records: z.number().int() }),
});

export const migrationCutOver = defineEvent('bridge-ca', 'migration.cut-over', {
  summary: 'The former system of a prefecture has ended: its lists are made of the migrated records',
  data: z.object({ ...of, continuity: z.enum(['KEY_MOVED', 'CRL_SIGNER']) }),
});

export const migrationEvents = [migrationBatchRejected, migrationBatchAccepted, migrationCutOver] as const;
