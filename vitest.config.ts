import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['kiban-source'] },
  ssr: { resolve: { conditions: ['kiban-source', 'node'], externalConditions: ['node'] } },
  test: {
    include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'tools/**/*.spec.ts', 'test/**/*.spec.ts'],
    pool: 'forks',
    // Most of a spec is waiting for servers and schedules: two cores have room for three.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
