import { runContexts } from '#platform';
import { contexts } from './contexts.js';

await runContexts(process.env, contexts);
