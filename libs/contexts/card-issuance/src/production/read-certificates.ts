import { certificatesOfCard } from '#contracts/jpki-ca';
import { cardIssuanceProblems, isRecordNo } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { ProductionStore } from './production.store.js';
import { findBatch } from './require-batch.js';

const spec = useCase({
  action: 'card-issuance.production-certificate.read',
  kind: 'question',
  summary: 'Certificates to be stored on the cards of a certified batch, each with that of the key that signed it, page by page; base64 DER',
  input: z.strictObject({ batchId: z.uuid(), after: z.coerce.number().int().min(0).refine(isRecordNo, { params: { code: 'RANGE' } }).default(0), limit: z.coerce.number().int().min(1).max(100).default(50) }),
  output: z.object({
    cards: z.array(z.object({
      recordNo: z.number(), cardSerial: z.string(),
      certificates: z.array(z.object({ type: z.string(), serial: z.string(), notAfter: z.string(), der: z.string(), caCertificate: z.string().optional() })),
    })),
    next: z.number().optional(),
  }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')],
});

/** The authority keeps the certificates; they are fetched for the maker, not stored here a second time. */
export class ReadCertificates implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly production: ProductionStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { batchId, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await findBatch(ctx, this.production, batchId);
    if (batch.state === 'OPEN' || batch.state === 'SEALED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: batch.state } });
    const records = await this.production.records(ctx.db, batchId, { after, limit });
    ctx.audit({ object: `production-batch:${batchId}`, subjects: records.map((record) => record.personKey) });
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' };
    const cards = await Promise.all(records.map(async ({ recordNo, cardSerial }) => {
      const { certificates } = await this.peers.call(certificatesOfCard, call, { cardSerial });
      return { recordNo, cardSerial, certificates: certificates.map(({ type, serial, notAfter, der, issuer }) => ({ type, serial, notAfter, der: der.toString('base64'), caCertificate: issuer?.toString('base64') })) };
    }));
    const last = records.at(-1);
    return { cards, ...(records.length === limit && last !== undefined ? { next: last.recordNo } : {}) };
  }
}
