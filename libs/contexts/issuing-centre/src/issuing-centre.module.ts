import { issuingCentreEvents, issuingCentreProto } from '#contracts/issuing-centre';
import { joinParts, type ContextModule } from '#platform';
import { policy } from './policy.js';

/** The table of contents of this context: each feature adds the parts of its folder. */
export const issuingCentreModule: ContextModule = {
  name: 'issuing-centre',
  title: 'Issuing centre',
  migrations: new URL('./migrations/', import.meta.url),
  proto: issuingCentreProto,
  events: issuingCentreEvents,
  policy,
  build: () => joinParts(),
};
