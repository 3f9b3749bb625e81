import { bridgeCaModule } from '#contexts/bridge-ca';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [bridgeCaModule]);
