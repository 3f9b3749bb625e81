import { z } from 'zod';
import { buildCertificatesOnly } from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CA_IDS } from './ca.js';
import type { CaStore } from './ca.store.js';
import { PUBLISHED_STATES } from './generation.js';

const spec = useCase({
  action: 'jpki-ca.ca-certificates.read',
  kind: 'question',
  summary: 'Roots of all key generations of an authority, the oldest first, then their link certificates, PKCS#7 certificates only',
  input: z.strictObject({ caId: z.enum(CA_IDS) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

/** Trust material, for everybody (JPKI 5); that of a closed generation stays (JPKI 3.1). */
export class GetTrustMaterial implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cas: CaStore) {}

  async execute(ctx: Ctx, { caId }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const published = (await this.cas.generations(ctx.db, caId)).filter(({ state }) => PUBLISHED_STATES.includes(state));
    const roots = published.flatMap(({ certificate }) => certificate ?? []);
    const links = (await this.cas.links(ctx.db, caId)).map(({ certificate }) => certificate);
    ctx.audit({ object: `ca:${caId}` });
    return { contentType: 'application/pkcs7-mime; smime-type=certs-only', body: buildCertificatesOnly([...roots, ...links]) };
  }
}
