import { route, type ContextParts, type Platform } from '#platform';
import { anyone } from '../verification/anyone.js';
import { BackSides } from './back-sides.js';
import { FrontKeys } from './front-keys.js';
import { ProtectedFrontStore } from './protected-front.store.js';
import { ListFrontKeys, RotateFrontKey } from './publish-front-keys.js';
import { RevokeFront } from './revoke-front.js';

/** What protects fronts, for the features that need it. */
export interface FrontProtection {
  readonly keys: FrontKeys;
  readonly fronts: ProtectedFrontStore;
  readonly backSides: BackSides;
}

export function frontProtection({ keyStore }: Platform): FrontProtection {
  const [keys, fronts] = [new FrontKeys(keyStore), new ProtectedFrontStore()];
  return { keys, fronts, backSides: new BackSides(keys, fronts) };
}

/** Forgery-proofing (CARD-4.16). */
export function backSideParts({ clock, database }: Platform, { keys, fronts }: FrontProtection): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/front-keys', new ListFrontKeys(keys), { guest: anyone }),
      route('POST', '/front-keys', new RotateFrontKey(keys), { status: 201 }),
      route('POST', '/fronts/:requestId/revocation', new RevokeFront(fronts)),
    ],
    prepare: () => keys.prepare(database, clock.now()),
    probe: () => keys.probe(database.db),
  };
}
