import { type ContextParts, type Platform } from '#platform';
import { onCandidateDelivered } from '../on/on-candidate-delivered.js';
import { onNumberChanged } from '../on/on-number-changed.js';
import { onNumberDesignated } from '../on/on-number-designated.js';
import { NumberStore } from './number.store.js';
import { NUMBER_PURPOSE, TakeInBatch } from './take-in-batch.js';
import { NumberIntake } from './take-in-numbers.js';

/** Individual numbers from numbering (JUKI-4.2). */
export function numberParts({ cipher, peers }: Platform): Partial<ContextParts> {
  const numbers = new NumberIntake(new NumberStore(cipher));
  return {
    subscriptions: [
      {
        name: 'numbers', from: 'numbering', filter: 'kiban.numbering.>', purpose: NUMBER_PURPOSE,
        handlers: [onNumberDesignated(peers, numbers), onNumberChanged(peers, numbers), onCandidateDelivered()],
      },
    ],
    jobs: [new TakeInBatch(peers, numbers)],
  };
}
