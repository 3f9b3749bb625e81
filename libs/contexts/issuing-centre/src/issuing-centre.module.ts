import { issuingCentreEvents, issuingCentreProto } from '#contracts/issuing-centre';
import { joinParts, type ContextModule } from '#platform';
import { backSideParts, frontProtection } from './back-side/back-side.parts.js';
import { certificateRequestParts } from './certificate-request/certificate-request.parts.js';
import { municipalServerParts } from './municipal-server/municipal-server.parts.js';
import { operatorParts } from './operator/operator.parts.js';
import { policy } from './policy.js';
import { residentLinkParts } from './resident-link/resident-link.parts.js';
import { settlementParts } from './settlement/settlement.parts.js';
import { shelfOf } from './shelf.js';
import { typeBlockParts } from './type-block/type-block.parts.js';
import { verificationParts } from './verification/verification.parts.js';

/** 証明書交付センター: between kiosks in shops and the servers of municipalities. */
export const issuingCentreModule: ContextModule = {
  name: 'issuing-centre',
  title: '証明書交付センター (certificate issuing centre)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: issuingCentreProto,
  events: issuingCentreEvents,
  policy,
  build: (platform) => {
    const shelf = shelfOf(platform);
    const protection = frontProtection(platform);
    return joinParts(
      operatorParts(shelf),
      municipalServerParts(shelf),
      residentLinkParts(shelf),
      certificateRequestParts(platform, shelf, protection),
      typeBlockParts(shelf),
      settlementParts(),
      backSideParts(platform, protection),
      verificationParts(platform, protection),
    );
  },
};
