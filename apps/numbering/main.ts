import { numberingModule } from '#contexts/numbering';
import { runContexts } from '#platform';

await runContexts(process.env, [numberingModule]);
