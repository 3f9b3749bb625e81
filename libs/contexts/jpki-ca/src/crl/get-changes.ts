import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { crlEntriesOf, entriesAsTheyCome, type CrlEntry } from '#pki';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { noteUse } from '../ocsp/status-use.js';
import type { PartitionRow, PublishedIssue } from './crl.store.js';
import { issueNumber, keptIssue } from './get-issue.js';
import { currentOf, LIST_REFUSALS, listHeaders, partitionInput, permittedPartition, type ListParts } from './list-access.js';
import { listOctets } from './list-octets.js';
import { changeLine, COLUMNS, compared, isChanged, vanishedHold, type Compared } from './list-changes.js';

/** Serials whose releases are asked for at once. */
const TURN = 5_000;

const spec = useCase({
  action: 'jpki-ca.crl.read-changes',
  kind: 'question',
  summary: 'What changed between two revocation lists of a municipality, CSV; from the empty list and to the current one where none is named',
  input: z.strictObject({
    partitionId: partitionInput,
    from: z.coerce.number().int().min(0).default(0).describe('number of the list that is known; 0 for none'),
    to: issueNumber.optional(),
  }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(jpkiCaProblems, 'CRL_ISSUE_GONE'), ...LIST_REFUSALS],
});

/** JPKI 4.13, 5: mode BULK_DIFF. The lists are compared as they were published; each names every entry of its partition, of whichever key. */
export class GetChanges implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ListParts) {}

  async execute(ctx: Ctx, { partitionId, from, to }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const { crls } = this.parts;
    const partition = await permittedPartition(ctx, this.parts, partitionId, 'BULK_DIFF');
    const later = to === undefined
      ? await currentOf(ctx, this.parts, partition)
      : await keptIssue(ctx, crls, partition, to);
    if (from > later.number) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/from', code: 'AFTER_TO' }] });
    const earlier = from === 0 ? undefined : await keptIssue(ctx, crls, partition, from);
    const body = await this.file(ctx, partition, later, earlier);
    ctx.audit({ object: `crl:${partitionId}:${later.number}`, facts: { form: 'CHANGES', from } });
    noteUse(ctx, ctx.actor.organisation, { ca: partition.ca, mode: 'BULK_DIFF', status: 'list' });
    const name = `attachment; filename="${partitionId}-${from}-${later.number}.csv"`;
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { contentType: 'text/csv; charset=utf-8', body, headers: { ...listHeaders(later, sha256), 'content-disposition': name } };
  }

  private async file(ctx: Ctx, { ca }: PartitionRow, later: PublishedIssue, earlier: PublishedIssue | undefined): Promise<Buffer> {
    const parts = [Buffer.from(COLUMNS)];
    for await (const turn of turns(compared(entriesOf(ctx, earlier), entriesOf(ctx, later)))) {
      const changed = turn.filter(isChanged);
      const releases = await this.parts.crls.releases(ctx.db, ca, changed.flatMap((one) => vanishedHold(one) ?? []));
      parts.push(Buffer.from(changed.map((one) => changeLine(one, { ca, number: later.number, releases })).join('')));
    }
    return Buffer.concat(parts);
  }
}

async function* entriesOf({ db }: Ctx, issue: PublishedIssue | undefined): AsyncGenerator<CrlEntry, void, void> {
  if (issue !== undefined) for await (const entries of entriesAsTheyCome(listOctets(db, issue))) yield* crlEntriesOf(entries);
}

async function* turns(all: AsyncIterable<Compared>): AsyncGenerator<readonly Compared[], void, void> {
  let turn: Compared[] = [];
  for await (const one of all) {
    turn.push(one);
    if (turn.length < TURN) continue;
    yield turn;
    turn = [];
  }
  yield turn;
}
