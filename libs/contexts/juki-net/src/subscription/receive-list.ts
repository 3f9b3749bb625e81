import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { readLine } from '../batch/batch.js';
import { bytesOf, type Exchange, openQuestions } from '../batch/submit-batch.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import { type ListIntake, listAnswer, listRefusals, type ReadPerson } from './list-intake.js';

const spec = useCase({
  action: 'juki-net.subscription.receive-list',
  kind: 'process',
  summary: 'Adds the persons of a sealed file of questions by code or number (BREQ whose batchId is the subscriptionId) to a subscription; harmless to repeat',
  input: z.strictObject({ subscriptionId: z.uuid() }),
  output: listAnswer,
  refusals: [
    ...listRefusals, ...refusals(jukiNetProblems, 'BAD_SIGNATURE', 'CHARACTER', 'COUNT_MISMATCH', 'EMPTY_FILE', 'EXCHANGE_CERTIFICATE', 'FRAME', 'HASH_MISMATCH', 'UPLOAD_BROKEN'),
    ...refusals(platformProblems, 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

/** The file is believed like a batch, by the organisation's registered certificate (JUKI-5.3). */
export class ReceiveList implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly intake: ListIntake,
    private readonly exchange: Exchange,
  ) {}

  async execute(ctx: Ctx, { subscriptionId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const { subscription, grant } = await this.intake.requireOpen(ctx, subscriptionId);
      const { details } = await openQuestions(ctx, this.exchange, await bytesOf(body), { grantId: subscription.grantId, batchId: subscriptionId });
      return await this.intake.takeIn(ctx, subscriptionId, grant, details.map((text, index) => toRead(fieldsOfLine(text), index + 1)));
    } finally {
      body.resume();
    }
  }
}

function toRead(fields: readonly string[] | undefined, line: number): ReadPerson {
  const read = readLine(fields, line);
  if (!('keyKind' in read)) return { ...read, line };
  const { keyKind, code, number, sinceDate } = read;
  if (keyKind === 'FOUR_ITEMS') return { line, column: 'keyType', code: 'KEY_KIND_NOT_GRANTED' };
  if (read.requesterRef === '') return { line, column: 'requesterRef', code: 'REQUIRED' };
  return { line, keyKind, key: keyKind === 'RESIDENT_CODE' ? code : number, requesterRef: read.requesterRef, sinceDate };
}
