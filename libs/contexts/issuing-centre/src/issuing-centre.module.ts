import { issuingCentreEvents, issuingCentreProto } from '#contracts/issuing-centre';
import { joinParts, type ContextModule } from '#platform';
import { backSideParts, frontProtection } from './back-side/back-side.parts.js';
import { policy } from './policy.js';
import { verificationParts } from './verification/verification.parts.js';

/** The table of contents of this context: each feature adds the parts of its folder. */
export const issuingCentreModule: ContextModule = {
  name: 'issuing-centre',
  title: 'Issuing centre',
  migrations: new URL('./migrations/', import.meta.url),
  proto: issuingCentreProto,
  events: issuingCentreEvents,
  policy,
  build: (platform) => {
    const protection = frontProtection(platform);
    return joinParts(backSideParts(platform, protection), verificationParts(platform, protection));
  },
};
