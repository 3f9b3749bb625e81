import { configDefaults, defineConfig } from 'vitest/config';

/** A PKCS#11 library knows one token a process: the one it was initialised with. */
const OF_A_TOKEN = [
  'libs/platform/src/crypto/key-store.spec.ts',
  'libs/pki/src/key/pkcs11-key-store.spec.ts',
  'libs/contexts/jpki-ca/src/ca/token-keys.int.spec.ts',
  'libs/contexts/jpki-ca/src/ceremony/first-ceremony.int.spec.ts',
  'libs/contexts/numbering/src/custody/custody.int.spec.ts',
];

export default defineConfig({
  resolve: { conditions: ['kiban-source'] },
  ssr: { resolve: { conditions: ['kiban-source', 'node'], externalConditions: ['node'] } },
  test: {
    pool: 'forks',
    // Most of a spec is waiting for servers and schedules: two cores have room for three.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    projects: [
      {
        extends: true,
        // To load the whole tree anew for each of three hundred specs would be a sixth of the run. A spec leaves nothing behind in a module.
        test: {
          name: 'together', isolate: false, include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'tools/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: [...configDefaults.exclude, ...OF_A_TOKEN],
        },
      },
      { extends: true, test: { name: 'apart', include: OF_A_TOKEN } },
    ],
  },
});
