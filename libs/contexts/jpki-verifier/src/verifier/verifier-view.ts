import { z } from 'zod';
import { platformProblems, type Ctx } from '#platform';
import { PROVISION_MODES, VERIFIER_CLASSES, VERIFIER_PURPOSES, VERIFIER_STATES, type VerifierAccess } from '#contracts/jpki-verifier';
import { characterFault } from '#kernel';
import { NETWORKS, RETURN_REASONS, SUSPENSION_REASONS } from './verifier.js';
import type { VerifierRecord } from './verifier.store.js';

export const verifierId = z.uuid();
export const byId = z.strictObject({ verifierId });
/** Short name of an institution, as its access tokens have it. */
export const organisation = z.string().regex(/^[a-z0-9-]{1,40}$/);

/** Number of a paper of the agency, the Minister or the verifier. */
export const paperRef = z.string().regex(/^[\p{L}\p{N}()（）・._/-]{1,60}$/u);

/** SHA-256 of the certificate by which a verifier connects. */
export const clientCertificate = z.string().regex(/^[0-9a-f]{64}$/);

export const contact = z.strictObject({
  desk: z.string().trim().min(1).max(60).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } }).describe('name of the desk, not of a person'),
  phone: z.string().regex(/^\+?[0-9-]{6,20}$/),
  mail: z.email().max(254),
});

const view = {
  verifierId,
  organisation: z.string(),
  class: z.enum(VERIFIER_CLASSES),
  state: z.enum(VERIFIER_STATES),
  purposes: z.array(z.enum(VERIFIER_PURPOSES)),
  modes: z.array(z.enum(PROVISION_MODES)),
  network: z.enum(NETWORKS).nullable(),
  certificationNo: z.string().nullable(),
  certificationExpiry: z.string().nullable(),
  renewalNo: z.string().nullable().describe('of the certification that follows, until it is confirmed'),
  renewalExpiry: z.string().nullable(),
  isChecked: z.boolean().describe('a first officer found it in order'),
  reason: z.enum([...RETURN_REASONS, ...SUSPENSION_REASONS]).nullable(),
  grantedAt: z.iso.datetime().nullable().describe('first access to production'),
  openedAt: z.iso.datetime(),
};

export const verifierView = z.object(view);
export const verifierDetail = z.object({
  ...view,
  hearingRef: z.string().nullable(), disclosureRef: z.string().nullable(), testRef: z.string().nullable(), clientCertificate: z.string().nullable(),
  contacts: z.array(contact), confirmers: z.array(z.string()),
});

export function viewOf(verifier: VerifierRecord): z.input<typeof verifierView> {
  const { id, checkedBy, purposes, modes, grantedAt, openedAt } = verifier;
  return {
    verifierId: id, organisation: verifier.organisation, class: verifier.class, state: verifier.state, purposes: [...purposes], modes: [...modes], network: verifier.network,
    certificationNo: verifier.certificationNo, certificationExpiry: verifier.certificationExpiry, renewalNo: verifier.renewalNo,
    renewalExpiry: verifier.renewalExpiry, isChecked: checkedBy !== null, reason: verifier.reason,
    grantedAt: grantedAt?.toISOString() ?? null, openedAt: openedAt.toISOString(),
  };
}

export function detailOf(verifier: VerifierRecord, confirmers: string[]): z.input<typeof verifierDetail> {
  const { hearingRef, disclosureRef, testRef, contacts } = verifier;
  return { ...viewOf(verifier), hearingRef, disclosureRef, testRef, clientCertificate: verifier.clientCertificate, contacts: [...contacts], confirmers };
}

/** The verifier if there is one and it is the caller's, or the caller may see all; refuses NOT_FOUND, OUT_OF_JURISDICTION. */
export function permittedVerifier(ctx: Ctx, found: VerifierRecord | undefined): VerifierRecord {
  if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireOwn(ctx, found.organisation);
  return found;
}

/** An organisation acts for itself, the agency for all; refuses OUT_OF_JURISDICTION. */
export function requireOwn(ctx: Ctx, of: string): void {
  if (ctx.permission.scope !== 'nation' && ctx.actor.organisation !== of) throw platformProblems.refuse('OUT_OF_JURISDICTION');
}

/** What those who answer a verifier have to know of it. */
export function accessOf(verifier: VerifierRecord, confirmers: string[]): VerifierAccess {
  const { id, state, reason, grantedAt, purposes, modes, told } = verifier;
  return {
    verifierId: id, organisation: verifier.organisation, class: verifier.class, state, purposes: [...purposes], modes: [...modes], confirmers, told,
    ...(state === 'SUSPENDED' && reason !== null ? { reason } : {}), ...(grantedAt === null ? {} : { grantedAt: grantedAt.toISOString() }),
  };
}
