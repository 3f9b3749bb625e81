// `npm run golden`: writes the golden schemas after a migration was added.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testDatabase } from '#testing/servers';
import { gatewaySchema } from '../../apps/gateway/schema.js';
import { contextModules } from './context-modules.js';
import { goldenSchemas } from './golden-schemas.js';
import { root } from './tree.js';

const owners = [...(await contextModules()), gatewaySchema];
const database = await testDatabase();
try {
  for (const { path, text } of await goldenSchemas(database.adminUrl, owners)) {
    writeFileSync(join(root, path), text);
    console.log(path);
  }
} finally {
  await database.drop();
}
process.exit();
