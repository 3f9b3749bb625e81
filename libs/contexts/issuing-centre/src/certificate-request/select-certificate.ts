import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { certificateOption, certificateType, MOST_COPIES, municipalIssuerProblems } from '#contracts/municipal-issuer';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { mayAsk } from '../municipal-server/municipal-server.js';
import type { MunicipalServer, MunicipalServerStore } from '../municipal-server/municipal-server.store.js';
import { isRegisterType, isTypeServed } from '../service-calendar/service-calendar.js';
import type { TypeBlockStore } from '../type-block/type-block.store.js';
import type { CertificateRequest } from './certificate-request.store.js';
import type { Generation } from './generation.js';
import { contentKey, requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const spec = useCase({
  action: 'issuing-centre.session.select',
  kind: 'process',
  summary: 'Chooses type, options and copies, and has the municipality make the certificate',
  input: z.strictObject({ requestId, type: certificateType, options: z.array(certificateOption).max(4).default([]), copies: z.int().min(1).max(MOST_COPIES), contentKey }),
  output: z.object({ requestId: z.string(), state: z.literal('READY'), pageCount: z.number().int().describe('of one copy'), priceYen: z.number().int().describe('of all copies'), payUntil: z.iso.datetime() }),
  refusals: [
    ...refusals(
      issuingCentreProblems, 'BAD_STATE', 'BINDING_MISMATCH', 'DOMICILE_REGISTRATION_REQUIRED', 'MUNICIPALITY_DOWN', 'MUNICIPALITY_UNKNOWN', 'NOT_LINKED', 'OUT_OF_HOURS', 'TIMED_OUT', 'TYPE_BLOCKED', 'TYPE_NOT_OFFERED',
    ),
    ...refusals(
      municipalIssuerProblems, 'DECEASED', 'DOMICILE_NOT_REGISTERED', 'ENTRY_PENDING', 'MOVE_OUT_NOTIFIED', 'MUNICIPALITY_UNKNOWN', 'NAME_TOO_LONG', 'NOT_ELIGIBLE', 'PROTECTED_PERSON', 'RECORD_CHANGED',
      'REQUEST_DIFFERS', 'TYPE_NOT_SERVED', 'UNDER_AGE',
    ),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
  ],
});

type Choice = InputOf<typeof spec>;

export interface SelectParts {
  readonly desk: RequestDesk;
  readonly servers: MunicipalServerStore;
  readonly blocks: TypeBlockStore;
  readonly generation: Generation;
}

/** CARD-4.15 steps 5 and 6. Who is eligible the municipality decides; its refusals go through as they are. */
export class SelectCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: SelectParts) {}

  async execute(ctx: Ctx, input: Choice): Promise<OutputOf<typeof spec>> {
    const request = await ctx.transaction((tx) => this.choose(tx, input));
    const ready = await this.parts.generation.run(ctx, request, input.contentKey);
    return { requestId: ready.id, state: 'READY', pageCount: ready.pageCount ?? 0, priceYen: ready.priceYen ?? 0, payUntil: ready.deadline?.toISOString() ?? '' };
  }

  private async choose(tx: Ctx, { requestId: id, type, options, copies }: Choice): Promise<CertificateRequest> {
    const { desk, servers } = this.parts;
    const held = await desk.held(tx, id);
    if (held.state !== 'AUTHENTICATED') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    if (held.access === 'NONE' && !isRegisterType(type)) throw issuingCentreProblems.refuse('NOT_LINKED');
    if (held.access === 'NONE') throw issuingCentreProblems.refuse('DOMICILE_REGISTRATION_REQUIRED');
    const server = await servers.find(tx.db, held.municipalityCode);
    if (server === undefined) throw issuingCentreProblems.refuse('MUNICIPALITY_UNKNOWN');
    const fee = await servers.fee(tx.db, held.municipalityCode, type, localDateInJapan(tx.now));
    if (fee === undefined || !server.types.includes(type) || (held.access === 'DOMICILE' && !isRegisterType(type))) throw issuingCentreProblems.refuse('TYPE_NOT_OFFERED');
    if (!isTypeServed(type, server, tx.now)) throw issuingCentreProblems.refuse('OUT_OF_HOURS');
    if (await this.parts.blocks.isBlocked(tx.db, held.municipalityCode, type)) throw issuingCentreProblems.refuse('TYPE_BLOCKED');
    await this.requireServer(tx, server);
    const selected = await desk.move(tx, held, 'SELECTED', { type, options: [...new Set(options)].sort(), copies, priceYen: fee * copies });
    return desk.move(tx, selected, 'GENERATING');
  }

  /** Of those who come while the server is down, one tries it again. */
  private async requireServer(tx: Ctx, seen: MunicipalServer): Promise<void> {
    if (seen.downSince === null) return;
    const held = await this.parts.servers.lock(tx.db, seen.municipalityCode);
    if (held === undefined || !mayAsk(held, tx.now)) throw issuingCentreProblems.refuse('MUNICIPALITY_DOWN');
    await this.parts.servers.saveCircuit(tx.db, held.municipalityCode, { ...held, triedAt: tx.now });
  }
}
