import { issuingCentreModule } from '#contexts/issuing-centre';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [issuingCentreModule]);
