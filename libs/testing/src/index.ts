export * from './estate.js';
export { ExchangeParty } from './exchange-party.js';
export { counterAdded, sampleModule, sampleProblems } from './sample/sample.module.js';
export { softToken, softTokenAbsence, type SoftToken } from './soft-token.js';
export { BINDING_KEY, CentreNeighbours, refusedByMunicipality, renderingOf, SpecAuthority, type CardKey, type Rendering } from './kiosk/centre-neighbours.js';
export { cardRequests } from './card-requests.js';
export { codeOf, Kiosk, SHOP } from './kiosk/reference-kiosk.js';
export { fetchChromium, findChromium, type Chromium } from './chromium.js';
export { COUNTER, NewChip, activateFor, newPins, type Certified } from './new-chip.js';
