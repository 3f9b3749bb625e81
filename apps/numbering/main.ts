import { numberingModule } from '#contexts/numbering';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [numberingModule]);
