import { z } from 'zod';
import { queueJob, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import type { CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import { ISSUE_CRLS } from '../crl/issue-crls.params.js';
import { REVOKE_GENERATION, revokeGenerationParameters } from './revoke-generation.params.js';

const CHUNK = 500;
const cursorOf = z.object({ after: z.number().int(), revoked: z.number().int() });

/** Cause 5 for every certificate of a compromised key (JPKI 4.7, 4.11), in the order of serials; then all lists at once. */
export class RevokeGeneration implements JobKind {
  readonly kind = REVOKE_GENERATION;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly changes: StatusChanges,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { ca, generation } = revokeGenerationParameters.parse(job.parameters);
    const { after, revoked } = cursorOf.nullish().parse(job.cursor) ?? { after: 0, revoked: 0 };
    const page = await this.certificates.ofGeneration(ctx.db, { ca, generation, after, limit: CHUNK });
    const last = page.at(-1);
    if (last === undefined) {
      await queueJob(ctx, ISSUE_CRLS, { kind: 'CRL', scheduled: false });
      return { cursor: { after, revoked }, done: job.done, result: { revoked } };
    }
    await this.certificates.lockPersons(ctx.db, page.map(({ person_key: key }) => key));
    const rows = await this.certificates.findMany(ctx.db, ca, page.map(({ serial }) => serial));
    const count = await this.changes.revokeMany(ctx, rows, { cause: 'ISSUER_KEY_LEAKED', sourceRef: `ca:${ca}:${generation}` });
    const total = job.total ?? (await this.certificates.countOfGeneration(ctx.db, ca, generation));
    return { cursor: { after: last.serial, revoked: revoked + count }, done: job.done + page.length, total };
  }
}
