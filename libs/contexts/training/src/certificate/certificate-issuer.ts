import { certificateIssued, certificateRevoked, trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { canonicalJson, log, platformProblems, type Ctx, type Db } from '#platform';
import { isOwnBody } from '../permitted.js';
import { certificateNumber, type SignedPayload } from './certificate.js';
import type { CertificateKeys } from './certificate-keys.js';
import type { CertificateRecord, CertificateStore } from './certificate.store.js';

/** Somebody has completed something: what a certificate says (TRN-4.9). */
export type Completion = Pick<CertificateRecord, 'subject' | 'bodyCode' | 'courseCode' | 'fiscalYear' | 'sessionNo' | 'title' | 'holderRef' | 'holderName'>;

/** Issues, replaces and ends certificates, in the caller's transaction. */
export class CertificateIssuer {
  constructor(
    private readonly store: CertificateStore,
    private readonly keys: CertificateKeys,
  ) {}

  /** The certificate for what was completed: the one there is, whatever has become of it, else a new one. */
  async issue(ctx: Ctx, completion: Completion): Promise<CertificateRecord> {
    return (await this.store.ofSubject(ctx.db, completion.subject)) ?? this.make(ctx, completion, null);
  }

  /** The holder has another name: a new certificate takes the place of this one (TRN-4.9). Refuses NOT_IN_STATE; the same name changes nothing. */
  async rename(ctx: Ctx, held: CertificateRecord, holderName: string): Promise<CertificateRecord> {
    if (held.state !== 'ISSUED') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    if (held.holderName === holderName.normalize('NFC')) return held;
    await this.store.end(ctx.db, { ...held, state: 'SUPERSEDED', reason: 'NAME_CHANGED' }, ctx.now);
    return this.make(ctx, { ...held, holderName }, held.no);
  }

  /** Refuses NOT_IN_STATE for one that was superseded; what is revoked stays as it is. */
  async revoke(ctx: Ctx, held: CertificateRecord, reason: string): Promise<CertificateRecord> {
    if (held.state === 'REVOKED') return held;
    if (held.state !== 'ISSUED') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    const revoked: CertificateRecord = { ...held, state: 'REVOKED', reason, told: held.told + 1 };
    await this.store.end(ctx.db, revoked, ctx.now);
    ctx.audit({ object: `certificate:${held.no}`, facts: { state: 'REVOKED', reason } });
    ctx.emit(certificateRevoked, { aggregateId: held.no, sequence: revoked.told, data: { no: held.no, courseCode: held.courseCode, at: ctx.now.toISOString() } });
    return revoked;
  }

  /** The certificate if the caller may see its holder; refuses UNKNOWN, also where it is another body's (TRN-7). */
  async permitted(ctx: Ctx, no: string, isLocked = false): Promise<CertificateRecord> {
    const held = isLocked ? await this.store.lock(ctx.db, no) : await this.store.find(ctx.db, no);
    if (held === undefined || !isOwnBody(ctx, held.bodyCode)) throw trainingProblems.refuse('UNKNOWN');
    await this.requireWhole(ctx.db, held);
    return held;
  }

  /** What is told of a certificate was signed: a record that somebody changed is a fault, no answer. */
  async requireWhole(db: Db, held: CertificateRecord): Promise<void> {
    if (await this.keys.isSigned(db, { ...held, message: signedBytes(held) })) return;
    log.error('a certificate is not what was signed', { code: 'CERTIFICATE_CHANGED' });
    throw platformProblems.refuse('INTERNAL');
  }

  private async make(ctx: Ctx, completion: Completion, supersedes: string | null): Promise<CertificateRecord> {
    const { subject, bodyCode, courseCode, fiscalYear, sessionNo, title, holderRef } = completion;
    const serial = await this.store.nextSerial(ctx.db, completion);
    // Whoever issued for the same one is done by now: its serial came before ours.
    const other = supersedes === null ? await this.store.ofSubject(ctx.db, subject) : undefined;
    if (other !== undefined) return other;
    const no = certificateNumber({ fiscalYear, courseCode, sessionNo, serial });
    const made = {
      no, state: 'ISSUED', subject, bodyCode, courseCode, fiscalYear, sessionNo, title, holderRef, holderName: completion.holderName.normalize('NFC'),
      issuedOn: localDateInJapan(ctx.now), supersedes, reason: null, told: 1,
    } as const;
    const certificate: CertificateRecord = { ...made, ...(await this.keys.sign(ctx.db, signedBytes(made))) };
    await this.store.add(ctx.db, certificate, ctx.now);
    ctx.audit({ object: `certificate:${no}`, facts: { subject: `${subject.kind}:${subject.id}`, ...(supersedes === null ? {} : { supersedes }) } });
    ctx.emit(certificateIssued, { aggregateId: no, sequence: 1, data: { no, courseCode, at: ctx.now.toISOString() } });
    return certificate;
  }
}

/** TRN-4.9: canonical JSON (RFC 8785). */
export function signedBytes({ courseCode, fiscalYear, holderRef, issuedOn, no, sessionNo, title }: SignedPayload): Buffer {
  return Buffer.from(canonicalJson({ courseCode, fiscalYear, holderRef, issuedOn, no, sessionNo, title }));
}
