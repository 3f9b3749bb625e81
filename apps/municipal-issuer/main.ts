import { municipalIssuerModule } from '#contexts/municipal-issuer';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [municipalIssuerModule]);
