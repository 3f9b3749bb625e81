import { municipalServerDown, municipalServerUp } from '#contracts/issuing-centre';
import { CONVENIENCE_ISSUANCE, municipalIssuerProblems, renderCertificate, bindingInPdf } from '#contracts/municipal-issuer';
import { Refusal } from '#kernel';
import type { Ctx, Peers } from '#platform';
import type { z } from 'zod';
import type { Rendered } from '../binding/binding.js';
import { pageCountOf } from '../binding/page-count.js';
import { afterAnswer, afterFailure } from '../municipal-server/municipal-server.js';
import type { MunicipalServerStore } from '../municipal-server/municipal-server.store.js';

/** CARD-4.17. */
const [SOFT_MS, HARD_MS] = [30_000, 60_000];

type Order = z.output<typeof renderCertificate.input>;

/** A certificate with what binds it, the municipality's refusal, or nothing that could be used. */
export type MunicipalAnswer = (Rendered & { readonly pdf: Buffer }) | { readonly refusal: Refusal } | undefined;

/** Asks the server of a municipality, and keeps the circuit that tells whether it can be asked (CARD-7). */
export class MunicipalityCall {
  constructor(
    private readonly peers: Peers,
    private readonly servers: MunicipalServerStore,
  ) {}

  async render(ctx: Ctx, input: Order): Promise<MunicipalAnswer> {
    const { municipalityCode } = input;
    const start = performance.now();
    const answer = await this.ask(ctx, input);
    const isSlow = performance.now() - start > SOFT_MS;
    await this.note(ctx, municipalityCode, answer !== undefined, isSlow);
    if (answer === undefined || 'refusal' in answer) return answer;
    return { ...answer, inPdf: bindingInPdf(answer.pdf), pageCount: await pageCountOf(answer.pdf) };
  }

  private async ask(ctx: Ctx, input: Order): Promise<z.output<typeof renderCertificate.output> | { readonly refusal: Refusal } | undefined> {
    const { correlationId, traceparent } = ctx;
    try {
      return await this.peers.call(renderCertificate, { correlationId, traceparent, purpose: CONVENIENCE_ISSUANCE, deadlineMs: HARD_MS, peer: `municipal-issuer-${input.municipalityCode}` }, input);
    } catch (error) {
      if (error instanceof Refusal && error.context === municipalIssuerProblems.context) return { refusal: error };
      return undefined;
    }
  }

  /** The row is taken only where something changes: all requests of a large city would wait for each other. */
  private async note(ctx: Ctx, code: string, isAnswer: boolean, isSlow: boolean): Promise<void> {
    const seen = await this.servers.find(ctx.db, code);
    if (isAnswer && !isSlow && seen?.downSince == null && seen?.failures.length === 0) return;
    await ctx.transaction(async (tx) => {
      const held = await this.servers.lock(tx.db, code);
      if (held === undefined) return;
      const next = isAnswer ? afterAnswer(held, tx.now, isSlow) : afterFailure(held, tx.now);
      await this.servers.saveCircuit(tx.db, code, next);
      const since = held.downSince ?? next.downSince;
      if (since === null || (held.downSince === null) === (next.downSince === null)) return;
      const isDown = next.downSince !== null;
      tx.emit(isDown ? municipalServerDown : municipalServerUp, { aggregateId: `${code}:${since.toISOString()}`, sequence: isDown ? 1 : 2, data: { municipalityCode: code, at: tx.now.toISOString() } });
      tx.audit({ object: `municipal-server:${code}`, facts: { isDown } });
    });
  }
}
