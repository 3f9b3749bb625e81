import { jukiNetProblems } from '#contracts/juki-net';
import { type LocalDate, localDateInJapan, ResidentCode, toLocalDate } from '#kernel';
import { refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { commandTransfer } from './open-transfer.js';
import { caseOfMoveOut } from './register-news.js';
import { settle } from './timer.js';
import { isClosed, ROUTES, stateOn, type Transfer } from './transfer.js';
import { municipality, transferView } from './transfer-view.js';
import type { TransferStore } from './transfer.store.js';

export const residentCode = z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });

const spec = useCase({
  action: 'juki-net.transfer.notify-out',
  kind: 'command',
  summary: 'A resident notified the move-out (転出届): opens the case, or completes the one that the register has begun',
  input: z.strictObject({
    residentCode,
    to: municipality.describe('municipality of destination'),
    plannedOn: z.iso.date().describe('planned day of the move-out'),
    route: z.enum(ROUTES).describe('PAPER: certificate handed out; CARD: certificate information held for the new municipality'),
  }),
  output: transferView,
  refusals: refusals(jukiNetProblems, 'CODE_SUPERSEDED', 'DATE_IN_FUTURE', 'EXPIRED', 'NOT_YOUR_RESIDENT', 'RESIDENT_UNKNOWN', 'SAME_MUNICIPALITY', 'TERM', 'TRANSFER_STATE'),
});

export class NotifyMoveOut implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const from = ctx.actor.organisation;
    const { to, route } = input;
    if (to === from) throw jukiNetProblems.refuse('SAME_MUNICIPALITY', { fields: [{ pointer: '/to', code: 'SAME_MUNICIPALITY' }] });
    const mover = await this.transfers.mover(ctx.db, input.residentCode, from);
    if (mover === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    if (mover.superseded) throw jukiNetProblems.refuse('CODE_SUPERSEDED');
    const personKey = mover.person_key;
    const plannedOn = toLocalDate(input.plannedOn);
    const before = await this.openCase(ctx, personKey, { from, on: plannedOn });
    // Whose record is deleted already may still say how the move was notified.
    if (!mover.is_resident && before?.out === undefined) throw jukiNetProblems.refuse('NOT_YOUR_RESIDENT');
    const after = before === undefined ? { transferId: uuidv7(), personKey, eventSeq: 0, from } : settle(before, ctx.now);
    return commandTransfer(ctx, this.transfers, { before, after }, { command: { kind: 'NOTIFY_OUT', from, to, plannedOn, route }, facts: { to, route } });
  }

  private async openCase(ctx: Ctx, personKey: string, { from, on }: { from: string; on: LocalDate }): Promise<Transfer | undefined> {
    const known = caseOfMoveOut(await this.transfers.lockPerson(ctx.db, personKey), from, { on });
    return known === undefined || isClosed(stateOn(known, localDateInJapan(ctx.now))) ? undefined : known;
  }
}
