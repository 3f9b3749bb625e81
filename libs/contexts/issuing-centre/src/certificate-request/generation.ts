import { issuingCentreProblems, typeBlocked } from '#contracts/issuing-centre';
import { bindingText } from '#contracts/municipal-issuer';
import { log, type Ctx } from '#platform';
import type { BackSides, Front } from '../back-side/back-sides.js';
import { bindingFaults, type BindingFault, type Rendered } from '../binding/binding.js';
import type { MunicipalServerStore } from '../municipal-server/municipal-server.store.js';
import type { TypeBlockStore } from '../type-block/type-block.store.js';
import type { CertificateRequest } from './certificate-request.store.js';
import type { ContentSeal } from './content-seal.js';
import type { MunicipalityCall } from './municipality-call.js';
import type { RequestDesk } from './request-desk.js';

type Pdf = Rendered & { readonly pdf: Buffer };

export interface GenerationParts {
  readonly desk: RequestDesk;
  readonly servers: MunicipalServerStore;
  readonly blocks: TypeBlockStore;
  readonly municipality: MunicipalityCall;
  readonly seal: ContentSeal;
  readonly backSides: Pick<BackSides, 'of'>;
}

/** From the question to the municipality to content that may be sold (CARD-4.15 steps 5 and 6). A process that dies here leaves the request to its deadline. */
export class Generation {
  constructor(private readonly parts: GenerationParts) {}

  /** The request in the state READY. Refuses what the municipality refuses, BINDING_MISMATCH, MUNICIPALITY_DOWN, TIMED_OUT; the request is FAILED then. */
  async run(ctx: Ctx, request: CertificateRequest, contentKey: string): Promise<CertificateRequest> {
    const { id, municipalityCode, type, options, copies, residentKey } = request;
    if (type === null || copies === null || residentKey === null) throw new Error('nothing was chosen');
    const asked = { requestId: id, municipalityCode, type, residentKey };
    const answer = await this.parts.municipality.render(ctx, { ...asked, options: [...options], copies });
    if (answer === undefined) return this.fail(ctx, id, 'MUNICIPALITY_DOWN');
    if ('refusal' in answer) {
      await ctx.transaction(async (tx) => this.failed(tx, id, answer.refusal.code));
      throw answer.refusal;
    }
    const faults = bindingFaults(asked, answer, await this.parts.servers.bindingKey(ctx.db, municipalityCode));
    if (faults.length > 0) return this.block(ctx, request, answer, faults);
    const { pdf, binding } = answer;
    const back = await this.backOf(ctx, { pdf, requestId: id, municipalityCode, issuedAt: new Date(binding.issuedAt) });
    if (back === undefined) return this.fail(ctx, id, 'MUNICIPALITY_DOWN');
    const sealed = this.parts.seal.seal(id, contentKey, { front: pdf, back });
    return ctx.transaction(async (tx) => {
      const ready = await this.parts.desk.move(tx, await this.parts.desk.held(tx, id), 'READY', { pageCount: binding.pageCount });
      await this.parts.desk.requests.keepContent(tx.db, id, sealed);
      return ready;
    });
  }

  /** A front that cannot be drawn cannot be protected, and is not sold. */
  private async backOf(ctx: Ctx, front: Front): Promise<Buffer | undefined> {
    try {
      return await this.parts.backSides.of(ctx, front);
    } catch (error) {
      log.warn('a certificate of a municipality cannot be protected', { code: front.municipalityCode, error });
      return undefined;
    }
  }

  /** CARD-7: nobody else gets this type of this municipality until two officers say so. */
  private async block(ctx: Ctx, { id, municipalityCode, type }: CertificateRequest, { pdf, binding, inPdf, pageCount }: Pdf, faults: readonly BindingFault[]): Promise<never> {
    if (type === null) throw new Error('nothing was chosen');
    const mismatch = { requestId: id, municipalityCode, type, faults };
    log.error('an answer of a municipality does not belong to its request', { code: 'BINDING_MISMATCH', correlationId: ctx.correlationId });
    await ctx.transaction(async (tx) => {
      await this.failed(tx, id, 'BINDING_MISMATCH');
      await this.parts.blocks.keepEvidence(tx.db, mismatch, { pdf: pdf.toString('base64'), binding: bindingText(binding), inPdf: inPdf === undefined ? null : bindingText(inPdf), pageCount: pageCount ?? null }, tx.now);
      const isFirst = await this.parts.blocks.block(tx.db, mismatch, tx.now);
      if (isFirst) tx.emit(typeBlocked, { aggregateId: `${municipalityCode}:${type}:${id}`, sequence: 1, data: { municipalityCode, type, requestId: id } });
      tx.audit({ object: `type-block:${municipalityCode}:${type}`, facts: { requestId: id, faults: faults.join() } });
    });
    throw issuingCentreProblems.refuse('BINDING_MISMATCH');
  }

  private async fail(ctx: Ctx, id: string, code: 'MUNICIPALITY_DOWN'): Promise<never> {
    await ctx.transaction(async (tx) => this.failed(tx, id, code));
    throw issuingCentreProblems.refuse(code);
  }

  /** What the clock ended in the meantime stays as it is. */
  private async failed(tx: Ctx, id: string, reason: string): Promise<void> {
    const held = await this.parts.desk.requests.lock(tx.db, id);
    if (held?.state === 'GENERATING') await this.parts.desk.move(tx, held, 'FAILED', { reason });
  }
}
