import { symbolAcquisitionStateChanged } from '#contracts/juki-net';
import type { Ctx } from '#platform';
import type { SymbolAcquisition } from './symbol-acquisition.js';

const SEQUENCE = { RECEIVED: 0, CODE_RESOLVED: 1, FORWARDED: 2, CONFIRMED: 3, REFUSED: 3 } as const;

/** Tells where a request is: neither its acquisition number nor its person. */
export function tellAcquisition(ctx: Ctx, { requestId, organisation, state }: Pick<SymbolAcquisition, 'organisation' | 'requestId' | 'state'>): void {
  ctx.emit(symbolAcquisitionStateChanged, { aggregateId: requestId, sequence: SEQUENCE[state], data: { requestId, organisation, state } });
}
