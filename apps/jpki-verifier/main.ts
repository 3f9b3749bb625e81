import { jpkiVerifierModule } from '#contexts/jpki-verifier';
import { runContexts } from '#platform';

await runContexts(process.env, [jpkiVerifierModule]);
