import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jpkiCaEvents, jpkiCaProto, provisionAccess } from '#contracts/jpki-ca';
import { jukiNetEvents, jukiNetProto } from '#contracts/juki-net';
import { useCase, type ContextModule, type UseCase } from '#platform';

/** jpki-ca as far as bridge-ca asks it: who may have revocation information, each as `<organisation>:<mode>`. */
export class Grants {
  readonly granted = new Set(['tax:CRL', 'tax:OCSP']);
  /** It owns no table. */
  private readonly noMigrations = mkdtempSync(join(tmpdir(), 'kiban-none-'));

  module(): ContextModule {
    const spec = useCase({ action: 'jpki-ca.access-grant.read', kind: 'question', summary: 'fake', input: provisionAccess.input, output: provisionAccess.output, refusals: [] });
    const answer: UseCase<typeof spec> = { spec, execute: async (_ctx, { organisation, ca, mode }) => ({ granted: ca === 'sign' && this.granted.has(`${organisation}:${mode}`) }) };
    return {
      name: 'jpki-ca', title: 'jpki-ca', proto: jpkiCaProto, events: jpkiCaEvents, migrations: pathToFileURL(`${this.noMigrations}/`),
      policy: [{ action: spec.action, institution: 'service', clients: ['svc-bridge-ca'], scope: 'nation', basis: 'test' }],
      build: () => ({ http: [], grpc: { 'JpkiCa.ProvisionAccess': answer }, subscriptions: [], jobs: [], schedules: [] }),
    };
  }

  /** juki-net as far as bridge-ca hears it. */
  register(): ContextModule {
    return {
      name: 'juki-net', title: 'juki-net', proto: jukiNetProto, events: jukiNetEvents, migrations: pathToFileURL(`${this.noMigrations}/`), policy: [],
      build: () => ({ http: [], grpc: {}, subscriptions: [], jobs: [], schedules: [] }),
    };
  }

  close(): void {
    rmSync(this.noMigrations, { recursive: true });
  }
}
