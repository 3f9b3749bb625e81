import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { copiesPrinted, REQUEST_STATES, type RequestState } from './certificate-request.js';
import type { CertificateRequest } from './certificate-request.store.js';
import { requireOwn } from '../permitted.js';
import { pages, requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const answer = z.object({ requestId: z.string(), state: z.enum(REQUEST_STATES) });
const refused = [...refusals(issuingCentreProblems, 'BAD_STATE', 'TIMED_OUT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

const reportSpec = useCase({
  action: 'issuing-centre.session.report-printing',
  kind: 'command',
  summary: 'The pages that the printer counted',
  input: z.strictObject({ requestId, pages }),
  output: answer,
  refusals: refused,
});

/** CARD-3.9: PRINTED by the count of pages; any other count leaves it to the journal. */
export class ReportPrinting implements UseCase<typeof reportSpec> {
  readonly spec = reportSpec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, input: InputOf<typeof reportSpec>): Promise<OutputOf<typeof reportSpec>> {
    const held = await this.desk.held(ctx, input.requestId);
    if (held.state !== 'PRINTING') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    const copies = held.copies ?? 0;
    const isWhole = input.pages === copies * (held.pageCount ?? 0);
    const moved = isWhole
      ? await this.desk.move(ctx, held, 'PRINTED', { printedCopies: copies, printedAt: ctx.now })
      : await this.desk.move(ctx, held, 'PRINT_UNCERTAIN', { reason: 'PAGE_COUNT' });
    return { requestId: moved.id, state: moved.state };
  }
}

const journalSpec = useCase({
  action: 'issuing-centre.session.report-journal',
  kind: 'command',
  summary: 'What the journal of the kiosk says about a request, after a restart or an uncertain printing',
  input: z.strictObject({ requestId, pages }),
  output: answer,
  refusals: refused,
});

const UNDECIDED: readonly RequestState[] = ['PAID', 'PRINTING', 'PRINT_UNCERTAIN'];

/** CARD-7: decides PRINTED or REFUND_DUE; nothing is printed again. Whole copies count, the fee of the others is given back. */
export class ReportJournal implements UseCase<typeof journalSpec> {
  readonly spec = journalSpec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, input: InputOf<typeof journalSpec>): Promise<OutputOf<typeof journalSpec>> {
    const held = found(await this.desk.requests.lock(ctx.db, input.requestId));
    requireOwn(ctx, held.operator);
    if (!UNDECIDED.includes(held.state)) throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    const uncertain = held.state === 'PRINT_UNCERTAIN' ? held : await this.desk.move(ctx, held, 'PRINT_UNCERTAIN', { reason: 'JOURNAL' });
    const moved = await this.decide(ctx, uncertain, input.pages);
    return { requestId: moved.id, state: moved.state };
  }

  private async decide(ctx: Ctx, held: CertificateRequest, counted: number): Promise<CertificateRequest> {
    const copies = held.copies ?? 0;
    // What was never sent was never printed, whatever a journal says.
    const printedCopies = held.sentAt === null ? 0 : copiesPrinted({ pages: counted, pageCount: held.pageCount ?? 1, copies });
    const printed = printedCopies === 0 ? {} : { printedCopies, printedAt: ctx.now };
    return this.desk.move(ctx, held, printedCopies === copies ? 'PRINTED' : 'REFUND_DUE', printed);
  }
}
