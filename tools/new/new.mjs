// `npm run new`: the files of something new, so that nobody copies an old one. Existing files are never overwritten.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONTEXT_LISTS, contextFiles } from './context.mjs';
import { withEvent } from './event.mjs';
import { camel, pascal } from './names.mjs';
import { useCaseFiles } from './use-case.mjs';

const USAGE = `npm run new context <name>                             a context: contract, module, page
npm run new use-case <context> <aggregate> <verb-noun>  a use case and its spec, which fails until it is tied in
npm run new event <context> <aggregate.past-verb>       an event in the contract of a context`;
const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const EVENT = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const root = process.cwd();
const [kind, ...names] = process.argv.slice(2);

switch (kind) {
  case 'context':
    newContext(...expectNames([KEBAB]));
    break;
  case 'use-case':
    newUseCase(...expectNames([KEBAB, KEBAB, /^[a-z]+(-[a-z0-9]+)+$/]));
    break;
  case 'event':
    newEvent(...expectNames([KEBAB, EVENT]));
    break;
  default:
    giveUp(USAGE);
}

function newContext(name) {
  const lists = Object.entries(CONTEXT_LISTS).map(([path, withContext]) => {
    requireList(path);
    return { path, text: withContext(readFileSync(join(root, path), 'utf8'), name) ?? giveUp(`${path} has no list of contexts to add ${name} to.`) };
  });
  write(contextFiles(name));
  for (const { path, text } of lists) {
    writeFileSync(join(root, path), text);
    console.log(`${path}: ${name}`);
  }
  console.log(`\nNext: the first table as libs/contexts/${name}/src/migrations/0001_<table>.sql, its name in Japanese in apps/gateway/clients.ts; then \`npm run contracts\` and \`npm run golden\`.`);
}

function newUseCase(context, aggregate, name) {
  requireFile(`libs/contexts/${context}/src/${context}.module.ts`);
  write(useCaseFiles(context, aggregate, name));
  console.log(`\nNext: a route to ${pascal(name)} in ${context}.module.ts, a row for its action in the policy of the context, and the rule that it follows.`);
}

function newEvent(context, name) {
  const path = `libs/contracts/${context}/events.ts`;
  requireFile(path);
  const text = withEvent(readFileSync(join(root, path), 'utf8'), context, name);
  if (text === undefined) giveUp(`${path} has the event ${name} already, or no list of events to add it to.`);
  writeFileSync(join(root, path), text);
  console.log(`${path}: ${camel(name)}\n\nNext: its summary and data, \`ctx.emit(${camel(name)}, …)\` where it happens, \`npm run contracts\`.`);
}

function write(files) {
  const present = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (present.length > 0) giveUp(`${present.join(', ')} exists already; nothing was written.`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}

function requireList(path) {
  if (!existsSync(join(root, path))) giveUp(`${path} does not exist: a new context is added to its list.`);
}

function requireFile(path) {
  if (!existsSync(join(root, path))) giveUp(`${path} does not exist: \`npm run new context\` makes a context.`);
}

function expectNames(patterns) {
  if (names.length !== patterns.length || !patterns.every((pattern, index) => pattern.test(names[index]))) giveUp(USAGE);
  return names;
}

function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}
