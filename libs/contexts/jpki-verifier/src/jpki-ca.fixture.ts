import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { formerVerifiers, jpkiCaProto, verifierUse } from '#contracts/jpki-ca';
import { platformProblems, useCase, type ContextModule, type UseCase } from '#platform';

type Former = z.output<typeof formerVerifiers.output>['verifiers'][number];
type Use = z.output<typeof verifierUse.output>;

/** jpki-ca as this context sees it: what it kept of verifiers once, a page each, and what it counted. */
export class FormerHome {
  former: Former[] = [];
  /** Pages that are still answered before it goes away. */
  pages = Number.POSITIVE_INFINITY;
  /** By `<organisation>:<month>`; an uncounted month is none. */
  readonly uses = new Map<string, Use>();
  /** Owns no table. */
  private readonly noMigrations = mkdtempSync(join(tmpdir(), 'kiban-none-'));

  close(): void {
    rmSync(this.noMigrations, { recursive: true });
  }

  module(): ContextModule {
    const grpc: Record<string, UseCase> = { 'JpkiCa.VerifierUse': this.answerUse(), 'JpkiCa.FormerVerifiers': this.listFormer() };
    return {
      name: 'jpki-ca', title: 'jpki-ca', proto: jpkiCaProto, events: [], migrations: pathToFileURL(`${this.noMigrations}/`),
      policy: Object.values(grpc).map(({ spec }) => ({ action: spec.action, institution: 'service', clients: ['svc-jpki-verifier'], scope: 'nation', basis: 'test' })),
      build: () => ({ http: [], grpc, subscriptions: [], jobs: [], schedules: [] }),
    };
  }

  private answerUse(): UseCase {
    const spec = useCase({ action: 'jpki-ca.use.read', kind: 'question', summary: 'fake', input: verifierUse.input, output: verifierUse.output, refusals: [] });
    const answer: UseCase<typeof spec> = { spec, execute: async (_ctx, { organisation, month }) => this.uses.get(`${organisation}:${month}`) ?? { complete: false, days: [] } };
    return answer;
  }

  private listFormer(): UseCase {
    const spec = useCase({ action: 'jpki-ca.former-verifier.list', kind: 'question', summary: 'fake', input: formerVerifiers.input, output: formerVerifiers.output, refusals: [] });
    const answer: UseCase<typeof spec> = {
      spec,
      execute: async (_ctx, { after }) => {
        if (this.pages <= 0) throw platformProblems.refuse('UNAVAILABLE');
        this.pages -= 1;
        const [one] = this.former.filter(({ verifierId }) => after === undefined || verifierId > after);
        return one === undefined ? { verifiers: [] } : { verifiers: [one], next: one.verifierId };
      },
    };
    return answer;
  }
}
