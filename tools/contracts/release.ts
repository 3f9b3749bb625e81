// `npm run contracts:release`: keeps the present contracts as those that later changes must not break.
import { contextModules } from '../arch/context-modules.js';
import { release } from './released.js';

for (const module of await contextModules()) {
  release(module);
  console.log(`libs/contracts/${module.name}/released`);
}
process.exit();
