import { jpkiCaModule } from '#contexts/jpki-ca';
import { runContexts } from '#platform';

await runContexts(process.env, [jpkiCaModule]);
