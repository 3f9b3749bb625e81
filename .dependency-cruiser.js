// Who may import whom. `tools/arch/arch.spec.ts` runs these rules over the tree in `npm test` and, for every rule, over a planted
// violation in `tools/arch/fixtures/estate`. By hand: `npx depcruise apps libs tools test bench`.

/** Specs, their fixtures, and what exists for tests only. */
const TESTS = '([.]spec|[.]fixture)[.]ts$|^libs/testing/|^test/|^bench/';
const LIBRARY = '^libs/(chip|kernel|platform|pki|print|sealed-trail|testing|contracts/[^/]+|contexts/[^/]+)/';
const DOMAIN_FILE = '^libs/contexts/([^/]+)/.+/([^/]+)/\\2[.]ts$';
const OUTER = '[.](store|http|grpc|module)[.]ts$';
const ZOD = 'node_modules/zod/';
const HOLIDAYS = 'node_modules/@holiday-jp/';
/** Keyed hashes are values of their input; that nothing is drawn from it is checked in arch.spec.ts. */
const HASHES = '^crypto$';
const PACKAGE_IMPORT = 'aliased-subpath-import';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    error('context-to-context', 'A context knows its neighbours by #contracts/<other> only.', { path: '^libs/contexts/([^/]+)/' }, { path: '^libs/contexts/', pathNot: '^libs/contexts/$1/' }),
    error('libraries-not-outward', 'Libraries and apps know neither tools nor tests; libraries know no app.', { path: '^libs/' }, { path: '^(apps|tools|test|bench)/' }),
    error('apps-not-outward', 'Apps know neither tools nor tests.', { path: '^apps/' }, { path: '^(tools|test|bench)/' }),
    error('tools-not-tests', 'Tools run without the tests.', { path: '^tools/' }, { path: '^(test|bench)/' }),
    error('app-to-app', 'Apps are put together by tools, not by each other.', { path: '^apps/([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
    error('app-imports', 'An app puts contexts on the platform; everything else is theirs. The command line and the directory alone read certificates themselves.', { path: '^apps/', pathNot: `^apps/(kibanctl|directory)/|${TESTS}` }, { path: '^libs/', pathNot: '^libs/(contexts|contracts|kernel|platform|testing)/' }),
    error('kernel-is-leaf', 'The kernel is pure values: no library, no package, no Node.', { path: '^libs/kernel/', pathNot: TESTS }, { pathNot: `^libs/kernel/|${ZOD}|${HOLIDAYS}` }),
    error('kernel-zod-types-only', 'The kernel names schema types; it does not validate.', { path: '^libs/kernel/', pathNot: TESTS }, { path: ZOD, dependencyTypesNot: ['type-only'] }),
    error('kernel-holidays-in-calendar', 'The holiday table belongs to the calendar.', { path: '^libs/kernel/', pathNot: `^libs/kernel/src/calendar/|${TESTS}` }, { path: HOLIDAYS }),
    error('contracts-only-kernel', 'A contract is schemas and names: no logic, no neighbour.', { path: '^libs/contracts/([^/]+)/', pathNot: TESTS }, { pathNot: `^libs/contracts/$1/|^libs/kernel/|${ZOD}` }),
    error('platform-only-kernel', 'The platform knows no context, no contract and no certificate.', { path: '^libs/platform/', pathNot: TESTS }, { path: '^libs/', pathNot: '^libs/(platform|kernel)/' }),
    error('pki-imports-no-library', 'The X.509 engine stands alone.', { path: '^libs/pki/', pathNot: TESTS }, { path: '^libs/', pathNot: '^libs/pki/' }),
    error('print-only-kernel', 'What draws on paper knows no context and no certificate.', { path: '^libs/print/', pathNot: TESTS }, { path: '^libs/', pathNot: '^libs/(print|kernel)/' }),
    error('chip-only-pki', 'Chip and terminal know no context, no database and no server.', { path: '^libs/chip/', pathNot: TESTS }, { path: '^libs/', pathNot: '^libs/(chip|pki)/' }),
    error('sealed-trail-no-context', 'The sealed trail is of any context: it seals with what it is given.', { path: '^libs/sealed-trail/', pathNot: TESTS }, { path: '^libs/', pathNot: '^libs/(sealed-trail|kernel|pki|platform)/' }),
    error('domain-is-pure', 'A file named like its folder decides from values: kernel, contracts and siblings only.', { path: DOMAIN_FILE }, { pathNot: `^libs/(kernel|contracts)/|^libs/contexts/$1/|${HASHES}|${ZOD}` }),
    error('domain-zod-types-only', 'Input was validated at the edge; a domain file may name the type of a schema.', { path: DOMAIN_FILE }, { path: ZOD, dependencyTypesNot: ['type-only'] }),
    error('domain-not-outer', 'A domain file does not know how it is stored or asked.', { path: DOMAIN_FILE }, { path: OUTER }),
    error('domain-reaches-only-pure', 'What a domain file imports is pure as well.', { path: DOMAIN_FILE }, { reachable: true, pathNot: `^libs/(kernel|contracts|contexts)/|${ZOD}|${HOLIDAYS}|${HASHES}` }),
    error('edge-not-store', 'An edge calls use cases.', { path: '[.](http|grpc)[.]ts$' }, { path: '[.]store[.]ts$' }),
    error('edges-only-by-module', 'Edges are the outside; only the table of contents ties them in.', { path: '^libs/contexts/', pathNot: '[.]module[.]ts$' }, { path: '^libs/contexts/.+[.](http|grpc)[.]ts$' }),
    error('testing-only-in-tests', 'What tests need does not run in production.', { path: '^(libs|apps)/', pathNot: `${TESTS}|^apps/kibanctl/` }, { path: '^libs/testing/' }),
    error('kibanctl-only-population', 'kibanctl generates a population; it starts no servers.', { path: '^apps/kibanctl/', pathNot: TESTS }, { path: '^libs/testing/', pathNot: '^libs/testing/src/population/' }),
    error('fixtures-only-in-tests', 'Fixtures and specs are not part of the build.', { pathNot: TESTS }, { path: '([.]spec|[.]fixture)[.]ts$' }),
    error('no-deep-import', 'A library is reached by its package import, which is its index.', { path: LIBRARY }, { path: '^libs/', pathNot: '^libs/$1/', dependencyTypesNot: [PACKAGE_IMPORT] }),
    error('no-deep-import-from-outside', 'A library is reached by its package import, which is its index.', { path: '^(apps|tools|test|bench)/' }, { path: '^libs/', dependencyTypesNot: [PACKAGE_IMPORT] }),
    error('no-dev-package', 'A development package is absent where Kiban runs.', { path: '^(apps|libs)/', pathNot: TESTS }, { dependencyTypes: ['npm-dev'] }),
    error('no-undeclared-package', 'A package that only others declare goes away with them.', {}, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
    error('no-unknown-module', 'Everything imported exists and is declared.', {}, { couldNotResolve: true }),
    error('no-circular', 'A cycle at run time has no first file.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^tools/arch/fixtures/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['kiban-source', 'import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
