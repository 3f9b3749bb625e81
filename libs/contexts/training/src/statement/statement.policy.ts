import type { PolicyRow } from '#platform';

/** What the content of a launch may, in the name of the learner whom it was launched for. */
export const statementPolicy: readonly PolicyRow[] = [
  'launched.read-content', 'launched.fetch-token', 'launched.read-player', 'launched.read-runtime', 'launched.commit-runtime', 'statement.send', 'statement.put', 'statement.list',
  'activity-state.get', 'activity-state.put', 'activity-state.post', 'activity-state.delete', 'agent-profile.get', 'agent-profile.put', 'agent-profile.post', 'agent-profile.delete', 'xapi.about',
].map((action) => ({ action: `training.${action}`, institution: 'guest', scope: 'own', basis: 'TRN-4.6; cmi5, xAPI 1.0.3' }));
