import { route, type ContextParts } from '#platform';
import { StepGeneration, type GenerationStep } from '../authority/step-generation.js';
import type { CrossDesk } from './cross-desk.js';
import { closingSteps, compromiseSteps, RevokeByGeneration, type EndingParts } from './end-generation.js';

const ONE = '/authorities/:authorityId/generations/:generation';

/** How the key of an authority ends, with what was certified by it and for it (JPKI 3.1, 4.11). */
export function endingParts(parts: EndingParts, desk: CrossDesk): Partial<ContextParts> {
  const [{ report, confirm, dismiss }, { endUse, destroy }] = [compromiseSteps(parts), closingSteps(parts)];
  const step = (path: string, taken: GenerationStep) => route('POST', `${ONE}${path}`, new StepGeneration(parts.generations, taken));
  return {
    http: [
      step('/compromise', report), step('/compromise/confirmation', confirm), step('/compromise/dismissal', dismiss), step('/end-of-use', endUse), step('/destruction', destroy),
    ],
    jobs: [new RevokeByGeneration(desk)],
  };
}
