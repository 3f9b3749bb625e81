import { appendFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Api } from '../../tools/walk/api.js';
import { openBenchEstate } from '../bench-estate.js';
import { fillRegister } from './fill.js';
import { measureMemory, measureSize } from './footprint.js';
import { measureInquiries } from './inquiries.js';
import { loadResidents, numberResidents } from './load.js';
import { matchAgencyFile } from './matching.js';
import { peakDay } from './peak-day.js';
import { provideBatches } from './provision.js';
import { PORTION, type Scene } from './scene.js';

const HELP = `npm run scale -- [options]

  --residents N   size of the register, a multiple of ${PORTION} (default 1000000)
  --data FOLDER   keep the data there and go on with it; what is loaded already is not loaded again
  --contexts A,B  only these run: juki-net,numbering are those that are measured, the others follow them (default all)
  --steps A,B     which steps, of: load, size, inquiry, provision, day, match, memory (default these, in this order);
                  fill writes what is missing of the size straight into the register's tables, and number has it numbered
`;
const steps: Readonly<Record<string, (scene: Scene) => Promise<void> | void>> = {
  load: loadResidents, size: measureSize, inquiry: measureInquiries, provision: provideBatches, day: peakDay, match: matchAgencyFile, memory: measureMemory,
  fill: fillRegister, number: numberResidents,
};
const DEFAULT_STEPS = 'load,size,inquiry,provision,day,match,memory';

const { values } = parseArgs({ options: { contexts: { type: 'string' }, residents: { type: 'string', default: '1000000' }, data: { type: 'string' }, steps: { type: 'string', default: DEFAULT_STEPS }, help: { type: 'boolean', default: false } } });
const residents = Number(values.residents);
const asked = values.steps.split(',');
if (values.help || !(residents >= PORTION && residents % PORTION === 0) || asked.some((name) => steps[name] === undefined)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const data = values.data === undefined ? mkdtempSync(join(tmpdir(), 'kiban-scale-')) : resolve(values.data);
mkdirSync(data, { recursive: true });
const estate = await openBenchEstate(['--processes', 'each', ...(values.contexts === undefined ? [] : ['--contexts', values.contexts])], data);
const note = (line: string): void => {
  console.log(line);
  appendFileSync(join(data, 'scale.txt'), `${line}\n`);
};
const scene: Scene = { estate, api: new Api(estate.address), residents, data, note };
for (const name of asked) {
  note(`--- ${name}, ${new Date().toISOString()}, ${values.contexts ?? 'all contexts'}`);
  await steps[name]?.(scene);
}
await estate.stop();
process.exit(0);
