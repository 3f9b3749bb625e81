import { jukiNetModule } from '#contexts/juki-net';
import { runContexts } from '#platform';

await runContexts(process.env, [jukiNetModule]);
