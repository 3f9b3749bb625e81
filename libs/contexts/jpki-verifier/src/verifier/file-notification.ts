import { z } from 'zod';
import { jpkiVerifierProblems, PROVISION_MODES, VERIFIER_PURPOSES } from '#contracts/jpki-verifier';
import { localDateFault, localDateInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isCertificationUseless, NETWORKS, purposesNotOpen } from './verifier.js';
import { byId, clientCertificate, contact, paperRef, verifierView, viewOf } from './verifier-view.js';
import type { VerifierSteps } from './verifier-steps.js';

const found = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
const distinct = (items: readonly string[]): boolean => new Set(items).size === items.length;

const certifySpec = useCase({
  action: 'jpki-verifier.verifier.certify',
  kind: 'command',
  summary: 'Files the certification of the Minister, or the one that follows it',
  input: byId.extend({
    certificationNo: paperRef,
    certificationExpiry: z.string().refine((text) => localDateFault(text) === undefined, { params: { code: 'DATE' } }).describe('last day'),
  }),
  output: verifierView,
  refusals: [...refusals(jpkiVerifierProblems, 'CERTIFICATION_ENDED', 'CERTIFICATION_NOT_FOR_CLASS', 'NOT_IN_STATE'), ...found],
});

/** JPKI 3.11: CERTIFIED; later the state stays, and officers have to check it. One that follows while the provision runs waits for them. */
export class FileCertification implements UseCase<typeof certifySpec> {
  readonly spec = certifySpec;

  constructor(private readonly steps: VerifierSteps) {}

  async execute(ctx: Ctx, { verifierId, certificationNo, certificationExpiry }: InputOf<typeof certifySpec>): Promise<OutputOf<typeof certifySpec>> {
    const held = await this.steps.held(ctx, verifierId);
    const expiry = toLocalDate(certificationExpiry);
    if (isCertificationUseless(held, expiry, localDateInJapan(ctx.now))) throw jpkiVerifierProblems.refuse('CERTIFICATION_ENDED');
    const changes = held.state === 'PRODUCTION' ? { renewalNo: certificationNo, renewalExpiry: expiry } : { certificationNo, certificationExpiry: expiry };
    return viewOf(await this.steps.take(ctx, held, held.state === 'TEST_ACCESS' ? 'CERTIFY' : 'RENEW', changes));
  }
}

const notifySpec = useCase({
  action: 'jpki-verifier.verifier.notify',
  kind: 'command',
  summary: 'Files the notification of a verifier: for what, by which ways and over which network',
  input: byId.extend({
    purposes: z.array(z.enum(VERIFIER_PURPOSES)).min(1).refine(distinct, { params: { code: 'REPEATED' } }),
    modes: z.array(z.enum(PROVISION_MODES)).min(1).refine(distinct, { params: { code: 'REPEATED' } }),
    network: z.enum(NETWORKS),
    clientCertificate,
    contacts: z.array(contact).min(1).max(5),
  }),
  output: verifierView,
  refusals: [...refusals(jpkiVerifierProblems, 'CERTIFICATION_ENDED', 'CERTIFICATION_MISSING', 'NOT_IN_STATE', 'PURPOSE_NOT_OPEN'), ...found],
});

/** JPKI 3.11, 4.13: NOTIFIED. */
export class FileNotification implements UseCase<typeof notifySpec> {
  readonly spec = notifySpec;

  constructor(private readonly steps: VerifierSteps) {}

  async execute(ctx: Ctx, { verifierId, ...agreement }: InputOf<typeof notifySpec>): Promise<OutputOf<typeof notifySpec>> {
    const held = await this.steps.held(ctx, verifierId);
    const [closed] = purposesNotOpen(held.class, agreement.purposes);
    if (closed !== undefined) throw jpkiVerifierProblems.refuse('PURPOSE_NOT_OPEN', { facts: { purpose: closed, class: held.class } });
    return viewOf(await this.steps.take(ctx, held, 'NOTIFY', { ...agreement, reason: null }));
  }
}

const endSpec = useCase({
  action: 'jpki-verifier.verifier.end',
  kind: 'command',
  summary: 'Ends the provision to a verifier, or an application that is given up',
  input: byId,
  output: verifierView,
  refusals: [...refusals(jpkiVerifierProblems, 'NOT_IN_STATE'), ...found],
});

/** JPKI 3.11: ENDED, with its access at once. */
export class EndVerifier implements UseCase<typeof endSpec> {
  readonly spec = endSpec;

  constructor(private readonly steps: VerifierSteps) {}

  async execute(ctx: Ctx, { verifierId }: InputOf<typeof endSpec>): Promise<OutputOf<typeof endSpec>> {
    return viewOf(await this.steps.take(ctx, await this.steps.held(ctx, verifierId), 'END'));
  }
}
