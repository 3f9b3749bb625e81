import { z } from 'zod';
import { certificateType } from '#contracts/municipal-issuer';
import { found, nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import { requireOwn } from '../permitted.js';
import { REQUEST_STATES } from './certificate-request.js';
import type { CertificateRequest, CertificateRequestStore } from './certificate-request.store.js';
import { requestId } from './request-id.js';

const view = z.object({
  requestId: z.string(), operator: z.string(), kioskId: z.string(), municipalityCode: z.string(), state: z.enum(REQUEST_STATES), type: certificateType.nullable(), copies: z.number().int().nullable(),
  priceYen: z.number().int().nullable(), pageCount: z.number().int().nullable(), printedCopies: z.number().int(), reason: z.string().nullable(), deadline: z.iso.datetime().nullable(), openedAt: z.iso.datetime(),
});

function viewOf(request: CertificateRequest): z.output<typeof view> {
  const { id, operator, kioskId, municipalityCode: code, state, type, copies, priceYen, pageCount, printedCopies, reason, deadline, openedAt } = request;
  return { requestId: id, operator, kioskId, municipalityCode: code, state, type, copies, priceYen, pageCount, printedCopies, reason, deadline: deadline?.toISOString() ?? null, openedAt: openedAt.toISOString() };
}

const showSpec = useCase({
  action: 'issuing-centre.session.show',
  kind: 'question',
  summary: 'Where a request is: a kiosk that lost an answer asks here',
  input: z.strictObject({ requestId }),
  output: view,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ShowRequest implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  constructor(private readonly requests: CertificateRequestStore) {}

  async execute(ctx: Ctx, { requestId: id }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    const request = found(await this.requests.find(ctx.db, id));
    requireOwn(ctx, request.operator);
    ctx.audit({ object: `certificate:${id}` });
    return viewOf(request);
  }
}

const listSpec = useCase({
  action: 'issuing-centre.request.list',
  kind: 'question',
  summary: 'Requests of a municipality in a state, as papers that were left behind',
  input: z.strictObject({ municipalityCode, state: z.enum(REQUEST_STATES), after: requestId.or(z.literal('')).default(''), limit: pageLimit }),
  output: z.object({ items: z.array(view), next: z.string().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-4.17: the municipality is told of what was left behind. */
export class ListRequests implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly requests: CertificateRequestStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const rows = await this.requests.list(ctx.db, input);
    ctx.audit({ object: `certificates:${input.municipalityCode}`, facts: { state: input.state, items: rows.length } });
    return { items: rows.map(viewOf), ...nextOf(rows, input.limit, ({ id }) => id) };
  }
}
