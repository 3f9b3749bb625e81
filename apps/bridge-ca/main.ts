import { bridgeCaModule } from '#contexts/bridge-ca';
import { runContexts } from '#platform';

await runContexts(process.env, [bridgeCaModule]);
