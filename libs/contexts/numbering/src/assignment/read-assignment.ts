import { z } from 'zod';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentMoveStore } from './assignment-move.store.js';

const instant = z.iso.datetime();

const spec = useCase({
  action: 'numbering.assignment.read',
  kind: 'question',
  summary: 'State and history of an assignment, without its number',
  input: z.object({ assignmentId: z.uuid() }),
  output: z.object({
    assignmentId: z.uuid(),
    municipalityCode: z.string().describe('the municipality that asked for the number'),
    generation: z.number().int(),
    state: z.string(),
    generatedAt: instant,
    designatedAt: instant.optional(),
    moves: z.array(z.object({ from: z.string(), to: z.string(), cause: z.string(), at: instant })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** NUM-5.1: what became of a request. */
export class ReadAssignment implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly moves: AssignmentMoveStore) {}

  async execute(ctx: Ctx, { assignmentId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const found = await this.moves.find(ctx.db, assignmentId);
    if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
    const { personKey, municipalityCode, generation, state, generatedAt, designatedAt } = found;
    requireJurisdiction(ctx, municipalityCode);
    const moves = await this.moves.moves(ctx.db, assignmentId);
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey] });
    return {
      assignmentId, municipalityCode, generation, state,
      generatedAt: generatedAt.toISOString(),
      ...(designatedAt === null ? {} : { designatedAt: designatedAt.toISOString() }),
      moves: moves.map((move) => ({ ...move, at: move.at.toISOString() })),
    };
  }
}
