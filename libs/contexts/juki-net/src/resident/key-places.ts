import type { Schedule } from '#platform';
import { keyPlaces, unkeyedPlaces } from './place.store.js';

const SECOND_MS = 1_000;
const CHUNK = 2_000;

/** Computes the place keys of rows that were written before there were any, some thousand a second. */
export const keyPlacesOfOld: Schedule = {
  name: 'resident.key-places',
  due: (last, now) => {
    const occasion = new Date(now.getTime() - (now.getTime() % SECOND_MS)).toISOString();
    return last !== undefined && last >= occasion ? undefined : occasion;
  },
  hasWork: async (ctx) => (await unkeyedPlaces(ctx.db, 1)).length > 0,
  run: async (ctx) => keyPlaces(ctx.db, await unkeyedPlaces(ctx.db, CHUNK)),
};
