import { z } from 'zod';
import { buildCertificatesOnly } from '#pki';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { authorityId } from '../authority/authority-view.js';
import { CROSS_STATES } from './cross-certification.js';
import type { CrossStore } from './cross-certification.store.js';
import { directionOf } from './cross-desk.js';
import { byCross, byDirection, crossSummary, crossView, summaryOf, viewOf } from './cross-view.js';

const listSpec = useCase({
  action: 'bridge-ca.cross-certification.list', kind: 'question', summary: 'Cross-certifications, the newest first',
  input: z.strictObject({ counterpart: authorityId.optional(), state: z.enum(CROSS_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ crossCertifications: z.array(crossSummary), next: z.uuid().optional() }), refusals: [],
});

export class ListCrossCertifications implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: CrossStore) {}

  async execute(ctx: Ctx, { limit, ...filter }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const page = await this.store.list(ctx.db, { counterpart: undefined, state: undefined, before: undefined, ...filter, limit });
    ctx.audit({ object: 'cross-certifications' });
    return { crossCertifications: page.map(summaryOf), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const readSpec = useCase({
  action: 'bridge-ca.cross-certification.read', kind: 'question', summary: 'A cross-certification with both directions',
  input: byCross, output: crossView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadCrossCertification implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly store: CrossStore) {}

  async execute(ctx: Ctx, { crossId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const record = found(await this.store.find(ctx.db, crossId));
    ctx.audit({ object: `cross-certification:${crossId}` });
    return viewOf(record);
  }
}

const deliverSpec = useCase({
  action: 'bridge-ca.cross-certification.deliver', kind: 'question', summary: 'The certificate of one direction for the authority that it is issued to: DER, or PKCS#7 certificates only',
  input: byDirection.extend({ format: z.enum(['der', 'p7c']).default('der') }), output: z.custom<BinaryAnswer>(), refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** JPKI 3.10: delivery in either form. */
export class DeliverCertificate implements UseCase<typeof deliverSpec> {
  readonly spec = deliverSpec;

  constructor(private readonly store: CrossStore) {}

  async execute(ctx: Ctx, { crossId, direction, format }: InputOf<typeof deliverSpec>): Promise<BinaryAnswer> {
    const { certificate } = directionOf(found(await this.store.find(ctx.db, crossId)), direction);
    const der = found(certificate ?? undefined);
    ctx.audit({ object: `cross-certification:${crossId}`, facts: { direction, format } });
    return format === 'der' ? { contentType: 'application/pkix-cert', body: der } : { contentType: 'application/pkcs7-mime', body: buildCertificatesOnly([der]) };
  }
}
