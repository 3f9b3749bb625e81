// `npm start`: prepares what is missing, then becomes the compiled supervisor (in this process: signals and exit code are its own).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, prepare, root } from './prepare.mjs';

try {
  await prepare();
  const main = join(root, 'dist', 'tools', 'start', 'main.js');
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
} catch (error) {
  giveUp(error);
}
