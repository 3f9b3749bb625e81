import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseCertificate, parseCrl, pemBlocksOf } from '#pki';
import { diceOf } from '#testing/population';
import { javaJudge } from '../interop/java.js';
import { opensslJudge } from '../interop/openssl.js';
import { reverify, sampleOf } from './reverify.js';

const several = { type: 'string', multiple: true, default: [] as string[] } as const;
const { values } = parseArgs({ options: { certificates: several, anchors: several, bundle: several, lists: several, answers: several, sample: { type: 'string' }, seed: { type: 'string', default: '1' } } });
if (values.certificates.length === 0 || values.anchors.length === 0) {
  console.error('reverify: --certificates FILE|FOLDER --anchors FILE [--bundle FILE] [--lists FILE|FOLDER] [--answers FILE|FOLDER] [--sample COUNT --seed TEXT]');
  process.exit(2);
}
const of = <T>(paths: readonly string[], parse: (der: Buffer) => T): T[] => paths.flatMap(objectsIn).map((der) => parse(der));
const all = of(values.certificates, parseCertificate);
const chosen = values.sample === undefined ? all : sampleOf(all, Number(values.sample), diceOf(values.seed));
const found = [await opensslJudge(), await javaJudge()];
const judges = found.filter((one) => typeof one !== 'string');
for (const absent of found.filter((one) => typeof one === 'string')) console.log(`reverify: cannot run: ${absent}`);
const issued = { certificates: chosen, anchors: of(values.anchors, parseCertificate), bundle: of(values.bundle, parseCertificate), lists: of(values.lists, parseCrl), answers: of(values.answers, (der) => der) };
const oddities = await reverify(issued, judges, new Date());
for (const { serial, what } of oddities) console.log(`${serial}: ${what}`);
console.log(`reverify: ${chosen.length} of ${all.length} certificates by the engine's lint${judges.map(({ name }) => `, ${name}`).join('')}: ${oddities.length} oddities`);
process.exit(oddities.length > 0 || judges.length === 0 ? 1 : 0);

/** Objects of a file that is DER or PEM, or of all files of a folder. */
function objectsIn(path: string): Buffer[] {
  if (statSync(path).isDirectory()) return readdirSync(path).sort().flatMap((name) => objectsIn(join(path, name)));
  const bytes = readFileSync(path);
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return [bytes];
  return pemBlocksOf(bytes.toString('latin1')).map(({ der }) => {
    if (der === undefined) throw new Error(`${path}: a PEM block is broken`);
    return der;
  });
}
