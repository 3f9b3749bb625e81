import { camel, sentence, snake } from './names.mjs';

/** The eight files of a context that does nothing yet, by path. */
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
    [`${library}/README.md`]: readme(name),
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
import type { ContextModule } from '#platform';

/** The table of contents of this context. */
export const ${camel(name)}Module: ContextModule = {
  name: '${name}',
  title: '${sentence(name)}',
  migrations: new URL('./migrations/', import.meta.url),
  proto: ${camel(name)}Proto,
  events: ${camel(name)}Events,
  policy: [],
  build: () => ({ http: [], grpc: {}, subscriptions: [], jobs: [], schedules: [] }),
};
`;
}

function readme(name) {
  const headings = [
    'Purpose and legal basis', 'What it owns', 'What it never does', 'Commands', 'Questions it answers', 'Events out and in', 'Rules and where they are',
    'Volumes and limits it was measured at', 'When PostgreSQL, NATS, a neighbour or a key store is away', 'Operator commands',
  ];
  return `# ${sentence(name)}\n\n${headings.map((heading) => `## ${heading}\n`).join('\n')}`;
}
