import { jukiNetModule } from '#contexts/juki-net';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [jukiNetModule]);
