import { createHash } from 'node:crypto';
import { z } from 'zod';
import { numberingProblems, waveStateChanged } from '#contracts/numbering';
import { platformProblems, refusals, requireJurisdiction, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { moveWave } from './move-wave.js';
import { addsUp, stepWave, WAVE_STATES, type WaveCounts } from './wave.js';
import type { WaveStore } from './wave.store.js';

const code = z.string().regex(/^\d{6}$/);
const count = z.number().int().min(0);

const spec = useCase({
  action: 'numbering.wave.sign-off',
  kind: 'command',
  summary: 'The municipality signs that its part of a wave is complete, with the counts it has itself; answers the hash of the certificate',
  input: z.strictObject({ waveId: z.uuid(), municipalityCode: code, lines: count, numbered: count, refused: count }),
  output: z.object({ waveId: z.uuid(), municipalityCode: z.string(), waveState: z.enum(WAVE_STATES), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'COUNTS_OPEN', 'WAVE_STATE')],
});

type Input = InputOf<typeof spec>;

/** NUM-8: counts that add up and a certificate of completion; with the last municipality the wave is SIGNED_OFF. */
export class SignOffWave implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    const { waveId, municipalityCode } = input;
    requireJurisdiction(ctx, municipalityCode);
    const wave = (await this.waves.lockPlan(ctx.db)).find((candidate) => candidate.waveId === waveId);
    const expected = await this.waves.expected(ctx.db, waveId, municipalityCode);
    if (wave === undefined || expected === undefined) throw platformProblems.refuse('NOT_FOUND');
    const earlier = await this.waves.certificate(ctx.db, waveId, municipalityCode);
    if (earlier !== undefined) return { waveId, municipalityCode, waveState: wave.state, sha256: earlier.sha256 };
    const signedOff = stepWave(wave.state, 'SIGN_OFF');
    if (signedOff === undefined) throw numberingProblems.refuse('WAVE_STATE', { facts: { state: wave.state } });
    const { counts, certificate, sha256 } = await this.certify(ctx, input, expected);
    await this.waves.signOff(ctx.db, { waveId, municipalityCode, certificate, sha256, at: ctx.now });
    ctx.audit({ object: `wave:${waveId}`, facts: { municipalityCode, sha256 } });
    const sequence = await this.waves.move(ctx.db, wave, { state: wave.state, at: ctx.now });
    ctx.emit(waveStateChanged, { aggregateId: waveId, sequence, data: { waveId, municipalityCode, state: signedOff, counts } });
    const last = (await this.waves.unsigned(ctx.db, waveId)) === 0;
    if (last) await moveWave(ctx, this.waves, { ...wave, version: sequence }, { state: signedOff });
    return { waveId, municipalityCode, waveState: last ? signedOff : wave.state, sha256 };
  }

  /** One document of the rows as they are, in which the counts of both sides agree. */
  private async certify(ctx: Ctx, input: Input, expected: number): Promise<{ counts: WaveCounts; certificate: string; sha256: string }> {
    const { waveId, municipalityCode } = input;
    const batches = await this.waves.signedBatches(ctx.db, waveId, municipalityCode);
    const sum = (column: keyof WaveCounts): number => batches.reduce((total, batch) => total + batch[column], 0);
    const counts = { lines: sum('lines'), designated: sum('designated'), tentative: sum('tentative'), refused: sum('refused'), pending: sum('pending') };
    const agreed = counts.lines === input.lines && counts.designated + counts.tentative === input.numbered && counts.refused === input.refused;
    if (!agreed || counts.pending > 0 || !addsUp(counts)) throw numberingProblems.refuse('COUNTS_OPEN', { facts: { ...counts } });
    const signedBy = { client: ctx.actor.clientId, ...(ctx.actor.operator === undefined ? {} : { operator: ctx.actor.operator }) };
    const signedAt = ctx.now.toISOString();
    const certificate = JSON.stringify({ type: 'kiban:numbering:completion', waveId, municipalityCode, expected, counts, batches, signedBy, signedAt });
    return { counts, certificate, sha256: createHash('sha256').update(certificate).digest('hex') };
  }
}

const certificateSpec = useCase({
  action: 'numbering.wave.read-certificate',
  kind: 'question',
  summary: 'The certificate of completion of a municipality, byte by byte as it was signed; the header ETag is its SHA-256',
  input: z.object({ waveId: z.uuid(), municipalityCode: code }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadCertificate implements UseCase<typeof certificateSpec> {
  readonly spec = certificateSpec;

  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId, municipalityCode }: InputOf<typeof certificateSpec>): Promise<BinaryAnswer> {
    requireJurisdiction(ctx, municipalityCode);
    const signed = await this.waves.certificate(ctx.db, waveId, municipalityCode);
    if (signed === undefined) throw platformProblems.refuse('NOT_FOUND');
    return { contentType: 'application/json; charset=utf-8', body: Buffer.from(signed.certificate), headers: { etag: `"${signed.sha256}"` } };
  }
}
