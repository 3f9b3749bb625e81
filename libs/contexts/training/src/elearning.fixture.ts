import { z } from 'zod';
import { progressGet } from '#contracts/training';
import { Peers, connectStreams, parseCloudEvent, streamName, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { auXml, cmi5Xml, zipOf } from './package/package.fixture.js';
import { trainingModule } from './training.module.js';

export const API = '/api/training/v1';
export const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
export const [first, second] = [officer('o-1'), officer('o-2')];
export const bodyOf = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code, operator: 'coordinator' });
export const [SAPPORO, CHIYODA, HIMEJI] = ['011002', '131016', '282049'];
const STAFF = { [SAPPORO]: 800, [CHIYODA]: 150, [HIMEJI]: 50 };

export const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).safeParse(json).data?.code ?? ''}`.trim();
const idOf = <Name extends string>(answer: Answer, name: Name): string => z.looseObject({ [name]: z.string() }).parse(answer.json)[name] as string;

/** An estate with e-learning. */
export class ElearningEstate {
  private codes = 100;

  private constructor(readonly estate: TestEstate) {}

  static async start(at = '2015-09-01T01:00:00Z'): Promise<ElearningEstate> {
    const elearning = new ElearningEstate(await startEstate([trainingModule], { at: new Date(at) }));
    const bodies = Object.entries(STAFF).map(([code, staff]) => ({ code, kind: 'MUNICIPALITY', name: `団体${code}`, population: 50_000, staff }));
    await elearning.post('/bodies', first, { bodies });
    return elearning;
  }

  post(path: string, as: Actor, body: unknown, more: object = {}): Promise<Answer> {
    return this.estate.request('POST', `${API}${path}`, { as, purpose: 'TRAINING', body, ...more });
  }

  get(path: string, as: Actor): Promise<Answer> {
    return this.estate.request('GET', `${API}${path}`, { as, purpose: 'TRAINING' });
  }

  /** A published course of e-learning, 1 October to 30 November 2015. */
  async course(capacity = 100, more: object = {}): Promise<{ courseId: string; code: string }> {
    const code = String((this.codes += 1)).padStart(4, '0');
    const draft = {
      code, fiscalYear: 2015, kind: 'ELEARNING', title: '情報セキュリティの基礎', series: 'SECURITY', level: 'INTRODUCTORY', targetPosts: [], plannedMinutes: 120, prerequisites: [], completionRule: 'ALL_UNITS',
      capacity, opensOn: '2015-10-01', closesOn: '2015-11-30', ...more,
    };
    const courseId = idOf(await this.post('/courses', first, draft), 'courseId');
    await this.post(`/courses/${courseId}/steps/review`, second, {});
    const published = await this.post(`/courses/${courseId}/steps/publication`, first, {});
    if (published.status !== 200) throw new Error(codeOf(published));
    return { courseId, code };
  }

  upload(courseId: string, zip: Buffer): Promise<Answer> {
    return this.estate.request('POST', `${API}/packages?courseId=${courseId}`, { as: first, headers: { 'content-type': 'application/zip' }, body: zip });
  }

  /** A course on offer with this package. */
  async offer(files: Readonly<Record<string, string | Buffer>>, more: { readonly assessmentId?: string; readonly courseId?: string; readonly floor?: number } = {}): Promise<{ courseId: string; code: string; packageId: string }> {
    const course = more.courseId === undefined ? await this.course() : { courseId: more.courseId, code: '' };
    const packageId = idOf(await this.upload(course.courseId, await zipOf(files)), 'packageId');
    const { assessmentId, floor = 10 } = more;
    const opened = await this.post(`/courses/${course.courseId}/elearning`, first, { packageId, floor, ...(assessmentId === undefined ? {} : { assessmentId }) });
    if (opened.status !== 201) throw new Error(codeOf(opened));
    return { ...course, packageId };
  }

  register(courseId: string, bodyCode: string, staffNo: string, as = bodyOf(bodyCode)): Promise<Answer> {
    return this.post('/registrations', as, { courseId, bodyCode, staffNo, nameKanji: '髙橋 花子', nameKana: 'タカハシ ハナコ', mail: `${staffNo}@example.jp` });
  }

  async registered(courseId: string, bodyCode: string, staffNo: string): Promise<string> {
    return idOf(await this.register(courseId, bodyCode, staffNo), 'registrationId');
  }

  launch(registrationId: string, au: number, bodyCode = SAPPORO, more: object = {}): Promise<Answer> {
    return this.post(`/registrations/${registrationId}/launches`, bodyOf(bodyCode), { au, ...more });
  }

  async launched(registrationId: string, au: number, more: object = {}): Promise<Player> {
    const answer = await this.launch(registrationId, au, SAPPORO, more);
    return Player.of(this.estate, z.object({ launchUrl: z.string(), sessionId: z.string() }).parse(answer.json));
  }

  async state(registrationId: string): Promise<string> {
    return z.looseObject({ state: z.string() }).parse((await this.get(`/registrations/${registrationId}`, first)).json).state;
  }

  /** Asked by a neighbour. */
  async progress(registrationId: string) {
    const peers = new Peers(this.estate.config, { token: () => this.estate.token({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' }) });
    const progress = await peers.call(progressGet, { correlationId: 'test-progress' }, { registrationId });
    peers.close();
    return progress;
  }

  /** What was stated of a registration, verbs in their order. */
  async stated(registrationId: string): Promise<string> {
    const rows = await this.estate.sql<{ verb: string }>('SELECT verb FROM training.statement WHERE registration_id = $1 ORDER BY seq', registrationId);
    return rows.map(({ verb }) => verb.split('/').at(-1)).join(' ');
  }
}

/** Plays the part of cmi5 content in a browser. */
export class Player {
  private constructor(
    private readonly estate: TestEstate,
    readonly url: URL,
    readonly sessionId: string,
    readonly token: string,
  ) {}

  static async of(estate: TestEstate, { launchUrl, sessionId }: { launchUrl: string; sessionId: string }): Promise<Player> {
    const url = new URL(launchUrl);
    const fetchPath = url.searchParams.get('fetch') ?? `${url.pathname.replace(/player\/.*$/, '')}token`;
    const answer = await estate.request('POST', new URL(fetchPath, launchUrl).pathname, { as: 'nobody' });
    return new Player(estate, url, sessionId, z.object({ 'auth-token': z.string() }).parse(answer.json)['auth-token']);
  }

  get actor(): unknown {
    return JSON.parse(this.url.searchParams.get('actor') ?? 'null');
  }

  get registration(): string {
    return this.url.searchParams.get('registration') ?? '';
  }

  get activityId(): string {
    return this.url.searchParams.get('activityId') ?? '';
  }

  call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.estate.request(method, `${API}${path}`, {
      as: 'nobody', headers: { 'authorization': `Basic ${this.token}`, 'x-experience-api-version': '1.0.3', ...headers }, ...(body === undefined ? {} : { body }),
    });
  }

  async launchData(): Promise<{ readonly contextTemplate: object }> {
    const { json } = await this.call('GET', `/xapi/activities/state?${this.stateQuery('LMS.LaunchData')}`);
    return z.looseObject({ contextTemplate: z.looseObject({ contextActivities: z.looseObject({}), extensions: z.looseObject({}) }) }).parse(json);
  }

  stateQuery(stateId?: string): string {
    const query = new URLSearchParams({ activityId: this.activityId, agent: JSON.stringify(this.actor), registration: this.registration });
    if (stateId !== undefined) query.set('stateId', stateId);
    return query.toString();
  }

  /** A cmi5-defined statement as content would write it. */
  async statement(verb: 'initialized' | 'completed' | 'passed' | 'failed' | 'terminated', more: { readonly id?: string; readonly score?: number } = {}): Promise<Record<string, unknown>> {
    const { contextTemplate } = await this.launchData();
    const template = z.looseObject({ contextActivities: z.looseObject({}) }).parse(contextTemplate);
    const duration = 'PT10S';
    const score = more.score === undefined ? {} : { score: { scaled: more.score } };
    const results = { initialized: undefined, completed: { completion: true, duration }, passed: { success: true, duration, ...score }, failed: { success: false, duration, ...score }, terminated: { duration } };
    const isResult = verb === 'completed' || verb === 'passed' || verb === 'failed';
    const category = [{ id: 'https://w3id.org/xapi/cmi5/context/categories/cmi5' }, ...(isResult ? [{ id: 'https://w3id.org/xapi/cmi5/context/categories/moveon' }] : [])];
    return {
      id: more.id ?? crypto.randomUUID(), actor: this.actor, verb: { id: `http://adlnet.gov/expapi/verbs/${verb}` }, object: { id: this.activityId },
      ...(results[verb] === undefined ? {} : { result: results[verb] }), context: { ...template, registration: this.registration, contextActivities: { ...template.contextActivities, category } }, timestamp: '2015-10-05T01:00:00Z',
    };
  }

  async say(...verbs: readonly ('initialized' | 'completed' | 'passed' | 'failed' | 'terminated')[]): Promise<string> {
    const codes: string[] = [];
    for (const verb of verbs) codes.push(codeOf(await this.call('POST', '/xapi/statements', await this.statement(verb, verb === 'passed' ? { score: 0.9 } : verb === 'failed' ? { score: 0.5 } : {}))));
    return codes.join(', ');
  }
}

/** A cmi5 package with nothing to do: its course is completed by the first launch. */
export const NOTHING_TO_DO = { 'cmi5.xml': cmi5Xml(auXml('one', { attributes: 'moveOn="NotApplicable"' })), 'one.html': '' } as const;

/** A cmi5 package of two units, the second one in a block. */
export const TWO_UNITS = {
  'cmi5.xml': cmi5Xml(`${auXml('one')}<block id="https://publisher.example/blocks/b"><title><langstring lang="ja">塊</langstring></title>${auXml('two', { attributes: 'moveOn="Completed"' })}</block>`),
  'one.html': '<!doctype html><title>1</title>', 'two.html': '<!doctype html><title>2</title>',
} as const;

/** The last event of its kind that partners heard, once it is the one that is meant. */
export async function lastTold(estate: TestEstate, definition: { readonly subject: string }, isMeant: (event: CloudEvent) => boolean = () => true): Promise<CloudEvent> {
  const { manager, connection } = await connectStreams(estate.natsUrl, 'test');
  const told = await estate.eventually(async () => {
    const message = await manager.streams.getMessage(streamName('training'), { last_by_subj: definition.subject }).catch(() => null);
    const event = message === null ? undefined : parseCloudEvent(message.string());
    return event !== undefined && isMeant(event) && event;
  });
  await connection.close();
  return told;
}
