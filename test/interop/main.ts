import { DIFFERENCES } from './differences.js';
import { directoryByJava } from './directory.js';
import { gnutlsJudge } from './gnutls.js';
import { ask } from './interop.js';
import { javaJudge } from './java.js';
import { type Judge, NOT_ASKED } from './judge.js';
import { materialAt } from './material.js';
import { messageCases } from './message-cases.js';
import { nssJudge } from './nss.js';
import { opensslJudge } from './openssl.js';
import { pathCases } from './path-cases.js';

const JUDGES: Readonly<Record<Judge['name'], () => Promise<Judge | string>>> = { openssl: opensslJudge, java: javaJudge, gnutls: gnutlsJudge, nss: nssJudge };

const material = await materialAt(new Date());
const cases = [...(await pathCases(material)), ...(await messageCases(material))];
let faults = 0;
let absent = 0;
for (const { id, accept, ours, clause } of cases.filter((one) => one.ours !== one.accept)) fault(`the engine ${ours ? 'accepts' : 'refuses'} ${id}, which ${clause} ${accept ? 'accepts' : 'refuses'}`);
for (const [name, find] of Object.entries(JUDGES)) await run(name, await find());
const directory = await directoryByJava(material);
if (typeof directory === 'string') absent += 1;
else for (const { question, answer } of directory.otherwise) fault(`the directory before Java, ${question}: ${answer}`);
console.log(`directory: ${typeof directory === 'string' ? `cannot be asked: ${directory}` : `java asked ${directory.asked} times`}`);
console.log(`interop: ${cases.length} cases; ${faults} faults${absent === 0 ? '' : `, ${absent} programs could not be asked`}`);
process.exit(faults > 0 ? 1 : 0);

function fault(text: string): void {
  faults += 1;
  console.log(`FAULT: ${text}`);
}

async function run(name: string, judge: Judge | string): Promise<void> {
  if (typeof judge === 'string') {
    absent += 1;
    console.log(`${name}: cannot run: ${judge}`);
    return;
  }
  const { asked, unexpected, gone, known } = await ask(judge, cases);
  console.log(`${name} (${judge.version}): asked about ${asked}, agrees on ${asked - unexpected.length - known.length}, known differences ${known.length}`);
  for (const [kind, why] of Object.entries(NOT_ASKED[judge.name])) console.log(`  not asked about ${kind}: ${why}`);
  for (const { cases: ids, clause, reason } of DIFFERENCES.filter((one) => one.judge === judge.name)) console.log(`  otherwise on ${ids.join(', ')} (${clause}): ${reason}`);
  for (const { id, words } of unexpected) fault(`${name} judges ${id} otherwise: ${words}`);
  for (const id of gone) fault(`${name} no longer judges ${id} otherwise`);
}
