import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type CaseMunicipality, type CaseRequest, type CaseRun, type ConformanceCase, type ConformanceSet, difference, requestsOf } from '#contracts/juki-net';

/** What the register answered. */
export interface CaseAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends one request below `/api/juki-net/v1` as the municipality. */
export type SendCase = (as: CaseMunicipality, request: Pick<CaseRequest, 'method' | 'path' | 'contentType' | 'body'>) => Promise<CaseAnswer>;

export interface StepResult {
  readonly step: number;
  readonly passed: boolean;
  /** Path of the first difference, and what stood there. */
  readonly fault?: string;
  readonly got?: CaseAnswer & { readonly effects?: unknown };
}

export interface CaseResult {
  readonly id: string;
  readonly rule: string;
  readonly title: ConformanceCase['title'];
  readonly outcome: 'PASSED' | 'FAILED' | 'SKIPPED';
  readonly steps: readonly StepResult[];
}

const LOOKS = 150;
const LOOK_EVERY_MS = 200;

const accepted = z.looseObject({ fileId: z.string() });
const fileView = z.looseObject({ state: z.string() });
const trialAnswer = z.looseObject({ items: z.array(z.looseObject({ status: z.number(), effects: z.unknown().optional(), answer: z.unknown().optional(), problem: z.unknown().optional() })) });

interface Cases {
  readonly set: ConformanceSet;
  readonly run: CaseRun;
  readonly hasPartner: boolean;
}

/** Runs the cases one after the other; without a second municipality those that need one are skipped. */
export async function* runCases({ set, run, hasPartner }: Cases, send: SendCase): AsyncGenerator<CaseResult> {
  for (const each of set.cases) {
    const { id, rule, title } = each;
    if (!hasPartner && each.steps.some((step) => step.as === 'B')) {
      yield { id, rule, title, outcome: 'SKIPPED', steps: [] };
      continue;
    }
    const steps: StepResult[] = [];
    for (const request of requestsOf(set, each, run)) {
      steps.push(await runStep(request, steps.length + 1, send));
      if (steps.at(-1)?.passed !== true) break;
    }
    yield { id, rule, title, outcome: steps.every(({ passed }) => passed) ? 'PASSED' : 'FAILED', steps };
  }
}

/** A notice is tried first: the trial must tell what then happens. */
async function runStep(request: CaseRequest, step: number, send: SendCase): Promise<StepResult> {
  const { as, kind, expect } = request;
  const trial = kind === 'notice' ? await send(as, { ...request, path: '/change-notice-trials' }) : undefined;
  const sent = await send(as, request);
  const answer = kind === 'file' ? await followed(as, sent, send) : sent;
  const got = trial === undefined ? answer : { ...answer, effects: trialAnswer.safeParse(trial.body).data?.items[0]?.effects ?? null };
  const { absent = [], ...wanted } = expect;
  const text = JSON.stringify(answer.body);
  const fault = difference(wanted, got) ?? trialFault(trial, answer) ?? (absent.some((part) => text.includes(part)) ? '/absent' : undefined);
  return fault === undefined ? { step, passed: true } : { step, passed: false, fault, got };
}

function trialFault(trial: CaseAnswer | undefined, real: CaseAnswer): string | undefined {
  if (trial === undefined) return undefined;
  const told = trialAnswer.safeParse(trial.body).data?.items[0];
  if (told?.status !== real.status) return '/trial/status';
  if (told.answer !== undefined) return difference(told.answer, real.body, '/trial/answer');
  const { code, errors } = z.looseObject({ code: z.string(), errors: z.array(z.unknown()) }).parse(told.problem);
  return difference({ code, ...(errors.length > 0 ? { errors } : {}) }, real.body, '/trial/problem');
}

/** A file is looked at until it is worked through, with the faults of its rows. */
async function followed(as: CaseMunicipality, sent: CaseAnswer, send: SendCase): Promise<CaseAnswer> {
  const file = accepted.safeParse(sent.body).data;
  if (file === undefined) return sent;
  const look = (path: string): Promise<CaseAnswer> => send(as, { method: 'GET', path, contentType: '', body: '' });
  for (let looks = 1; ; looks += 1) {
    const view = await look(`/notice-files/${file.fileId}`);
    if (looks === LOOKS || fileView.safeParse(view.body).data?.state === 'COMPLETED') {
      const faults = await look(`/notice-files/${file.fileId}/faults`);
      return { status: sent.status, body: { accepted: sent.body, file: view.body, faults: z.looseObject({ items: z.unknown() }).safeParse(faults.body).data?.items } };
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}
