import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { certificatePairFaultOf, parseCertificate, parseName, type ParsedCertificate } from '#pki';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { endAfterYears, toSecond } from '../authority/authority.js';
import { keyAnswer } from '../authority/authorities.js';
import type { AuthorityRow } from '../authority/authority.store.js';
import { drawSerial, modulusBits, signLinted } from '../authority/certificate-signer.js';
import { anotherOfficer, type Generations } from '../authority/generations.js';
import { crossProfile } from '../authority/profiles.js';
import { lastActor, mayStep, stateAfter } from './cross-certification.js';
import type { CrossRecord, DirectionRow } from './cross-certification.store.js';
import { directionOf, requireState, withDirection, type CrossDesk } from './cross-desk.js';
import { byCross, byDirection, crossView, viewOf } from './cross-view.js';
import { deliveredCertificate, deliveryFault } from './delivered-certificate.js';
import { requestFaults } from './exchange-request.js';

const MOST_BASE64 = 32_768;
const known = [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')];

type Issued = Pick<DirectionRow, 'certificate' | 'serial' | 'issuerGeneration' | 'subjectGeneration' | 'notBefore' | 'notAfter'>;

const issueSpec = useCase({
  action: 'bridge-ca.cross-certification.issue', kind: 'command',
  summary: 'Issues the certificate of one direction by an own authority, or takes in the one that an external authority delivered; by another officer than the one who confirmed the digest',
  input: byDirection.extend({ certificate: z.base64().max(MOST_BASE64).optional().describe('of an external issuer: DER or PKCS#7') }), output: crossView,
  refusals: [...known, ...refusals(bridgeCaProblems, 'AUTHORITY_WITHOUT_KEY', 'CERTIFICATE_DIFFERS', 'KEY_CHANGED'), ...refusals(platformProblems, 'UNAVAILABLE')],
});

/** JPKI 3.10: FINGERPRINT_CONFIRMED -> ISSUED with the second certificate. */
export class IssueCrossCertificate implements UseCase<typeof issueSpec> {
  readonly spec = issueSpec;

  constructor(
    private readonly generations: Generations,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, { crossId, direction: name, certificate: delivered }: InputOf<typeof issueSpec>): Promise<OutputOf<typeof issueSpec>> {
    const record = await this.desk.take(ctx, crossId);
    const direction = directionOf(record, name);
    requireState(record, mayStep(record.state, direction, 'ISSUE'));
    const issuedBy = anotherOfficer(ctx, lastActor('ISSUE', direction));
    // Nobody changes the keys of either while one of them is used.
    const [first, second] = [direction.issuer, direction.subject].sort();
    for (const id of [first, second]) await this.generations.lock(ctx, id ?? '');
    const faults = await requestFaults(ctx.db, this.generations.authorities, direction, direction.request ?? Buffer.alloc(0));
    if (faults.length > 0) return this.startAgain(ctx, record, direction, faults);
    const issuer = await this.generations.lock(ctx, direction.issuer);
    const issued = issuer.kind === 'EXTERNAL' ? await this.takeIn(ctx, direction, delivered) : await this.sign(ctx, direction, issuer);
    const directions = withDirection(record, { ...direction, ...issued, issuedBy });
    return viewOf(await this.desk.save(ctx, record, { directions, state: stateAfter('ISSUE', directions) }, { direction: name, serial: issued.serial ?? '' }));
  }

  /** The subject has another key since the request: what is issued to the old one would be of no use. A certificate that exists is to be revoked first. */
  private async startAgain(ctx: Ctx, record: CrossRecord, { direction }: DirectionRow, faults: readonly string[]): Promise<OutputOf<typeof issueSpec>> {
    if (record.directions.some(({ issuedBy }) => issuedBy !== null)) throw bridgeCaProblems.refuse('KEY_CHANGED');
    return viewOf(await this.desk.giveBack(ctx, record, direction, faults));
  }

  private async sign(ctx: Ctx, { issuer, subject, terms }: DirectionRow, authority: AuthorityRow): Promise<Issued> {
    const by = await keyAnswer(() => this.generations.authorities.issuing(ctx.db, issuer));
    const row = found(await this.generations.store.active(ctx.db, subject));
    const root = this.generations.authorities.certificateOf(row);
    const profile = crossProfile(terms, { issuer: parseName(authority.subjectDer), subject: root.subject, modulusBits: modulusBits(root.spki) });
    const serial = drawSerial();
    const [notBefore, end] = [toSecond(ctx.now), endAfterYears(ctx.now, terms.years)];
    const notAfter = end < by.certificate.notAfter ? end : by.certificate.notAfter;
    const content = { profile, serial, subjectDer: root.subjectDer, issuer: by.issuer, notBefore, notAfter, spki: root.spki };
    const certificate = await keyAnswer(() => signLinted({ content, key: by.key, issuer: by.certificate, isForeignSubject: row.keyId === null }));
    return { certificate, serial: serial.toString(), issuerGeneration: by.generation, subjectGeneration: row.generation, notBefore, notAfter };
  }

  private async takeIn(ctx: Ctx, { issuer, subject, terms }: DirectionRow, delivered: string | undefined): Promise<Issued> {
    const { authorities, store } = this.generations;
    const [by, to] = [found(await store.active(ctx.db, issuer)), found(await store.active(ctx.db, subject))];
    const certificate = deliveredCertificate(Buffer.from(delivered ?? '', 'base64'));
    const fault = certificate === undefined ? 'UNREADABLE' : deliveryFault(certificate, { issuer: authorities.certificateOf(by), subject: authorities.certificateOf(to), terms, now: ctx.now });
    if (certificate === undefined || fault !== undefined) throw bridgeCaProblems.refuse('CERTIFICATE_DIFFERS', { facts: { fault: fault ?? 'UNREADABLE' } });
    const { der, serial, notBefore, notAfter } = certificate;
    return { certificate: der, serial: serial.toString(), issuerGeneration: by.generation, subjectGeneration: to.generation, notBefore, notAfter };
  }
}

const publishSpec = useCase({
  action: 'bridge-ca.cross-certification.publish', kind: 'command', summary: 'Another officer puts the complete pair into the repository, at the entries of both authorities',
  input: byCross, output: crossView, refusals: [...known, ...refusals(bridgeCaProblems, 'CROSS_CERTIFIED', 'PAIR_DIFFERS')],
});

/** JPKI 3.10: ISSUED -> PUBLISHED, when both certificates are a pair (X.509 11.2.3). */
export class PublishCrossCertification implements UseCase<typeof publishSpec> {
  readonly spec = publishSpec;

  constructor(
    private readonly generations: Generations,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, { crossId }: InputOf<typeof publishSpec>): Promise<OutputOf<typeof publishSpec>> {
    const record = await this.desk.take(ctx, crossId);
    const publishedBy = anotherOfficer(ctx, ...record.directions.map(({ issuedBy }) => issuedBy));
    requireState(record, record.state === 'ISSUED');
    const [standing] = await this.desk.store.list(ctx.db, { counterpart: record.counterpart, state: 'PUBLISHED', before: undefined, limit: 1 });
    if (standing !== undefined) throw bridgeCaProblems.refuse('CROSS_CERTIFIED', { facts: { crossId: standing.id } });
    const fault = await this.pairFault(ctx, record);
    if (fault !== undefined) throw bridgeCaProblems.refuse('PAIR_DIFFERS', { facts: { fault } });
    return viewOf(await this.desk.save(ctx, record, { state: 'PUBLISHED', publishedBy, publishedAt: ctx.now }));
  }

  /** A change of keys between the two directions leaves no pair. */
  private async pairFault(ctx: Ctx, record: CrossRecord): Promise<string | undefined> {
    const [reverse, forward] = (['TO_COUNTERPART', 'TO_BRIDGE'] as const).map((name) => directionOf(record, name));
    const bridge = found(await this.generations.store.generation(ctx.db, forward?.subject ?? '', forward?.subjectGeneration ?? 0));
    return certificatePairFaultOf({ forward: parsed(forward), reverse: parsed(reverse) }, this.generations.authorities.certificateOf(bridge));
  }
}

function parsed(direction: DirectionRow | undefined): ParsedCertificate {
  return parseCertificate(direction?.certificate ?? Buffer.alloc(0));
}
