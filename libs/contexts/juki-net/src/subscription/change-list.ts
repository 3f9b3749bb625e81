import { writtenText } from '#contracts/juki-net';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { type ListIntake, listAnswer, listRefusals, type ReadPerson } from './list-intake.js';

const requesterRef = writtenText(40);

/** Exactly one key. */
export const personKeyInput = { residentCode: z.string().max(11).optional(), individualNumber: z.string().max(12).optional() };
export const hasOneKey = (person: { residentCode?: string | undefined; individualNumber?: string | undefined }): boolean => (person.residentCode === undefined) !== (person.individualNumber === undefined);

const listedInput = z
  .strictObject({ ...personKeyInput, requesterRef, sinceDate: z.iso.date().optional().describe('day of the organisation\'s own data; without it they are as of today') })
  .refine(hasOneKey, { params: { code: 'ONE_KEY' } });

const spec = useCase({
  action: 'juki-net.subscription.change-list',
  kind: 'command',
  summary: 'Takes persons off a subscription, by their references, and adds others to it',
  input: z.strictObject({ subscriptionId: z.uuid(), remove: z.array(requesterRef).max(1_000).default([]), add: z.array(listedInput).max(1_000).default([]) }),
  output: listAnswer.extend({ removed: z.number() }),
  refusals: listRefusals,
});

type Input = InputOf<typeof spec>;

export class ChangeList implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly intake: ListIntake) {}

  async execute(ctx: Ctx, { subscriptionId, remove, add }: Input): Promise<OutputOf<typeof spec>> {
    const { grant } = await this.intake.requireOpen(ctx, subscriptionId);
    await this.intake.lockActive(ctx, subscriptionId);
    const { subscriptions } = this.intake.parts;
    const gone = await subscriptions.removePersons(ctx.db, subscriptionId, { refs: remove.map((ref) => subscriptions.refIndex(subscriptionId, ref)) });
    ctx.audit({ object: `subscription:${subscriptionId}`, subjects: gone, facts: { removed: gone.length } });
    return { removed: gone.length, ...(await this.intake.takeIn(ctx, subscriptionId, grant, add.map(toRead))) };
  }
}

function toRead({ residentCode, individualNumber, ...rest }: Input['add'][number], index: number): ReadPerson {
  const keyKind = residentCode === undefined ? 'INDIVIDUAL_NUMBER' : 'RESIDENT_CODE';
  return { line: index + 1, keyKind, key: residentCode ?? individualNumber ?? '', ...rest };
}
