import { route, type ContextParts, type Platform } from '#platform';
import type { Provision } from '../inquiry/provision.js';
import { GetSymbolRequest, ListSymbolRequests } from './follow-symbol.js';
import { ConfirmSymbol, ForwardSymbols } from './hand-over-symbols.js';
import { RequestSymbol } from './request-symbol.js';
import { SymbolAcquisitionStore } from './symbol-acquisition.store.js';

/** Requests for linkage symbols, relayed to the exchange network (JUKI-3.7). */
export function symbolAcquisitionParts({ cipher }: Platform, provision: Provision): Partial<ContextParts> {
  const requests = new SymbolAcquisitionStore(cipher);
  return {
    http: [
      route('POST', '/symbol-acquisitions', new RequestSymbol(requests, provision), { status: 202 }),
      route('GET', '/symbol-acquisitions', new ListSymbolRequests(requests)),
      route('GET', '/symbol-acquisitions/:requestId', new GetSymbolRequest(requests)),
    ],
    grpc: { 'JukiRegister.ForwardSymbolAcquisitions': new ForwardSymbols(requests), 'JukiRegister.ConfirmSymbolAcquisition': new ConfirmSymbol(requests) },
  };
}
