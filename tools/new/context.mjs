import { camel, sentence, snake } from './names.mjs';

/** The ten files of a context that does nothing yet, by path. */
export function contextFiles(name) {
  const contract = `libs/contracts/${name}`;
  const library = `libs/contexts/${name}`;
  return {
    [`${contract}/index.ts`]: "export * from './events.js';\nexport * from './problems.js';\nexport * from './rpcs.js';\n",
    [`${contract}/events.ts`]: `/** Events of this context, in the order of the life of what they tell of. */\nexport const ${camel(name)}Events = [] as const;\n`,
    [`${contract}/problems.ts`]: problems(name),
    [`${contract}/rpcs.ts`]: `/** Questions that this context answers to its neighbours. */\nexport const ${camel(name)}Proto = new URL('./proto/${snake(name)}.proto', import.meta.url);\n`,
    [`${contract}/proto/${snake(name)}.proto`]: `syntax = "proto3";\n\npackage kiban.${snake(name)}.v1;\n`,
    [`${library}/src/index.ts`]: `export { ${camel(name)}Module } from './${name}.module.js';\n`,
    [`${library}/src/${name}.module.ts`]: contextModule(name),
    [`${library}/src/policy.ts`]: policy(name),
    [`${library}/README.md`]: readme(name),
    [`apps/${name}/main.ts`]: `import { ${camel(name)}Module } from '#contexts/${name}';\nimport { runContexts } from '#platform';\n\nawait runContexts(process.env, [${camel(name)}Module]);\n`,
  };
}

function problems(name) {
  return `import { problemTable } from '#kernel';

/** Problems of this context: \`urn:kiban:problem:${name}:<CODE>\`. */
export const ${camel(name)}Problems = problemTable('${name}', {});
`;
}

function contextModule(name) {
  return `import { ${camel(name)}Events, ${camel(name)}Proto } from '#contracts/${name}';
import { joinParts, type ContextModule } from '#platform';
import { policy } from './policy.js';

/** The table of contents of this context: each feature adds the parts of its folder. */
export const ${camel(name)}Module: ContextModule = {
  name: '${name}',
  title: '${sentence(name)}',
  migrations: new URL('./migrations/', import.meta.url),
  proto: ${camel(name)}Proto,
  events: ${camel(name)}Events,
  policy,
  build: () => joinParts(),
};
`;
}

function policy(name) {
  return `import type { PolicyRow } from '#platform';

/** The policy table of ${name}: the rows of its features. */
export const policy: readonly PolicyRow[] = [];
`;
}

const STRINGS = /(const (?:CONTEXTS|AUDITED) = \[)([^\]]*)(\])/;
const MODULES = /(contexts: readonly ContextModule\[\] = \[)([^\]]*)(\])/;
const LAST_SERVICE = /( *\{ id: 'svc-[\s\S]*\n)(?=\];)/;

/** The files that list every context, each with what becomes of its text; undefined where it has no such list. */
export const CONTEXT_LISTS = {
  'apps/all/contexts.ts': (text, name) => {
    const line = `import { ${camel(name)}Module } from '#contexts/${name}';\n`;
    return MODULES.test(text) ? line + text.replace(MODULES, longer(`${camel(name)}Module`)) : undefined;
  },
  'apps/gateway/clients.ts': (text, name) => {
    const client = `  { id: 'svc-${name}', kind: 'service', organisation: '${name}', ja: '${sentence(name)}', en: 'Service ${name}' },\n`;
    return LAST_SERVICE.test(text) ? text.replace(LAST_SERVICE, (services) => services + client) : undefined;
  },
  'apps/kibanctl/jobs.ts': named,
  'test/fault/checks.ts': named,
  'tools/walk/walk.ts': named,
};

function named(text, name) {
  return STRINGS.test(text) ? text.replace(STRINGS, longer(`'${name}'`)) : undefined;
}

function longer(entry) {
  return (_whole, head, entries, tail) => `${head}${entries.trim() === '' ? '' : `${entries}, `}${entry}${tail}`;
}

function readme(name) {
  const headings = [
    'Purpose and legal basis', 'What it owns', 'What it never does', 'Commands', 'Questions it answers', 'Events out and in', 'Rules and where they are',
    'Volumes and limits it was measured at', 'When PostgreSQL, NATS, a neighbour or a key store is away', 'Operator commands',
  ];
  return `# ${sentence(name)}\n\n${headings.map((heading) => `## ${heading}\n`).join('\n')}`;
}
