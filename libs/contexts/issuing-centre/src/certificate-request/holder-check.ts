import { createPublicKey } from 'node:crypto';
import { cardLedgerState } from '#contracts/card-issuance';
import { residentLinkMoved } from '#contracts/issuing-centre';
import { authCertificateStatus } from '#contracts/jpki-ca';
import { isCertificateSignedBy, keyUsageOf, parseCertificate, PkiError, type ParsedCertificate } from '#pki';
import { uuidv7, type Ctx, type PeerCall, type Peers } from '#platform';
import type { RpcDefinition } from '#kernel';
import { linkObject } from '../resident-link/link-resident.js';
import type { DomicileRegistrationStore } from '../resident-link/domicile-registration.store.js';
import type { ResidentLinkStore } from '../resident-link/resident-link.store.js';
import type { Access, CertificateRequest } from './certificate-request.store.js';
import { challengeOf, isSignedBy } from './challenge.js';

/** With the tries of an unreachable neighbour it is 5 seconds (CARD-4.15, 4.17). */
const STATUS_DEADLINE_MS = 3_500;

export type HolderFault = 'CARD_NOT_ACTIVE' | 'CERT_INVALID' | 'CERT_STATUS_UNAVAILABLE' | 'NOT_LINKED' | 'SIGNATURE_INVALID';

/** Who stands at the kiosk, as far as the municipality that is asked knows. */
export interface Holder {
  readonly access: Access;
  readonly residentKey: string | null;
  readonly serial: string | null;
  readonly cardSerial: string | null;
}

export type HolderVerdict = Holder | { readonly fault: HolderFault };

export interface HolderCheckParts {
  readonly links: ResidentLinkStore;
  readonly registrations: DomicileRegistrationStore;
  readonly peers: Peers;
}

/** CARD-4.15 steps 3 and 4; what cannot be known is refused (CARD-7). */
export class HolderCheck {
  constructor(private readonly parts: HolderCheckParts) {}

  /** By the authentication certificate of a number card. */
  async byCertificate(ctx: Ctx, request: CertificateRequest, der: Buffer, signature: Buffer): Promise<HolderVerdict> {
    const certificate = parsed(der);
    if (certificate === undefined || !isInTime(certificate, ctx.now)) return { fault: 'CERT_INVALID' };
    if (!isSignedBy(challenge(request), signature, createPublicKey({ key: certificate.spki, format: 'der', type: 'spki' }))) return { fault: 'SIGNATURE_INVALID' };
    const serial = serialHex(certificate.serial);
    const status = await this.ask(ctx, authCertificateStatus, { serial });
    if (status === undefined) return { fault: 'CERT_STATUS_UNAVAILABLE' };
    if (status.status !== 'GOOD' || status.cardSerial === undefined || !isIssuedBy(certificate, status.issuer)) return { fault: 'CERT_INVALID' };
    const fault = await this.cardFault(ctx, status.cardSerial);
    if (fault !== undefined) return { fault };
    return { ...(await this.known(ctx, request.municipalityCode, serial, status.predecessors)), serial, cardSerial: status.cardSerial };
  }

  /** By the ordinance application of a number card or juki card: the key that its municipality registered. */
  async byOrdinanceId(ctx: Ctx, request: CertificateRequest, ordinanceId: string, signature: Buffer): Promise<HolderVerdict> {
    const link = await this.parts.links.find(ctx.db, 'ORDINANCE_AP', ordinanceId);
    if (link?.publicKey == null || link.municipalityCode !== request.municipalityCode) return { fault: 'NOT_LINKED' };
    if (!isSignedBy(challenge(request), signature, createPublicKey({ key: link.publicKey, format: 'der', type: 'spki' }))) return { fault: 'SIGNATURE_INVALID' };
    const fault = link.cardSerial === null ? undefined : await this.cardFault(ctx, link.cardSerial);
    if (fault !== undefined) return { fault };
    return { access: 'RESIDENCE', residentKey: link.residentKey, serial: null, cardSerial: link.cardSerial };
  }

  private async cardFault(ctx: Ctx, cardSerial: string): Promise<HolderFault | undefined> {
    const ledger = await this.ask(ctx, cardLedgerState, { cardSerial });
    if (ledger === undefined) return 'CERT_STATUS_UNAVAILABLE';
    return ledger.state === 'ACTIVE' ? undefined : 'CARD_NOT_ACTIVE';
  }

  private async known(ctx: Ctx, municipalityCode: string, serial: string, predecessors: readonly string[]): Promise<Pick<Holder, 'access' | 'residentKey'>> {
    const { links, registrations } = this.parts;
    if ((await links.find(ctx.db, 'AUTH_CERT', serial)) === undefined && predecessors.length > 0) await ctx.transaction((tx) => this.renew(tx, serial, predecessors));
    const link = await links.find(ctx.db, 'AUTH_CERT', serial);
    if (link?.municipalityCode === municipalityCode) return { access: 'RESIDENCE', residentKey: link.residentKey };
    const residentKey = await registrations.residentKey(ctx.db, serial, municipalityCode);
    return residentKey === undefined ? { access: 'NONE', residentKey: null } : { access: 'DOMICILE', residentKey };
  }

  /** A renewed certificate keeps the link; registrations of the domicile have to be made again. */
  private async renew(tx: Ctx, serial: string, predecessors: readonly string[]): Promise<void> {
    for (const one of predecessors) await this.parts.registrations.removeOfSerial(tx.db, one);
    const old = await this.parts.links.renew(tx.db, serial, predecessors);
    if (old === undefined) return;
    tx.emit(residentLinkMoved, { aggregateId: uuidv7(), sequence: 1, data: { municipalityCode: old.municipalityCode } });
    tx.audit({ object: linkObject('AUTH_CERT', serial), facts: { predecessor: linkObject('AUTH_CERT', old.predecessor), municipalityCode: old.municipalityCode } });
  }

  /** Undefined when there is no answer in time, or none that is one: fail closed. */
  private async ask<I, O>(ctx: Ctx, rpc: RpcDefinition<I, O>, input: I): Promise<O | undefined> {
    const call: PeerCall = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CONVENIENCE_ISSUANCE', deadlineMs: STATUS_DEADLINE_MS };
    return this.parts.peers.call(rpc, call, input).catch(() => undefined);
  }
}

function challenge({ id, nonce, municipalityCode }: CertificateRequest): Buffer {
  return challengeOf(id, nonce, municipalityCode);
}

function parsed(der: Buffer): ParsedCertificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function isInTime(certificate: ParsedCertificate, now: Date): boolean {
  return certificate.notBefore <= now && now <= certificate.notAfter && keyUsageOf(certificate)?.includes('digitalSignature') === true;
}

/** One step up to the authority, whose own key jpki-ca answers for. */
function isIssuedBy(certificate: ParsedCertificate, issuer: Buffer | undefined): boolean {
  if (issuer === undefined) return false;
  const authority = parsed(issuer);
  return authority !== undefined && certificate.issuerDer.equals(authority.subjectDer) && isCertificateSignedBy(certificate, authority.spki);
}

function serialHex(serial: bigint): string {
  const digits = serial.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
