import { cardIssuanceModule } from '#contexts/card-issuance';
import { runContexts } from '#platform';

await runContexts(process.env, [cardIssuanceModule]);
