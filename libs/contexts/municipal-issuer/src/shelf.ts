import type { MunicipalityStore } from './municipality/municipality.store.js';
import type { RecordStore } from './record/record.store.js';

/** Stores that several features use. */
export interface Shelf {
  readonly municipalities: MunicipalityStore;
  readonly records: RecordStore;
}
