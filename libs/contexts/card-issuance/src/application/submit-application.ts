import type { Readable } from 'node:stream';
import { applicationReceived, cardIssuanceProblems } from '#contracts/card-issuance';
import { getPersons } from '#contracts/juki-net';
import { refusals, requireJurisdiction, platformProblems, sqlState, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { CardStore } from '../card/card.store.js';
import { APPLICATION_STATES, CHANNELS, decideIntake, decideRepetition } from './application.js';
import { isApplicationId } from './application-id.js';
import type { ApplicationStore, Form, NewApplication } from './application.store.js';
import { checkPhoto, readPhoto, type CheckedPhoto } from './photo.js';

const wish = z.enum(['true', 'false']).transform((text) => text === 'true');

const spec = useCase({
  action: 'card-issuance.application.submit',
  kind: 'process',
  summary: 'Takes in an application: the photo is the body (JPEG), all else are query parameters; repeating it with the same photo gives the first answer',
  input: z.strictObject({ applicationId: z.string(), channel: z.enum(CHANNELS), wishSign: wish, wishAuth: wish, representative: wish.default(false) }),
  output: z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES), receivedAt: z.iso.datetime() }),
  refusals: [
    ...refusals(cardIssuanceProblems, 'BAD_ID', 'FORM_OUTDATED', 'FORM_USED', 'DUPLICATE', 'P02', 'F01', 'F05', 'F06', 'F07', 'WISH_NOT_ALLOWED'),
    ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

/** Intake with its automatic checks (CARD-4.3). */
export class SubmitApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly applications: ApplicationStore,
    private readonly cards: CardStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    // Read before anything is refused: a sender whose body nobody takes does not hear the answer.
    const original = await readPhoto(body);
    const form = isApplicationId(input.applicationId) ? await this.applications.findForm(ctx.db, input.applicationId) : undefined;
    if (form === undefined) throw cardIssuanceProblems.refuse('BAD_ID');
    requireJurisdiction(ctx, form.municipalityCode);
    const photo = await checkPhoto(original);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' };
    const { persons } = await this.peers.call(getPersons, call, { personKeys: [form.personKey] });
    const [person] = persons;
    const holdsValidCard = await this.cards.barsApplication(ctx.db, form.personKey);
    const factVersion = decideIntake({ formMunicipality: form.municipalityCode, wishSign: input.wishSign, representative: input.representative, holdsValidCard, person }, ctx.now);
    try {
      return await ctx.transaction((tx) => this.record(tx, form, { ...input, personKey: form.personKey, municipalityCode: form.municipalityCode, factVersion }, photo));
    } catch (error) {
      // Two forms of one person at the same moment: the index lets one in.
      if (sqlState(error) === '23505') throw cardIssuanceProblems.refuse('DUPLICATE');
      throw error;
    }
  }

  private async record(tx: Ctx, form: Form, submitted: NewApplication, photo: CheckedPhoto): Promise<OutputOf<typeof spec>> {
    await this.applications.lockForms(tx.db, form.personKey);
    const open = await this.applications.lockOpen(tx.db, form.personKey);
    const used = open === undefined ? await this.applications.find(tx.db, form.applicationId) : undefined;
    if (used !== undefined) throw cardIssuanceProblems.refuse('FORM_USED');
    const repetition = open === undefined ? undefined : decideRepetition(open, { ...submitted, photoHash: photo.hash }, tx.now);
    if (open !== undefined && repetition === 'FIRST_ANSWER') return { applicationId: open.applicationId, state: open.state, receivedAt: open.receivedAt.toISOString() };
    if (repetition === 'RESUBMISSION') await this.applications.resubmit(tx.db, submitted, photo, tx.now);
    else await this.applications.add(tx.db, submitted, photo, tx.now);
    const { applicationId, municipalityCode, channel } = submitted;
    tx.emit(applicationReceived, { aggregateId: applicationId, sequence: (open?.version ?? 0) + 1, data: { applicationId, municipalityCode, channel } });
    tx.audit({ object: `application:${applicationId}`, subjects: [form.personKey] });
    return { applicationId, state: repetition === 'RESUBMISSION' ? 'UNDER_REVIEW' : 'RECEIVED', receivedAt: tx.now.toISOString() };
  }
}
