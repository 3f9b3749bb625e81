import { cardIssuanceModule } from '#contexts/card-issuance';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [cardIssuanceModule]);
