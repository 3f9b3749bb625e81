import { route, type ContextParts, type Platform } from '#platform';
import type { TakenOver } from '../take-over/taken-over.js';
import type { VerifierStore } from '../verifier/verifier.store.js';
import { IssueStatements, statementsMonthly } from './issue-statements.js';
import { GetStatement, ListStatements } from './read-statements.js';
import { StatementStore } from './statement.store.js';

/** What the answers of a month cost (JPKI 3.11, 4.13). */
export function statementParts({ peers }: Platform, verifiers: VerifierStore, takenOver: TakenOver): Partial<ContextParts> {
  const statements = new StatementStore();
  return {
    http: [
      route('GET', '/verifiers/:verifierId/statements', takenOver.gate(new ListStatements(verifiers, statements))),
      route('GET', '/verifiers/:verifierId/statements/:month', takenOver.gate(new GetStatement(verifiers, statements)), { binary: ['text/csv'] }),
    ],
    jobs: [new IssueStatements(statements, peers)],
    schedules: [statementsMonthly(takenOver)],
  };
}
