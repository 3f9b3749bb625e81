import { jpkiVerifierModule } from '#contexts/jpki-verifier';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [jpkiVerifierModule]);
