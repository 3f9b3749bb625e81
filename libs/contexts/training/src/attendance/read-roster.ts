import { z } from 'zod';
import { csvLine } from '#kernel';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import type { BodyStore } from '../body/body.store.js';
import type { EnrolmentStore } from '../enrolment/enrolment.store.js';
import type { SessionStore } from '../session/session.store.js';
import { bySession } from '../session/session-view.js';
import { halfDaysOf } from './attendance.js';
import { rosterPdf, type RosterRow } from './roster-pdf.js';

const COLUMNS = ['enrolmentId', 'bodyCode', 'bodyName', 'staffNo', 'nameKanji', 'nameKana', 'state'] as const;

const spec = useCase({
  action: 'training.attendance.read-roster',
  kind: 'question',
  summary: 'The roster of a session: who has a place and may come, by body and reading; as CSV for lists of attendance, or as PDF for the door',
  input: bySession.extend({ form: z.enum(['csv', 'pdf']).default('csv') }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export interface RosterParts {
  readonly sessions: SessionStore;
  readonly store: EnrolmentStore;
  readonly bodies: BodyStore;
}

/** TRN-5: the file and the sheet of a session. A place that is only offered is not on it. */
export class ReadRoster implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: RosterParts) {}

  async execute(ctx: Ctx, { sessionId, form }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const session = found(await this.parts.sessions.find(ctx.db, sessionId));
    const rows = await this.rows(ctx, sessionId);
    ctx.audit({ object: `session:${sessionId}`, facts: { form, enrolments: rows.length } });
    const headers = { 'cache-control': 'no-store', 'content-disposition': `attachment; filename="roster-${session.courseCode}-${session.number}.${form}"` };
    if (form === 'csv') return { contentType: 'text/csv; charset=utf-8', headers, body: Buffer.from([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))].map(csvLine).join('')) };
    return { contentType: 'application/pdf', headers, body: await rosterPdf({ ...session, at: ctx.now, halfDays: halfDaysOf(session), rows }) };
  }

  private async rows(ctx: Ctx, sessionId: string): Promise<RosterRow[]> {
    const { store, bodies } = this.parts;
    const enrolments = await store.ofSession(ctx.db, sessionId, ['ADMITTED', 'ATTENDING', 'COMPLETED', 'CERTIFIED']);
    const names = await bodies.names(ctx.db, [...new Set(enrolments.map(({ bodyCode }) => bodyCode))]);
    const rows = enrolments.map((one) => {
      const { staffNo, nameKanji, nameKana } = store.learnerOf(one);
      return { enrolmentId: one.id, bodyCode: one.bodyCode, bodyName: names.get(one.bodyCode) ?? '', staffNo, nameKanji, nameKana, state: one.state };
    });
    return rows.toSorted((a, b) => a.bodyCode.localeCompare(b.bodyCode) || a.nameKana.localeCompare(b.nameKana, 'ja') || a.staffNo.localeCompare(b.staffNo));
  }
}
