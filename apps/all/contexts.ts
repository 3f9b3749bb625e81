import { issuingCentreModule } from '#contexts/issuing-centre';
import { municipalIssuerModule } from '#contexts/municipal-issuer';
import { jukiCardModule } from '#contexts/juki-card';
import { bridgeCaModule } from '#contexts/bridge-ca';
import { cardIssuanceModule } from '#contexts/card-issuance';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { jpkiVerifierModule } from '#contexts/jpki-verifier';
import { jukiNetModule } from '#contexts/juki-net';
import { numberingModule } from '#contexts/numbering';
import { trainingModule } from '#contexts/training';
import type { ContextModule } from '#platform';

/** Every context of the estate. */
export const contexts: readonly ContextModule[] = [jukiNetModule, numberingModule, cardIssuanceModule, jpkiCaModule, bridgeCaModule, trainingModule, municipalIssuerModule, issuingCentreModule, jukiCardModule, jpkiVerifierModule];
