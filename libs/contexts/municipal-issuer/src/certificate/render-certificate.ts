import { createHash, createHmac } from 'node:crypto';
import { bindingMessage, municipalIssuerProblems, renderCertificate, type BindingBlock } from '#contracts/municipal-issuer';
import { localDateInJapan } from '#kernel';
import { canonicalJson, refusals, useCase, type Ctx, type InputOf, type UseCase } from '#platform';
import { formOf, type Rendered } from '../form/draw-form.js';
import { requireMunicipality } from '../municipality/require-municipality.js';
import type { Municipality, MunicipalityStore } from '../municipality/municipality.store.js';
import type { RecordStore } from '../record/record.store.js';
import { taxationKey } from '../record/taxation-key.js';
import { currentTaxYear, shownFor, type Held } from './certificate.js';
import type { Rendering, RenderingStore } from './rendering.store.js';

const spec = useCase({
  action: 'municipal-issuer.certificate.render',
  kind: 'process',
  summary: 'The front of a certificate that a kiosk was asked for, bound to its request (CARD-4.15)',
  input: renderCertificate.input,
  output: renderCertificate.output,
  refusals: refusals(
    municipalIssuerProblems, 'DECEASED', 'DOMICILE_NOT_REGISTERED', 'ENTRY_PENDING', 'MOVE_OUT_NOTIFIED', 'MUNICIPALITY_UNKNOWN', 'NAME_TOO_LONG', 'NOT_ELIGIBLE', 'PROTECTED_PERSON', 'RECORD_CHANGED',
    'REQUEST_DIFFERS', 'TYPE_NOT_SERVED', 'UNDER_AGE',
  ),
});

type Input = InputOf<typeof spec>;

/**
 * CARD-4.15. A request that was answered is answered by the same octets again, made anew of the records: nothing of a certificate is
 * kept but its hash, and where the records have changed the repetition is refused. No cache stands between a request and its document.
 */
export class RenderCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly municipalities: MunicipalityStore,
    private readonly records: RecordStore,
    private readonly renderings: RenderingStore,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<Rendered> {
    const municipality = await requireMunicipality(ctx, this.municipalities, input.municipalityCode);
    const asked = digestOf(input);
    const earlier = await this.earlier(ctx, input, asked);
    const made = await this.make(ctx, input, municipality, earlier?.issuedAt ?? ctx.now);
    if (earlier === undefined && (await this.keep(ctx, input, asked, made))) return made;
    // Another call with this id was faster, or came before: what it was answered is the answer.
    const first = earlier ?? (await this.earlier(ctx, input, asked));
    if (first === undefined) throw municipalIssuerProblems.refuse('RECORD_CHANGED');
    const again = earlier === undefined ? await this.make(ctx, input, municipality, first.issuedAt) : made;
    if (!sha256(again.pdf).equals(first.pdfSha256)) throw municipalIssuerProblems.refuse('RECORD_CHANGED');
    ctx.audit({ object: `certificate-request:${input.requestId}`, facts: { type: input.type, again: true } });
    return again;
  }

  private async earlier(ctx: Ctx, { municipalityCode, requestId }: Input, asked: Buffer): Promise<Rendering | undefined> {
    const earlier = await this.renderings.find(ctx.db, municipalityCode, requestId);
    if (earlier !== undefined && !earlier.asked.equals(asked)) throw municipalIssuerProblems.refuse('REQUEST_DIFFERS');
    return earlier;
  }

  private async make(ctx: Ctx, { requestId, municipalityCode, type, options, residentKey }: Input, municipality: Municipality, issuedAt: Date): Promise<Rendered> {
    const today = localDateInJapan(issuedAt);
    const shown = shownFor({ type, options, served: municipality.served, servedOptions: municipality.options }, await this.held(ctx, municipalityCode, residentKey, currentTaxYear(today)), today);
    const key = Buffer.from(municipality.bindingKey, 'base64');
    const bind = (pageCount: number): BindingBlock => {
      const facts = { requestId, type, pageCount, issuedAt: issuedAt.toISOString() };
      return { ...facts, residentKeyMac: createHmac('sha256', key).update(bindingMessage(municipalityCode, residentKey, facts)).digest() };
    };
    return formOf(shown, { municipality, requestId, issuedAt, bind });
  }

  private async held({ db }: Ctx, municipalityCode: string, residentKey: string, taxYear: number): Promise<Held> {
    const [resident, seal, taxation, domicileUse] = await Promise.all([
      this.records.resident(db, municipalityCode, residentKey), this.records.seal(db, municipalityCode, residentKey), this.records.taxation(db, municipalityCode, taxationKey(residentKey, taxYear)),
      this.records.domicileUse(db, municipalityCode, residentKey),
    ]);
    const household = resident === undefined ? [] : await this.records.household(db, municipalityCode, resident.household);
    const registerKey = resident === undefined ? domicileUse?.registerKey : resident.registerKey;
    const familyRegister = registerKey === undefined ? undefined : await this.records.familyRegister(db, municipalityCode, registerKey);
    return { residentKey, resident, household, seal, taxation, familyRegister, domicileUse };
  }

  /** False when another call was faster. */
  private async keep(ctx: Ctx, { municipalityCode, requestId, type, copies, residentKey }: Input, asked: Buffer, { pdf, binding }: Rendered): Promise<boolean> {
    const rendering = { requestId, asked, type, copies, pageCount: binding.pageCount, pdfSha256: sha256(pdf), issuedAt: new Date(binding.issuedAt) };
    return ctx.transaction(async (tx) => {
      const isFirst = await this.renderings.add(tx.db, municipalityCode, rendering);
      if (isFirst) tx.audit({ object: `certificate-request:${requestId}`, facts: { type, copies, pages: rendering.pageCount, resident: residentKey } });
      return isFirst;
    });
  }
}

function digestOf({ type, options, copies, residentKey }: Input): Buffer {
  return sha256(canonicalJson({ type, options: [...new Set(options)].sort(), copies, residentKey }));
}

function sha256(octets: Uint8Array | string): Buffer {
  return createHash('sha256').update(octets).digest();
}
