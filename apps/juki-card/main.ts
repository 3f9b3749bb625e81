import { jukiCardModule } from '#contexts/juki-card';
import { runContexts } from '#platform';

await runContexts(process.env, [jukiCardModule]);
