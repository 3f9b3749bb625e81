import { cardIssuanceProblems } from '#contracts/card-issuance';
import { parseCertificate, type ParsedCertificate } from '#pki';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from '../application/application.store.js';
import { encryptedMakerFile, makerLine } from './maker-file.js';
import type { MakerKeyStore } from './maker-key.store.js';
import type { ProductionStore } from './production.store.js';
import { findBatch } from './require-batch.js';

const PAGE = 200;
const BEFORE = ['OPEN', 'SEALED', 'CERTIFIED'];

const spec = useCase({
  action: 'card-issuance.production-batch.read-file',
  kind: 'question',
  summary: 'The data of a sent batch for its maker: a ZIP (manifest.json, cards.jsonl, photos) as CMS AuthEnvelopedData for the key that two officers released',
  input: z.strictObject({ batchId: z.uuid() }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'KEY_NOT_RELEASED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** The file to the maker (CARD-4.4); everybody in it is in the audit line. */
export class ReadMakerFile implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly production: ProductionStore,
    private readonly keys: MakerKeyStore,
    private readonly applications: ApplicationStore,
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const batch = await findBatch(ctx, this.production, batchId);
    const { keyId, maker, count, hash, plannedShipDate } = batch;
    if (keyId === null || batch.keyReleasedAt === null) throw cardIssuanceProblems.refuse('KEY_NOT_RELEASED');
    if (BEFORE.includes(batch.state) || count === null || hash === null) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: batch.state } });
    const recipient = parseCertificate(found(await this.keys.certificate(ctx.db, keyId)));
    const inBatch = await this.production.numbersIn(ctx.db, batchId);
    ctx.audit({ object: `production-batch:${batchId}`, subjects: inBatch.map(({ personKey }) => personKey), facts: { records: count, keyId } });
    const applications = new Map(inBatch.map(({ recordNo, applicationId }) => [recordNo, applicationId]));
    const stream = encryptedMakerFile({
      manifest: { batchId, maker, count, hash, keyId, plannedShipDate }, recordNos: inBatch.map(({ recordNo }) => recordNo), lines: () => this.lines(ctx, batchId, recipient),
      photo: async (recordNo) => found(await this.applications.photo(ctx.db, applications.get(recordNo) ?? '')), at: ctx.now,
    }, recipient);
    // Its length is known when it is written: it leaves in chunks.
    return { contentType: 'application/pkcs7-mime', body: { length: 0, read: () => stream } };
  }

  private async *lines(ctx: Ctx, batchId: string, recipient: ParsedCertificate): AsyncGenerator<string> {
    for (let after = 0, more = true; more; ) {
      const records = await this.production.records(ctx.db, batchId, { after, limit: PAGE });
      const secrets = await this.production.secrets(ctx.db, batchId, records.map(({ recordNo }) => recordNo));
      for (const record of records) yield makerLine(batchId, record, found(secrets.get(record.recordNo)), recipient);
      after = records.at(-1)?.recordNo ?? after;
      more = records.length === PAGE;
    }
  }
}
