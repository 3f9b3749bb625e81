import { z } from 'zod';
import { writtenText } from '#contracts/juki-net';
import { numberingProblems } from '#contracts/numbering';
import { codeFault, looksLike } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { LinkStore } from '../link/link.store.js';
import { NOBODY } from '../link/officer-alert.js';
import type { OfficerReads } from '../link/officer-reads.js';
import type { Realm } from '../realm/realm.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { MOST_ASKED, MOST_MISSED, REALM_HINTS, realmHint, verify } from './verification.js';
import type { VerificationCountStore } from './verification-count.store.js';

const HOUR_MS = 3_600_000;

const spec = useCase({
  action: 'numbering.verification.verify',
  kind: 'process',
  summary: 'Whether a number and the four items on a form are of one person; never tells anything of the person (番号法16条)',
  input: z.strictObject({
    number: z.string().max(64),
    fourItems: z.strictObject({
      nameKanji: writtenText(100),
      nameKana: writtenText(100).optional(),
      birthDate: z.string().regex(/^\d{8}$/),
      sex: z.enum(['1', '2', '3', '9']),
      address: writtenText(200),
    }),
  }),
  output: z.object({ result: z.enum(['MATCH', 'NO_MATCH', 'UNKNOWN']), hint: z.enum(REALM_HINTS).optional() }),
  refusals: refusals(numberingProblems, 'NUMBER_FAULT', 'RATE_LIMIT'),
});

/** NUM-5.1, NUM-7. */
export class VerifyNumber implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly counts: VerificationCountStore,
    private readonly links: LinkStore,
    private readonly parts: { readonly officers: OfficerReads; readonly realm: Realm; readonly register: ResidentRegister },
  ) {}

  async execute(ctx: Ctx, { number, fourItems }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const fault = codeFault('INDIVIDUAL_NUMBER', number);
    if (fault !== undefined) throw numberingProblems.refuse('NUMBER_FAULT', { fields: [{ pointer: '/number', code: hintOf(number) ?? fault }] });
    const hour = new Date(ctx.now.getTime() - (ctx.now.getTime() % HOUR_MS));
    await this.count(ctx, hour);
    const hint = realmHint(this.parts.realm, number);
    if (hint !== undefined) {
      ctx.audit({ object: 'verification', facts: { result: 'UNKNOWN', hint } });
      return { result: 'UNKNOWN', hint };
    }
    const link = await this.links.byNumber(ctx.db, number);
    await this.parts.officers.note(ctx, link?.personKey ?? NOBODY);
    const person = link && (await this.parts.register.person(ctx, link.personKey, 'NUMBER_VERIFICATION'));
    const result = verify(link?.state, person, fourItems, ctx.now);
    if (result === 'MATCH') await ctx.transaction((tx) => this.counts.matched(tx.db, ctx.actor.clientId, hour));
    ctx.audit({ object: 'verification', subjects: link === undefined ? [] : [link.personKey], facts: { result } });
    return { result };
  }

  /** Counted before the look: who breaks off has asked too. */
  private async count(ctx: Ctx, hour: Date): Promise<void> {
    await ctx.transaction(async (tx) => {
      const { asked, missed } = await this.counts.count(tx.db, ctx.actor.clientId, hour);
      if (asked > MOST_ASKED || missed > MOST_MISSED) throw numberingProblems.refuse('RATE_LIMIT');
    });
  }
}

function hintOf(number: string): string | undefined {
  const other = looksLike('INDIVIDUAL_NUMBER', number);
  return other === undefined ? undefined : `LOOKS_LIKE_${other}`;
}
