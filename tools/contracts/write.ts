// `npm run contracts`: writes the published documents after a use case or an event was changed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contextModules } from '../arch/context-modules.js';
import { root } from '../arch/tree.js';
import { contractDocuments } from './documents.js';

for (const { path, text } of contractDocuments(await contextModules())) {
  writeFileSync(join(root, path), text);
  console.log(path);
}
process.exit();
