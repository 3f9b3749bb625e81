import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { residentCodeChanged, residentDied, residentEntered, residentMovedIn, residentMovedOut, residentRecordDeleted, type PersonView } from '#contracts/juki-net';
import { ResidentCode, type EventDefinition } from '#kernel';
import { connectStreams, parseCloudEvent, Peers, streamName, type Actor, type Realm } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { numberingModule } from './numbering.module.js';
import { fakeRegister } from './register/register.fixture.js';

export const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
export const COLLEAGUE: Actor = { ...HERE, operator: 'clerk-2' };
export const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
export const AGENCY: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' };
export const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
export const API = '/api/numbering/v1';

const NEWS = { 'moved-in': residentMovedIn, entered: residentEntered, died: residentDied, 'record-deleted': residentRecordDeleted, 'code-changed': residentCodeChanged };
const problem = z.object({ type: z.string() });
const numbered = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });

export interface Resident {
  readonly code: string;
  readonly personKey: string;
  readonly assignmentId: string;
  readonly number: string;
}

let serial = 5_000;
const newCode = (): string => ResidentCode.fromBody(String(9_900_000_000 + (serial += 1))).reveal();

/** Numbering with a register of the spec, and people with numbers. */
export class Stewardship {
  readonly register = fakeRegister();
  private started: TestEstate | undefined;

  async start(at = new Date('2016-01-20T01:00:00Z'), numbering = numberingModule, realm?: Realm): Promise<void> {
    this.started = await startEstate([numbering, this.register.module], { at, ...(realm === undefined ? {} : { realm }) });
  }

  get estate(): TestEstate {
    if (this.started === undefined) throw new Error('not started');
    return this.started;
  }

  /** A new resident of the register, not numbered. */
  enter(municipalityCode = '990019'): { code: string; personKey: string } {
    const [code, personKey] = [newCode(), randomUUID()];
    const view: PersonView = {
      personKey, factVersion: 1, status: 'RESIDENT', municipalityCode, nameKanji: '見本 太郎', nameKana: 'ミホン タロウ', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', foreignResident: false,
    };
    this.register.people.set(code, { found: true, personKey, municipalityCode, status: 'RESIDENT', superseded: false });
    this.register.persons.set(personKey, view);
    return { code, personKey };
  }

  /** The register replaces a person's code. */
  replaceCode({ code, personKey }: { code: string; personKey: string }): string {
    const next = newCode();
    const entry = { found: true, personKey, municipalityCode: '990019', status: 'RESIDENT' as const };
    this.register.people.set(code, { ...entry, superseded: true }).set(next, { ...entry, superseded: false });
    return next;
  }

  async resident(): Promise<Resident> {
    const person = this.enter();
    const { assignmentId, number } = numbered.parse((await this.ask(person.code)).json);
    return { ...person, assignmentId, number };
  }

  ask(residentCode: string, more: { requestId?: string; caseId?: string; as?: Actor } = {}): Promise<Answer> {
    const { requestId = randomUUID(), caseId, as = HERE } = more;
    const kind = caseId === undefined ? { kind: 'NEW' } : { kind: 'CHANGE', caseId };
    return this.post('/requests', { requestId, municipalityCode: '990019', residentCode, ...kind }, as, 'NUMBER_DESIGNATION');
  }

  post(path: string, body: unknown, as: Actor, purpose: string): Promise<Answer> {
    return this.estate.request('POST', `${API}${path}`, { as, purpose, body });
  }

  /** The register tells a change of a person. */
  async tell(personKey: string, kind: keyof typeof NEWS | 'moved-out', factVersion: number): Promise<void> {
    const fact = { personKey, factVersion, factDate: '2016-01-20', municipalityCode: '990019', reason: '20', fields: [] };
    if (kind === 'moved-out') await this.emit('juki-net', residentMovedOut, personKey, { ...fact, abroad: true });
    else await this.emit('juki-net', NEWS[kind], personKey, fact);
  }

  async emit<Data>(context: string, definition: EventDefinition<Data>, aggregateId: string, data: Data): Promise<void> {
    const actor: Actor = { clientId: 'spec', kind: 'service', organisation: context };
    await this.estate.running.runners.get(context)?.inTransaction('spec.emit', { actor, correlationId: randomUUID() }, async (ctx) => ctx.emit(definition, { aggregateId, sequence: 1, data }));
  }

  /** Waits until the assignment is in the state. */
  async becomes(assignmentId: string, state: string): Promise<void> {
    await this.estate.eventually(async () => (await this.stateOf(assignmentId)) === state);
  }

  async stateOf(assignmentId: string): Promise<string | undefined> {
    const [row] = await this.estate.sql<{ state: string }>('SELECT state FROM numbering.assignment WHERE assignment_id = $1', assignmentId);
    return row?.state;
  }

  /** The latest event of the kind, once it is about this aggregate, and not one of its earlier ones. */
  async told<Data>(definition: EventDefinition<Data>, aggregateId: string, sequence = 1): Promise<{ sequence: string; data: Data }> {
    const streams = await connectStreams(this.estate.natsUrl, 'spec');
    try {
      return await this.estate.eventually(async () => {
        const message = await streams.manager.streams.getMessage(streamName(definition.context), { last_by_subj: definition.subject }).catch(() => null);
        const event = message === null ? undefined : parseCloudEvent(message.string());
        return event?.subject === aggregateId && Number(event.sequence) >= sequence && { sequence: event.sequence, data: definition.data.parse(event.data) };
      });
    } finally {
      await streams.connection.close();
    }
  }

  service(actor: Actor): Peers {
    return new Peers(this.estate.config, { token: () => this.estate.token(actor) });
  }

  uniqueness(): Promise<Answer> {
    return this.estate.request('GET', `${API}/uniqueness`, { as: operator('o-1') });
  }
}

export const codeOf = (answer: Answer): string => `${answer.status} ${problem.parse(answer.json).type.split(':').at(-1)}`;
