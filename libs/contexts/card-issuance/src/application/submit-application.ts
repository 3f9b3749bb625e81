import type { Readable } from 'node:stream';
import { Refusal } from '#kernel';
import { applicationReceived, cardIssuanceProblems } from '#contracts/card-issuance';
import { getPersons } from '#contracts/juki-net';
import { refusals, requireJurisdiction, platformProblems, sqlState, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { CardStore } from '../card/card.store.js';
import type { DelegationStore } from '../delegation/delegation.store.js';
import { requireDelegated } from '../delegation/require-delegated.js';
import { APPLICATION_STATES, CHANNELS, decideIntake, decideRepetition, requireChannel } from './application.js';
import { isApplicationId } from './application-id.js';
import type { Application, ApplicationStore, CheckedPhoto, Form, NewApplication } from './application.store.js';
import type { AttemptLimit } from './attempt-limit.js';
import { NOTICE_LANGUAGES } from './deficiency-texts.js';
import { findingView, judgePhoto } from './judge-photo.js';
import { openPhoto, readPhoto } from './photo/photo-file.js';

export const wish = z.enum(['true', 'false']).transform((text) => text === 'true');
export const solution = { challenge: z.string().max(80).optional(), nonce: z.string().max(32).optional() };

const spec = useCase({
  action: 'card-issuance.application.submit',
  kind: 'process',
  summary: 'Takes in an application: the photo is the body (JPEG), all else are query parameters; repeating it with the same photo gives the first answer. It tells at once what a machine noticed about the photo',
  input: z.strictObject({
    applicationId: z.string(), channel: z.enum(CHANNELS), wishSign: wish, wishAuth: wish, representative: wish.default(false),
    language: z.enum(NOTICE_LANGUAGES).default('ja'), issuingOffice: z.string().regex(/^\d{3}$/).default('000').describe('office of the municipality at which the card is handed over'),
    visitRef: z.string().regex(/^[A-Za-z0-9-]{1,32}$/).optional().describe('the group visit at which it was taken in'), ...solution,
  }),
  output: z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES), receivedAt: z.iso.datetime(), findings: z.array(findingView) }),
  refusals: [
    ...refusals(cardIssuanceProblems, 'BAD_ID', 'CHALLENGE_REQUIRED', 'CHANNEL_NOT_PERMITTED', 'FORM_OUTDATED', 'FORM_USED', 'DUPLICATE', 'NOT_DELEGATED', 'P02', 'F01', 'F05', 'F06', 'F07', 'RATE_LIMIT', 'WISH_NOT_ALLOWED'),
    ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

interface Parts {
  readonly applications: ApplicationStore;
  readonly cards: CardStore;
  readonly peers: Peers;
  readonly delegations: DelegationStore;
  readonly limit: AttemptLimit;
}

/** Intake with its automatic checks (CARD-4.3). */
export class SubmitApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: Parts) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const { applications, cards, peers } = this.parts;
    // Read before anything is refused: a sender whose body nobody takes does not hear the answer.
    const original = await readPhoto(body);
    requireChannel(input.channel, ctx.actor.kind);
    const form = await this.findForm(ctx, input);
    requireJurisdiction(ctx, form.municipalityCode);
    if (ctx.actor.kind === 'operator') await requireDelegated(ctx, this.parts.delegations, form.municipalityCode, 'APPLICATION_INTAKE');
    const photo = await openPhoto(original);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' };
    const { persons } = await peers.call(getPersons, call, { personKeys: [form.personKey] });
    const [person] = persons;
    const holdsValidCard = await cards.barsApplication(ctx.db, form.personKey);
    const factVersion = decideIntake({ formMunicipality: form.municipalityCode, wishSign: input.wishSign, representative: input.representative, holdsValidCard, person }, ctx.now);
    const { checked, findings, manual } = await judgePhoto(ctx, applications, form.personKey, photo);
    try {
      return await ctx.transaction((tx) => this.record(tx, form, { ...input, personKey: form.personKey, municipalityCode: form.municipalityCode, factVersion, findings, manual, stayAwaited: person?.foreignResident === true }, checked));
    } catch (error) {
      // Two forms of one person at the same moment: the index lets one in.
      if (sqlState(error) === '23505') throw cardIssuanceProblems.refuse('DUPLICATE');
      if (error instanceof Refusal && error.code === 'DUPLICATE') await ctx.transaction((tx) => this.noteSecondPhoto(tx, form.applicationId, checked));
      throw error;
    }
  }

  /** Two photos under one ID may be of different persons: somebody looks twice (CARD-7). */
  private async noteSecondPhoto(tx: Ctx, applicationId: string, photo: CheckedPhoto): Promise<void> {
    const first = await this.parts.applications.lock(tx.db, applicationId);
    if (first === undefined || first.manual || first.photoHash.equals(photo.hash) || (first.state !== 'RECEIVED' && first.state !== 'UNDER_REVIEW')) return;
    await this.parts.applications.setManual(tx.db, applicationId, [...first.findings, { code: 'P09', measure: 'photosOfOneId', severity: 'MANUAL', value: 2, limit: 1 }]);
    tx.audit({ object: `application:${applicationId}`, facts: { finding: 'photosOfOneId' } });
  }

  private async findForm(ctx: Ctx, { applicationId, ...solved }: InputOf<typeof spec>): Promise<Form> {
    await this.parts.limit.requireRoom(ctx, solved);
    const form = isApplicationId(applicationId) ? await this.parts.applications.findForm(ctx.db, applicationId) : undefined;
    if (form !== undefined) return form;
    await this.parts.limit.countFailure(ctx);
    throw cardIssuanceProblems.refuse('BAD_ID');
  }

  private async record(tx: Ctx, form: Form, submitted: NewApplication, photo: CheckedPhoto): Promise<OutputOf<typeof spec>> {
    const { applications } = this.parts;
    await applications.lockForms(tx.db, form.personKey);
    const open = await applications.lockOpen(tx.db, form.personKey);
    const used = open === undefined ? await applications.find(tx.db, form.applicationId) : undefined;
    if (used !== undefined) throw cardIssuanceProblems.refuse('FORM_USED');
    const repetition = open === undefined ? undefined : decideRepetition(open, { ...submitted, photoHash: photo.hash }, tx.now);
    if (open !== undefined && repetition === 'FIRST_ANSWER') return answered(open, open.state);
    if (repetition === 'RESUBMISSION') await applications.resubmit(tx.db, submitted, photo, tx.now);
    else await applications.add(tx.db, submitted, photo, tx.now);
    const { applicationId, municipalityCode, channel } = submitted;
    tx.emit(applicationReceived, { aggregateId: applicationId, sequence: (open?.version ?? 0) + 1, data: { applicationId, municipalityCode, channel } });
    tx.audit({ object: `application:${applicationId}`, subjects: [form.personKey] });
    return answered({ applicationId, findings: submitted.findings, receivedAt: tx.now }, repetition === 'RESUBMISSION' ? 'UNDER_REVIEW' : 'RECEIVED');
  }
}

/** The other application of P09 is nothing for an applicant. */
export function answered({ applicationId, findings, receivedAt }: Pick<Application, 'applicationId' | 'findings' | 'receivedAt'>, state: Application['state']): OutputOf<typeof spec> {
  return { applicationId, state, receivedAt: receivedAt.toISOString(), findings: findings.map(({ otherApplicationId: _other, ...finding }) => finding) };
}
