import { trainingModule } from '#contexts/training';
import { runContexts } from '#platform';

await runContexts(process.env, [trainingModule]);
