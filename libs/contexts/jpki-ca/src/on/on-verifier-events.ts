import { statementIssued } from '#contracts/jpki-ca';
import { statementIssued as issuedElsewhere, verifierChanged } from '#contracts/jpki-verifier';
import { onEvent, type Subscription } from '#platform';
import type { KnownVerifiers } from '../verifier/known-verifiers.js';

/** Steps of verifiers and their confirmers (JPKI 3.11). */
export function onVerifierChanges(known: KnownVerifiers): Subscription {
  return {
    name: 'verifiers',
    from: 'jpki-verifier',
    filter: 'kiban-restricted.jpki-verifier.verifier.>',
    handlers: [onEvent(verifierChanged, async (ctx, { data, sequence }) => void (await known.follow(ctx, data, Number(sequence))))],
  };
}

/** Statements were this context's once: partners who hear of them here go on hearing of them. */
export const onStatements: Subscription = {
  name: 'statements',
  from: 'jpki-verifier',
  filter: 'kiban.jpki-verifier.statement.>',
  handlers: [onEvent(issuedElsewhere, async (ctx, { data }) => ctx.emit(statementIssued, { aggregateId: `${data.organisation}:${data.month}`, sequence: 1, data }))],
};
