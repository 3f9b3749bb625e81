import { createHash } from 'node:crypto';
import { z } from 'zod';
import { serialHex } from '../authority/authority-view.js';
import { CAUSES, CROSS_STATES, DIRECTIONS, type Cause } from './cross-certification.js';
import type { CrossRecord, CrossRow } from './cross-certification.store.js';
import { crossTerms } from './cross-terms.js';

export const byCross = z.strictObject({ crossId: z.uuid() });
export const byDirection = byCross.extend({ direction: z.enum(DIRECTIONS) });

const CAUSE_NAMES = Object.keys(CAUSES) as [Cause, ...Cause[]];
export const cause = z.enum(CAUSE_NAMES);

const summaryShape = {
  crossId: z.uuid(), counterpart: z.string(), state: z.enum(CROSS_STATES), faults: z.array(z.string()).describe('why the exchange went back to PROPOSED last'), renews: z.uuid().optional(),
  decisionRef: z.string().optional(), proposedAt: z.iso.datetime(), publishedAt: z.iso.datetime().optional(), isRevocationAsked: z.boolean(), cause: cause.optional(), endedAt: z.iso.datetime().optional(),
};
export const crossSummary = z.object(summaryShape);
export const crossView = z.object({
  ...summaryShape,
  directions: z.array(z.object({
    direction: z.enum(DIRECTIONS), issuer: z.string(), subject: z.string(), terms: crossTerms, requestSha256: z.string().optional(), isConfirmed: z.boolean(),
    serial: z.string().optional(), sha256: z.string().optional(), notBefore: z.iso.datetime().optional(), notAfter: z.iso.datetime().optional(),
  })),
});

export function summaryOf(row: CrossRow): z.input<typeof crossSummary> {
  return {
    crossId: row.id, counterpart: row.counterpart, state: row.state, faults: [...row.faults], renews: row.renews ?? undefined, decisionRef: row.decisionRef ?? undefined,
    proposedAt: row.proposedAt.toISOString(), publishedAt: row.publishedAt?.toISOString(), isRevocationAsked: row.askedBy !== null, cause: row.cause ?? undefined, endedAt: row.endedAt?.toISOString(),
  };
}

export function viewOf(record: CrossRecord): z.input<typeof crossView> {
  return {
    ...summaryOf(record),
    directions: record.directions.map(({ direction, issuer, subject, terms, request, confirmedBy, serial, certificate, notBefore, notAfter }) => ({
      direction, issuer, subject, terms: { ...terms, policies: [...terms.policies], mappings: [...terms.mappings] }, requestSha256: sha256Of(request), isConfirmed: confirmedBy !== null,
      serial: serial === null ? undefined : serialHex(serial), sha256: sha256Of(certificate), notBefore: notBefore?.toISOString(), notAfter: notAfter?.toISOString(),
    })),
  };
}

function sha256Of(octets: Buffer | null): string | undefined {
  return octets === null ? undefined : createHash('sha256').update(octets).digest('hex');
}
