import { createHash, randomBytes } from 'node:crypto';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { isCertificateSignedBy, keyChecksumOf, parseCertificate, Pkcs11KeyStore, PkiError, rsaPublicKeyOf, signChecked, type SigningKey } from '#pki';
import type { Ctx } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { signLinks, signRoot } from '../ca/ca-certificates.js';
import type { CaKeyStore } from '../ca/signature-log.js';
import type { CaGenerationRow } from '../ca/ca.store.js';
import type { Generations } from '../ca/generations.js';
import { typedDigest, type Findings, type Step, type StepCode } from './ceremony.js';
import type { CeremonyRecord } from './ceremony.store.js';

export interface StepParts {
  readonly generations: Generations;
  readonly authorities: Authorities;
  readonly keys: CaKeyStore;
}

/** The step with what the officer typed. */
export interface StepInput {
  readonly step: Step;
  readonly typed: string | undefined;
}

interface StepOrder extends StepInput {
  readonly generation: CaGenerationRow;
}

type Work = (ctx: Ctx, order: StepOrder) => Promise<Findings>;

/** What the steps of the scripts do, and what is found then. What the store did before a kill is found done. */
export class CeremonySteps {
  private readonly works: Readonly<Record<StepCode, Work>> = {
    GENERATE_KEY: (ctx, order) => this.generateKey(ctx, order),
    CERTIFY: (ctx, order) => this.certify(ctx, order),
    CONFIRM_FINGERPRINT: (ctx, order) => this.confirmFingerprint(ctx, order),
    APPROVE: async (_ctx, { generation }) => ({ state: generation.state }),
    PROVE_KEY: (_ctx, order) => this.proveKey(order),
    ACTIVATE: async (ctx, { generation: { ca, generation } }) => ({ state: (await this.parts.generations.activate(ctx, ca, generation)).state }),
    END_USE: async (ctx, { generation }) => {
      await this.parts.generations.endUse(ctx, generation);
      return { keyId: generation.key_id };
    },
    DESTROY_KEY: (_ctx, order) => this.destroyKey(order),
    PROVE_GONE: (ctx, order) => this.proveGone(ctx, order),
  };

  constructor(private readonly parts: StepParts) {}

  async perform(ctx: Ctx, { ca, generation: number }: CeremonyRecord, input: StepInput): Promise<Findings> {
    const { generations } = this.parts;
    if (input.step.code === 'ACTIVATE') await generations.cas.lockSwitch(ctx.db);
    return this.works[input.step.code](ctx, { ...input, generation: await generations.take(ctx, ca, number) });
  }

  async publish(ctx: Ctx, { ca, generation }: CeremonyRecord): Promise<void> {
    const { generations } = this.parts;
    await generations.certify(ctx, await generations.take(ctx, ca, generation));
  }

  /** Of a ceremony that stops: a key that nothing public rests on is destroyed, one that was not yet destroyed is used again. */
  async undo(ctx: Ctx, { ca, generation: number, kind, steps }: CeremonyRecord): Promise<void> {
    const { generations } = this.parts;
    const generation = await generations.take(ctx, ca, number);
    if (kind === 'GENERATE') {
      await this.destroy(generation.key_id);
      await generations.cas.dropLinks(ctx.db, ca, number);
      if (generation.state !== 'PLANNED') await generations.move(ctx, generation, 'PLANNED', { key_checksum: null, certificate: null, serial: null, not_before: null, not_after: null });
    }
    const isDestroyed = steps.some(({ code, doneAt }) => code === 'DESTROY_KEY' && doneAt !== null);
    if (kind === 'CLOSE' && !isDestroyed) await generations.cas.save(ctx.db, { ...generation, out_of_use_at: null });
  }

  private async generateKey(ctx: Ctx, { generation }: StepOrder): Promise<Findings> {
    const { keys, generations } = this.parts;
    const key = await keys.openOrCreate(generation.key_id, { bits: 2048 });
    const { modulus, exponent } = rsaPublicKeyOf(key.publicKeySpki);
    const keyChecksum = keyChecksumOf(key.publicKeySpki).toString('hex');
    await generations.move(ctx, generation, 'KEY_GENERATED', { key_checksum: keyChecksum });
    return { keyId: key.id, modulusBits: modulus.toString(2).length, exponent: Number(exponent), keyChecksum, ...(await this.attested(key)) };
  }

  /** What a token says of the key; a key of the file store has nobody who attests it. */
  private async attested(key: SigningKey): Promise<Findings> {
    const { keys } = this.parts;
    if (!(keys instanceof Pkcs11KeyStore)) return { custody: 'FILE' };
    const { token, attributes } = await keys.attest(key.id);
    return { custody: 'PKCS11', token: `${token.manufacturer} ${token.model} ${token.serialNumber}`, attributes: attributes.map(({ name, value }) => `${name}=${value}`).join(' ') };
  }

  private async certify(ctx: Ctx, { generation: row }: StepOrder): Promise<Findings> {
    const { generations, authorities } = this.parts;
    const { ca, generation } = row;
    const key = await authorities.key(row.key_id);
    const serials = generation === 1 ? [1] : await generations.cas.nextSerials(ctx.db, ca, 3);
    const order = { profiles: authorities.profiles, ca, now: ctx.now };
    const root = await signRoot({ ...order, key, serial: serials[0] ?? 0 });
    await generations.cas.save(ctx.db, { ...row, ...root });
    const active = await generations.cas.activeGeneration(ctx.db, ca);
    const made = new Map([['ROOT', root.certificate]]);
    if (active?.certificate != null) {
      const former = { generation: active.generation, key: await authorities.key(active.key_id), certificate: active.certificate };
      const links = await signLinks({ ...order, fresh: { generation, key, certificate: root.certificate }, former, serials: serials.slice(1) });
      for (const link of links) await generations.cas.addLink(ctx.db, ca, link);
      for (const { name, certificate } of links) made.set(name, certificate);
    }
    const fingerprints = [...made].map(([name, der]) => [`sha256 ${name}`, sha256Of(der)]);
    return { certificates: [...made.keys()].join(' '), former: active?.generation ?? 0, serial: root.serial ?? 0, ...Object.fromEntries(fingerprints) };
  }

  /** The auditor types what is read aloud; a mistake is refused, and stands in the audit trail as refused (JPKI 3.2). */
  private async confirmFingerprint(ctx: Ctx, { step, generation, typed }: StepOrder): Promise<Findings> {
    const { certificate = '' } = step.expected;
    const der = (await this.parts.generations.cas.certificatesOf(ctx.db, generation)).get(String(certificate));
    if (der === undefined) throw new Error(`ceremony has no certificate ${certificate}`);
    const sha256 = sha256Of(der);
    if (typed === undefined || typedDigest(typed) !== sha256) throw jpkiCaProblems.refuse('FINGERPRINT_DIFFERS', { facts: { certificate } });
    return { certificate, sha256 };
  }

  /** That the store still has the key of the root, shown by a signature over something new. */
  private async proveKey({ generation: { key_id: id, certificate } }: StepOrder): Promise<Findings> {
    const key = await this.parts.authorities.key(id);
    const isOfRoot = certificate !== null && isCertificateSignedBy(parseCertificate(certificate), key.publicKeySpki);
    if (!isOfRoot) throw jpkiCaProblems.refuse('EXPECTED_VALUE_DIFFERS', { facts: { name: 'certificate' } });
    await signChecked(randomBytes(32), key);
    return { keyChecksum: keyChecksumOf(key.publicKeySpki).toString('hex') };
  }

  private async destroyKey({ generation: { key_id: keyId } }: StepOrder): Promise<Findings> {
    await this.destroy(keyId);
    return { keyId };
  }

  private async destroy(keyId: string): Promise<void> {
    try {
      await this.parts.keys.destroy(keyId);
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'KEY_NOT_FOUND') throw error;
    }
  }

  private async proveGone(ctx: Ctx, { generation }: StepOrder): Promise<Findings> {
    const keysFound = (await this.parts.keys.list()).filter((id) => id === generation.key_id).length;
    if (keysFound > 0) return { keysFound };
    return { keysFound, state: (await this.parts.generations.move(ctx, generation, 'CLOSED')).state };
  }
}

function sha256Of(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
