import { encode, placesOf, treeOf } from './der-tree.js';

const MAX_TRIES = 2_000;

/** Ways to make a message smaller: without one of its values, without a run of octets, the coarsest first. */
function* smaller(der: Buffer): Generator<Buffer> {
  const count = placesOf(treeOf(der) ?? []).length;
  for (let index = 0; index < Math.min(count, 300); index += 1) {
    const tree = treeOf(der) ?? [];
    const place = placesOf(tree)[index];
    place?.list.splice(place.at, 1);
    yield Buffer.concat(tree.map(encode));
  }
  for (let run = Math.ceil(der.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    for (let at = 0; at < der.length && at / run < 64; at += run) yield Buffer.concat([der.subarray(0, at), der.subarray(at + run)]);
  }
}

/** A smaller message with the same fault; the same one when none is found within a bounded number of tries. */
export function minimised(der: Buffer, hasFault: (der: Buffer) => boolean): Buffer {
  let [best, tries] = [der, 0];
  for (let found = true; found;) {
    found = false;
    for (const candidate of smaller(best)) {
      tries += 1;
      if (tries > MAX_TRIES) return best;
      if (candidate.length >= best.length || !hasFault(candidate)) continue;
      [best, found] = [candidate, true];
      break;
    }
  }
  return best;
}
