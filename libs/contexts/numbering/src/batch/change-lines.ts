import { Refusal } from '#kernel';
import type { Ctx } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';
import type { CaseKind } from '../change-case/change-case.js';
import type { NumberChange } from '../change-case/change-number.js';
import type { WaveGate } from '../wave/wave-gate.js';
import { changeRefusalCode } from './batch.js';
import type { AnsweredLine, BatchRow } from './batch.store.js';

export interface ChangeLine {
  readonly line: number;
  readonly requestId: string;
  readonly residentCode: string;
  readonly kind: CaseKind;
  readonly caseId: string;
  readonly entry: RegisterEntry;
}

/** What became of lines: how many got a new number, and those that were answered otherwise. */
export interface ChangedLines {
  readonly numbered: number;
  readonly answered: readonly AnsweredLine[];
}

/** Changes of numbers in a batch (NUM-5.3, kinds 2 and 3), by the rules of a single request; few, so one by one. */
export class ChangeLines {
  constructor(
    private readonly change: NumberChange,
    private readonly waves: WaveGate,
  ) {}

  async carryOut(ctx: Ctx, batch: BatchRow, lines: readonly ChangeLine[]): Promise<ChangedLines> {
    const answered: AnsweredLine[] = [];
    if (lines.length === 0) return { numbered: 0, answered };
    const outside = await this.waves.isMass(ctx.db, batch.batch_id);
    for (const line of lines) {
      const answer = outside ? ({ line: line.line, resultCode: '20', personKey: undefined } as const) : await this.one(ctx, batch, line);
      if (answer !== undefined) answered.push(answer);
    }
    return { numbered: lines.length - answered.length, answered };
  }

  /** Undefined when the line got its number. A refusal has written nothing. */
  private async one(ctx: Ctx, { batch_id: batchId, municipality_code: municipalityCode }: BatchRow, { line, kind, entry, ...request }: ChangeLine): Promise<AnsweredLine | undefined> {
    try {
      const changed = await this.change.answer(ctx, { ...request, municipalityCode, of: { batchId, line, kind } }, entry);
      return 'repeatedFor' in changed ? { line, resultCode: '01', personKey: changed.repeatedFor } : undefined;
    } catch (error) {
      if (!(error instanceof Refusal) || error.definition.status >= 500) throw error;
      return { line, resultCode: changeRefusalCode(error.code), personKey: entry.found ? entry.personKey : undefined };
    }
  }
}
