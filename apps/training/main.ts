import { trainingModule } from '#contexts/training';
import { readConfig, runProcess } from '#platform';

await runProcess(() => readConfig(process.env), [trainingModule]);
