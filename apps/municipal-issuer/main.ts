import { municipalIssuerModule } from '#contexts/municipal-issuer';
import { runContexts } from '#platform';

await runContexts(process.env, [municipalIssuerModule]);
