import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { IndividualNumber, toLocalDate } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { residentCode } from './notify-move-out.js';
import { commandTransfer, lockTransfer } from './open-transfer.js';
import { transferView } from './transfer-view.js';
import type { TransferStore } from './transfer.store.js';

/** Contents of the move-out certificate (転出証明書, 施行令24条) beside destination and planned day, which the case has. */
const certificate = z.strictObject({
  nameKanji: writtenText(100), nameKana: writtenText(100).optional(), birthDate: z.string().regex(/^\d{8}$/), sex: z.enum(['1', '2', '3', '9']), address: writtenText(200),
  householdHead: writtenText(100), relationship: writtenText(40), domicile: writtenText(200).optional(), domicileHead: writtenText(100).optional(),
  residentCode, individualNumber: z.string().refine((text) => IndividualNumber.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }).optional(),
  insurance: z.array(writtenText(100)).max(20).default([]).describe('national health insurance, pension, care insurance and the like'),
});
const carried = [...refusals(jukiNetProblems, 'RESIDENT_UNKNOWN', 'TRANSFER_STATE', 'UNKNOWN_TRANSFER'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')];

const requestSpec = useCase({
  action: 'juki-net.transfer.request-certificate',
  kind: 'process',
  summary: 'The new municipality asks for the certificate information, after checking card and PIN at its counter',
  input: z.strictObject({
    transferId: z.uuid(),
    residentCode: residentCode.describe('as read from the card'),
    livingSince: z.iso.date().describe('first day of living at the new place'),
    cardChecked: z.boolean(),
    pinChecked: z.boolean(),
  }),
  output: transferView,
  refusals: [...refusals(jukiNetProblems, 'DATE_IN_FUTURE', 'EXPIRED', 'PIN_NOT_ASSERTED'), ...carried],
});

/** A process, so that a request after the last day is refused and yet leaves the case EXPIRED. */
export class RequestCertificate implements UseCase<typeof requestSpec> {
  readonly spec = requestSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof requestSpec>): Promise<OutputOf<typeof requestSpec>> {
    const view = await ctx.transaction(async (tx) => {
      const change = await lockTransfer(tx, this.transfers, input.transferId, 'to');
      await requireCode(tx, this.transfers, input.residentCode, change.after.personKey);
      const command = { kind: 'REQUEST_CERTIFICATE', livingSince: toLocalDate(input.livingSince), isCardChecked: input.cardChecked && input.pinChecked } as const;
      return commandTransfer(tx, this.transfers, change, { command });
    });
    if (view.state === 'EXPIRED') throw jukiNetProblems.refuse('EXPIRED', { facts: { dueDate: view.dueDate ?? '' } });
    return view;
  }
}

const sendSpec = useCase({
  action: 'juki-net.transfer.send-certificate',
  kind: 'command',
  summary: 'The former municipality hands over the certificate information that was asked for',
  input: z.strictObject({ transferId: z.uuid(), certificate }),
  output: transferView,
  refusals: carried,
});

/** The network carries the information encrypted and reads nothing of it but whose it is (JUKI-4.4). */
export class SendCertificate implements UseCase<typeof sendSpec> {
  readonly spec = sendSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof sendSpec>): Promise<OutputOf<typeof sendSpec>> {
    const { transferId } = input;
    const change = await lockTransfer(ctx, this.transfers, transferId, 'from');
    await requireCode(ctx, this.transfers, input.certificate.residentCode, change.after.personKey);
    const view = await commandTransfer(ctx, this.transfers, change, { command: { kind: 'SEND_CERTIFICATE' } });
    await this.transfers.keepCertificate(ctx.db, transferId, JSON.stringify(input.certificate), ctx.now);
    return view;
  }
}

const readSpec = useCase({
  action: 'juki-net.transfer.read-certificate',
  kind: 'question',
  summary: 'The new municipality reads the certificate information, until the case closes',
  input: z.strictObject({ transferId: z.uuid() }),
  output: certificate.extend({ plannedOn: z.string().optional(), from: z.string().optional() }),
  refusals: carried,
});

export class ReadCertificate implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, { transferId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const transfer = await this.transfers.find(ctx.db, transferId);
    if (transfer === undefined) throw jukiNetProblems.refuse('UNKNOWN_TRANSFER');
    requireJurisdiction(ctx, transfer.to ?? '');
    const text = await this.transfers.certificate(ctx.db, transferId);
    if (text === undefined) throw jukiNetProblems.refuse('TRANSFER_STATE');
    ctx.audit({ object: `transfer:${transferId}`, subjects: [transfer.personKey] });
    return { ...certificate.parse(JSON.parse(text)), plannedOn: transfer.plannedOn, from: transfer.from };
  }
}

/** The information goes to whoever knows the code from the card, and is that of the same person. */
async function requireCode(ctx: Ctx, transfers: TransferStore, code: string, personKey: string): Promise<void> {
  const mover = await transfers.mover(ctx.db, code, '');
  if (mover?.person_key !== personKey) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
}
