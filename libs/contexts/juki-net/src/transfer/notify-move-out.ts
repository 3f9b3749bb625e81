import { jukiNetProblems } from '#contracts/juki-net';
import { addDays, type LocalDate, localDateInJapan, ResidentCode, toLocalDate } from '#kernel';
import { refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import { NOTIFICATION_DAYS } from './deadline.js';
import { commandTransfer } from './open-transfer.js';
import { caseOfMoveOut } from './register-news.js';
import { settle } from './timer.js';
import { isClosed, ROUTES, stateOn, type Transfer } from './transfer.js';
import { municipality, transferView } from './transfer-view.js';
import type { Mover, TransferStore } from './transfer.store.js';

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
  refusals: refusals(jukiNetProblems, 'CODE_SUPERSEDED', 'DATE_IN_FUTURE', 'EXPIRED', 'MUNICIPALITY_CHANGED', 'NOT_YOUR_RESIDENT', 'RESIDENT_UNKNOWN', 'SAME_MUNICIPALITY', 'TERM', 'TRANSFER_STATE'),
});

export class NotifyMoveOut implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const from = ctx.actor.organisation;
    const { to, route } = input;
    if (to === from) throw jukiNetProblems.refuse('SAME_MUNICIPALITY', { fields: [{ pointer: '/to', code: 'SAME_MUNICIPALITY' }] });
    for (const code of [from, to]) await requireNotPassed(ctx, code);
    const mover = await this.transfers.mover(ctx.db, input.residentCode, from);
    if (mover === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    if (mover.superseded) throw jukiNetProblems.refuse('CODE_SUPERSEDED');
    const personKey = mover.person_key;
    const plannedOn = toLocalDate(input.plannedOn);
    const fault = moverFault(mover, plannedOn, localDateInJapan(ctx.now));
    if (fault !== undefined) throw jukiNetProblems.refuse(fault);
    const before = await this.caseOf(ctx, mover, { from, on: plannedOn });
    const after = before === undefined ? { transferId: uuidv7(), personKey, eventSeq: 0, from } : settle(before, ctx.now);
    return commandTransfer(ctx, this.transfers, { before, after }, { command: { kind: 'NOTIFY_OUT', from, to, plannedOn, route }, facts: { to, route } });
  }

  /** A withdrawn case has ended for good, one whose record is deleted when the person has a later record there. */
  private async caseOf(ctx: Ctx, mover: Mover, { from, on }: { from: string; on: LocalDate }): Promise<Transfer | undefined> {
    const known = caseOfMoveOut(await this.transfers.lockPersons(ctx.db, [mover.person_key]), from, { on });
    if (known === undefined || !isClosed(stateOn(known, localDateInJapan(ctx.now)))) return known;
    const isReturned = mover.entered_on !== null && known.out?.on !== undefined && mover.is_resident && toLocalDate(mover.entered_on) >= known.out.on;
    return known.exit?.state === 'WITHDRAWN' || isReturned ? undefined : known;
  }
}

/** Who has deleted its record as moved out may still say how the move was notified, until 14 days after (JUKI-4.4); nothing is ahead of it. */
function moverFault({ is_resident: isResident, left_on: leftOn }: Mover, plannedOn: LocalDate, today: LocalDate): 'DATE_IN_FUTURE' | 'NOT_YOUR_RESIDENT' | 'TERM' | undefined {
  if (isResident) return undefined;
  if (leftOn === null) return 'NOT_YOUR_RESIDENT';
  if (plannedOn > today) return 'DATE_IN_FUTURE';
  return toLocalDate(leftOn) < addDays(today, -NOTIFICATION_DAYS) ? 'TERM' : undefined;
}
