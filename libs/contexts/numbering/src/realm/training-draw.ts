import type { DrawGenerator } from '../custody/key-custody.js';
import { trainingBody } from './realm.js';

/** The same construction in the training realm: nothing outside of the reserved prefix is ever drawn (NUM-8). */
export function drawForTraining(generator: DrawGenerator): DrawGenerator {
  return (key, salts) => {
    const draw = generator(key, salts);
    return (residentCode) => trainingBodies(draw(residentCode), residentCode);
  };
}

function* trainingBodies(offered: Iterator<string, void, void>, residentCode: string): Generator<string, void, void> {
  try {
    for (let next = offered.next(); next.value !== undefined; next = offered.next()) {
      const body = trainingBody(next.value, residentCode);
      if (body !== undefined) yield body;
    }
  } finally {
    offered.return?.();
  }
}
