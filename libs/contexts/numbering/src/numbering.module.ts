import { numberingEvents, numberingProto } from '#contracts/numbering';
import { joinParts, type ContextModule } from '#platform';
import { assignmentParts } from './assignment/assignment.parts.js';
import { batchParts } from './batch/batch.parts.js';
import { changeCaseParts } from './change-case/change-case.parts.js';
import { ChangeCaseStore } from './change-case/change-case.store.js';
import { NumberChange } from './change-case/change-number.js';
import { drawWith } from './construction/draw.js';
import { custodyParts } from './custody/custody.parts.js';
import type { DrawGenerator } from './custody/key-custody.js';
import { deliveryTargetParts } from './delivery-target/delivery-target.parts.js';
import { differenceRunParts } from './difference-run/difference-run.parts.js';
import { disputeParts } from './dispute/dispute.parts.js';
import { exchangeParts } from './exchange/exchange.parts.js';
import { ledgerParts } from './ledger/ledger.parts.js';
import { linkParts } from './link/link.parts.js';
import { Numbers } from './numbers.js';
import { policy } from './policy.js';
import { readinessParts } from './readiness/readiness.parts.js';
import { standingParts } from './standing/standing.parts.js';
import { StandingStore } from './standing/standing.store.js';
import { uniquenessParts } from './uniqueness/uniqueness.parts.js';
import { verificationParts } from './verification/verification.parts.js';
import { waveParts } from './wave/wave.parts.js';

/** The context with its generator; `generator` makes the draw from the key K and the salts of the key store. */
export function numberingWith(generator: DrawGenerator): ContextModule {
  return {
    name: 'numbering',
    title: '個人番号付番システム',
    migrations: new URL('./migrations/', import.meta.url),
    proto: numberingProto,
    events: numberingEvents,
    policy,
    build: (platform) => {
      const numbers = new Numbers(platform, generator);
      const cases = new ChangeCaseStore(platform.cipher);
      const change = new NumberChange(cases, numbers);
      const standing = { standings: new StandingStore(), moves: numbers.moves };
      return joinParts(
        // Numbers, singly and in batches.
        assignmentParts(numbers, change),
        batchParts(numbers, change),
        exchangeParts(platform, numbers.exchange),
        ledgerParts(platform, numbers),
        custodyParts(platform, numbers.custody),
        uniquenessParts(platform, numbers),
        // The mass numbering.
        waveParts(numbers),
        differenceRunParts(numbers),
        deliveryTargetParts(platform, numbers),
        readinessParts(),
        // What becomes of a number, and who may look.
        standingParts(numbers, standing),
        changeCaseParts(numbers, cases),
        disputeParts(standing),
        verificationParts(numbers),
        linkParts(numbers),
      );
    },
  };
}

export const numberingModule = numberingWith(drawWith);
