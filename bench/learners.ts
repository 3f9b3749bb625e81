import { randomUUID } from 'node:crypto';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import type { Api } from '../tools/walk/api.js';

export const API = '/api/training/v1';
export const BODY = '990019';
export const CODE = '9901';
const MANIFEST = `<courseStructure><course id="https://bench.example/course"><title><langstring lang="ja">測定</langstring></title></course>
<au id="https://bench.example/units/1" moveOn="Completed"><title><langstring lang="ja">単元</langstring></title><url>index.html</url></au></courseStructure>`;
const XAPI = { 'content-type': 'application/json', 'x-experience-api-version': '1.0.3' } as const;
const CMI5 = 'https://w3id.org/xapi/cmi5/context';

/** Content in a browser: its headers, and what it states, each time with a new id. */
export interface Learner {
  readonly headers: Readonly<Record<string, string>>;
  state(verb: 'initialized' | 'experienced' | 'completed' | 'terminated'): Record<string, unknown>;
}

export const any = z.looseObject({});

/** Calls of training under its purpose. */
export function caller(api: Api): <T extends z.ZodType>(path: string, as: string, body: unknown, schema: T) => Promise<z.output<T>> {
  return (path, as, body, schema) => api.call('POST', `${API}${path}`, { as, purpose: 'TRAINING', body }, schema);
}

/** A course of one unit on offer, with room for so many; its id. */
export async function offerCourse(api: Api, capacity: number): Promise<string> {
  const call = caller(api);
  await call('/bodies', 'operator-1', { bodies: [{ code: BODY, kind: 'MUNICIPALITY', name: '試験市', population: 20_000, staff: capacity }] }, any);
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const draft = {
    code: CODE, fiscalYear: 2015, kind: 'ELEARNING', title: '測定', series: 'SECURITY', level: 'INTRODUCTORY', targetPosts: [], plannedMinutes: 60, prerequisites: [], completionRule: 'ALL_UNITS', capacity,
    opensOn: day(-30), closesOn: day(30),
  };
  const courseId = await publishedCourse(api, draft);
  const { packageId } = await api.call('POST', `${API}/packages?courseId=${courseId}`, { as: 'operator-1', upload: { content: await zip(), type: 'application/zip' } }, z.object({ packageId: z.string() }));
  await call(`/courses/${courseId}/elearning`, 'operator-1', { packageId, floor: Math.min(capacity, 1_000) }, any);
  return courseId;
}

/** A course that one officer drafted and another one reviewed; its id. */
export async function publishedCourse(api: Api, draft: object): Promise<string> {
  const call = caller(api);
  const { courseId } = await call('/courses', 'officer-1', draft, z.object({ courseId: z.string() }));
  await call(`/courses/${courseId}/steps/review`, 'officer-2', {}, any);
  await call(`/courses/${courseId}/steps/publication`, 'officer-1', {}, any);
  return courseId;
}

/** Launches the unit of a registration; content has its token and is at work. */
export async function launched(api: Api, registrationId: string, gateway: string): Promise<Learner> {
  const { launchUrl, sessionId } = await api.call('POST', `${API}/registrations/${registrationId}/launches`, { as: `municipality-${BODY}`, purpose: 'TRAINING', body: { au: 0 } }, z.object({ launchUrl: z.string(), sessionId: z.string() }));
  const parameters = new URL(launchUrl).searchParams;
  const fetched = await fetch(`${gateway}${new URL(parameters.get('fetch') ?? '').pathname}`, { method: 'POST' });
  const headers = { ...XAPI, authorization: `Basic ${z.object({ 'auth-token': z.string() }).parse(await fetched.json())['auth-token']}` };
  const actor: unknown = JSON.parse(parameters.get('actor') ?? '');
  const learner: Learner = { headers, state: (verb) => ({ id: randomUUID(), actor, ...stated(verb, parameters.get('activityId') ?? ''), context: contextOf(verb, registrationId, sessionId), timestamp: new Date().toISOString() }) };
  const begun = await fetch(`${gateway}${API}/xapi/statements`, { method: 'POST', headers, body: JSON.stringify(learner.state('initialized')) });
  if (!begun.ok) throw new Error(`the session did not begin: ${await begun.text()}`);
  return learner;
}

type Verb = Parameters<Learner['state']>[0];

function stated(verb: Verb, activityId: string): Record<string, unknown> {
  const result = verb === 'completed' ? { result: { completion: true, duration: 'PT10M' } } : verb === 'terminated' ? { result: { duration: 'PT10M' } } : {};
  return { verb: { id: `http://adlnet.gov/expapi/verbs/${verb}` }, object: { id: verb === 'experienced' ? 'https://bench.example/pages/1' : activityId }, ...result };
}

function contextOf(verb: Verb, registration: string, sessionId: string): Record<string, unknown> {
  const categories = [...(verb === 'experienced' ? [] : ['cmi5']), ...(verb === 'completed' ? ['moveon'] : [])].map((name) => ({ id: `${CMI5}/categories/${name}` }));
  const grouping = [{ objectType: 'Activity', id: 'https://bench.example/units/1' }];
  return { registration, extensions: { [`${CMI5}/extensions/sessionid`]: sessionId }, contextActivities: { grouping, ...(categories.length === 0 ? {} : { category: categories }) } };
}

async function zip(): Promise<Buffer<ArrayBuffer>> {
  const file = new ZipFile();
  file.addBuffer(Buffer.from(MANIFEST), 'cmi5.xml');
  file.addBuffer(Buffer.from('<!doctype html>'), 'index.html');
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.from(Buffer.concat(chunks));
}
