import { jukiCardModule } from '#contexts/juki-card';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [jukiCardModule]);
