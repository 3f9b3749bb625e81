import { benchCrl } from './crl.bench.js';
import { benchEvents } from './events.bench.js';
import { benchInquiry } from './inquiry.bench.js';
import { benchImport } from './import.bench.js';
import { benchIssuance } from './issuance.bench.js';
import { benchKiosk } from './kiosk.bench.js';
import { benchLearners } from './learners.bench.js';
import { benchMailing } from './mailing.bench.js';
import { benchNumbering } from './numbering.bench.js';
import { benchOcsp } from './ocsp.bench.js';
import { benchPartitions } from './partitions.bench.js';
import { benchPaths } from './paths.bench.js';
import { benchPkcs11 } from './pkcs11.bench.js';
import { benchRush } from './rush.bench.js';
import { benchStatements } from './statements.bench.js';
import { benchStatus } from './status.bench.js';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  events: benchEvents, import: benchImport, numbering: benchNumbering, inquiry: benchInquiry, pkcs11: benchPkcs11,
  paths: benchPaths, crl: benchCrl, ocsp: benchOcsp, issuance: benchIssuance, statements: benchStatements, learners: benchLearners, rush: benchRush, kiosk: benchKiosk,
  mailing: benchMailing, partitions: benchPartitions, status: benchStatus,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`unknown benchmark: ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(benches)) await benches[name]?.();
process.exit(0);
