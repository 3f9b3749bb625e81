import { readConfig, runProcess } from '#platform';
import { contexts } from './contexts.js';

await runProcess(() => readConfig(process.env), contexts);
