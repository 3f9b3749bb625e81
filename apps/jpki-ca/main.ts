import { jpkiCaModule } from '#contexts/jpki-ca';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [jpkiCaModule]);
