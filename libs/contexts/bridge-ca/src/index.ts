export { bridgeCaModule } from './bridge-ca.module.js';
export { readRecord } from './migration-batch/migration-record.js';
