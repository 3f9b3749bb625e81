import { issuingCentreModule } from '#contexts/issuing-centre';
import { runContexts } from '#platform';

await runContexts(process.env, [issuingCentreModule]);
