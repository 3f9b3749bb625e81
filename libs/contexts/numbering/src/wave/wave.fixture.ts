import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { csvLine, municipalityCodeFromBody, ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import type { Answer, TestEstate } from '#testing';
import { REQUEST_COLUMNS } from '../batch/batch.js';
import type { FakeRegister } from '../register/register.fixture.js';

const API = '/api/numbering/v1';
const batchView = z.object({ state: z.string(), lines: z.number(), designated: z.number(), tentative: z.number(), refused: z.number(), pending: z.number() });

export const code = (body: string): string => municipalityCodeFromBody(body);
export const town = (municipalityCode: string): Actor => ({ clientId: `municipality-${municipalityCode}`, kind: 'municipality', organisation: municipalityCode });
export const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
export const problemOf = (answer: Answer): string => z.object({ type: z.string() }).parse(answer.json).type.split(':').at(-1) ?? '';

/** What specs of the mass numbering do as municipalities and officers. */
export class Desk {
  private serial = 0;

  constructor(
    private readonly estate: () => TestEstate,
    private readonly register: FakeRegister,
    private readonly firstBody: number,
  ) {}

  call(method: string, path: string, options: { as: Actor; body?: unknown; csv?: boolean }): Promise<Answer> {
    const { as, body, csv } = options;
    return this.estate().request(method, `${API}${path}`, { as, purpose: 'NUMBER_DESIGNATION', body, ...(csv === true ? { headers: { 'content-type': 'text/csv' } } : {}) });
  }

  /** New residents of the municipality, by their codes. */
  residents(municipalityCode: string, count: number): string[] {
    return Array.from({ length: count }, () => {
      const residentCode = ResidentCode.fromBody(String(this.firstBody + (this.serial += 1))).reveal();
      this.register.people.set(residentCode, { found: true, personKey: randomUUID(), municipalityCode, status: 'RESIDENT', superseded: false });
      return residentCode;
    });
  }

  /** A batch with its lines, ready to be sealed. */
  async batch(municipalityCode: string, codes: readonly string[], wardCode?: string): Promise<{ batchId: string; seal: () => Promise<Answer> }> {
    const as = town(municipalityCode);
    const opened = await this.call('POST', '/batches', { as, body: { municipalityCode, ...(wardCode === undefined ? {} : { wardCode }) } });
    if (opened.status !== 201) throw new Error(problemOf(opened));
    const { batchId } = z.object({ batchId: z.string() }).parse(opened.json);
    const body = [csvLine(REQUEST_COLUMNS), ...codes.map((residentCode, index) => csvLine([String(index + 1), randomUUID(), residentCode, '1', '', '5']))].join('');
    await this.call('PUT', `/batches/${batchId}/lines`, { as, body, csv: true });
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { batchId, seal: () => this.call('POST', `/batches/${batchId}/seal`, { as, body: { lineCount: codes.length, sha256 } }) };
  }

  view(municipalityCode: string, batchId: string) {
    return this.call('GET', `/batches/${batchId}`, { as: town(municipalityCode) }).then(({ json }) => batchView.parse(json));
  }

  /** Waits until the batch has the state. */
  becomes(municipalityCode: string, batchId: string, state: string) {
    return this.estate().eventually(async () => {
      const batch = await this.view(municipalityCode, batchId);
      return batch.state === state && batch;
    }, 50);
  }

  /** Numbers these people of the municipality in its wave. */
  async number(municipalityCode: string, codes: readonly string[], wardCode?: string): Promise<string> {
    const { batchId, seal } = await this.batch(municipalityCode, codes, wardCode);
    const sealed = await seal();
    if (sealed.status !== 202) throw new Error(problemOf(sealed));
    await this.becomes(municipalityCode, batchId, 'DELIVERED');
    await this.receive(municipalityCode, batchId);
    return batchId;
  }

  /** The municipality has its result. */
  async receive(municipalityCode: string, batchId: string): Promise<void> {
    const answer = await this.call('POST', `/batches/${batchId}/receipt`, { as: town(municipalityCode), body: {} });
    if (answer.status !== 200) throw new Error(problemOf(answer));
  }

  async plan(kind: string, members: readonly { municipalityCode: string; wardCode?: string; expected: number }[]): Promise<string> {
    const planned = await this.call('POST', '/waves', { as: officer('planner'), body: { kind, members } });
    if (planned.status !== 201) throw new Error(problemOf(planned));
    return z.object({ waveId: z.string() }).parse(planned.json).waveId;
  }

  /** State of the wave, or the code of the refusal. */
  async step(waveId: string, step: string, as: Actor = officer('a')): Promise<string> {
    const answer = await this.call(step === 'halt' ? 'PUT' : 'POST', `/waves/${waveId}/${step}`, { as, body: step === 'halt' ? { reason: 'DATA_FAULT' } : {} });
    return answer.status === 200 ? z.object({ state: z.string() }).parse(answer.json).state : problemOf(answer);
  }
}
