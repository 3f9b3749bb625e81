import { Option, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { bodyOf } from './call.js';
import { CommandFault, usageFault } from './command-fault.js';
import { requireSuccess, untilEnded } from './follow-job.js';
import { GatewayClient, refusalOf } from './gateway-client.js';
import { saveFile } from './save-file.js';
import { sessionOf, type Session } from './session.js';
import { table, type Terminal } from './terminal.js';

const PAGE = 1_000;
const UPLOAD_MS = 3_600_000;
const OPERATOR = 'officer-1';
/** What the example of a command names. */
const SAMPLES: Readonly<Record<string, string>> = { municipality: '990019', prefecture: '99', organisation: 'pension', server: '99', year: '2015' };

/** An option that becomes a member of the query or of the body, or a place in the path. */
export interface Member {
  readonly flags: string;
  readonly description: string;
  readonly member: string;
  readonly needed?: true;
  /** A whole number, or the text of the file that is named. */
  readonly kind?: 'number' | 'text-of-file';
}

/** A command that sends one kind of request. */
export interface Request {
  readonly name: string;
  readonly description: string;
  /** What the example says after the names and the id. */
  readonly with?: string;
  /** Below the path of its group; a place such as `:wave` is the command's argument, unless it is a member. */
  readonly path?: string;
  /** Who gives it when it is not the operator; a client must then be named. */
  readonly by?: string;
  /** `asked`: the command must name it. */
  readonly purpose?: string;
  readonly members?: readonly Member[];
}

/** Prints a list, page by page where `cursor` names the member that asks on. `columns`: `HEADING member, …`; `--json` shows all. */
export interface Listing extends Request {
  readonly cursor?: 'after' | 'before';
  readonly columns: string;
  /** Where the rows stand in the answer, unless at `items`, and the list within each. */
  readonly rows?: readonly [list: string, within?: string];
}

/** Shows one row of a list, which has no address of its own; `finds` is the command's argument, and with `Id` its member. */
export interface Finding extends Request {
  readonly finds: string;
  readonly cursor: 'after' | 'before';
}

/** Does something, or shows one thing. */
export interface Action extends Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Members that are always the same. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** The context whose job `--wait` follows, named by the answer's jobId. */
  readonly jobs?: string;
  /** Sends the file of `--file` with this media type; `fileName` is the member that has its name. */
  readonly sends?: string;
  readonly fileName?: string;
  /** Writes the answer with all of its pages, or a member of it, to the file of `--out`, never to the terminal. */
  readonly saves?: 'answer' | 'share';
  /** What is sent instead of the members. */
  readonly prepare?: (members: Members) => Promise<Members>;
}

/** Commands of one kind of thing; what they share stands in `shared`. */
export interface Group {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly shared?: Pick<Request, 'by' | 'purpose'>;
  readonly commands: readonly (Listing | Finding | Action)[];
}

export type Members = Readonly<Record<string, unknown>>;

const answered = z.record(z.string(), z.unknown());
const rows = z.array(answered);
const page = z.looseObject({ next: z.union([z.string(), z.number()]).optional() });

/** Adds a group of commands. */
export function addGroup(parent: Command, terminal: Terminal, { name, description, path, shared, commands }: Group): void {
  const group = parent.command(name).description(description);
  for (const entry of commands) {
    const request = { ...shared, ...entry, path: `${path}${entry.path ?? ''}` };
    const command = described(group, request);
    if ('columns' in request) addListing(command, terminal, request);
    else if ('finds' in request) addFinding(command, terminal, request);
    else addAction(command, terminal, request);
  }
}

/** An option that may be given. */
export function may(flags: string, member: string, description: string, kind?: Member['kind']): Member {
  return { flags, member, description, ...(kind === undefined ? {} : { kind }) };
}

/** An option that must be given. */
export function must(...parts: Parameters<typeof may>): Member {
  return { ...may(...parts), needed: true };
}

/** Shows one thing at its address. */
export function shows(what: string, description: string, more: Partial<Action> = {}): Action {
  return { name: 'show', description, method: 'GET', path: `/:${what}`, ...more };
}

/** Sends a JSON file: what has many members, or names somebody, and so has no place on a command line. */
export function sends(name: string, description: string, file: string, more: Partial<Action> = {}): Action {
  return { name, description, with: `--file ${file}`, method: 'POST', sends: 'application/json', ...more };
}

/** A step of one thing, posted below its address. */
export function step(name: string, path: string, description: string, more: Partial<Action> = {}): Action {
  return { name, description, method: 'POST', path: `/${path}`, ...more };
}

function addListing(command: Command, terminal: Terminal, listing: Listing): void {
  const columns = listing.columns.split(', ').map((column) => [column.slice(0, column.lastIndexOf(' ')), column.slice(column.lastIndexOf(' ') + 1)] as const);
  command.option('--limit <n>', 'most rows to show', '100');
  command.action(async () => {
    const call = await callOf(command, terminal, listing);
    const limit = Number(call.options['limit']);
    if (!Number.isInteger(limit) || limit < 1) throw usageFault('--limit must be a whole number, at least 1.');
    const { items, more } = await readPages(call, listing, (found) => found.length >= limit, limit);
    const shown = items.slice(0, limit);
    if (call.session.json) terminal.out(`${JSON.stringify(shown)}\n`);
    else if (items.length === 0) terminal.out('There are none.\n');
    else terminal.out(table([columns.map(([heading]) => heading), ...shown.map((item) => columns.map(([, member]) => cell(item[member])))]));
    if (more || items.length > limit) terminal.note(`There may be more than ${limit}; --limit shows them.`);
  });
}

function addFinding(command: Command, terminal: Terminal, finding: Finding): void {
  command.action(async () => {
    const call = await callOf(command, terminal, finding);
    const isSought = (item: Members): boolean => item[`${finding.finds}Id`] === call.id;
    const { items } = await readPages(call, finding, (found) => found.some(isSought));
    const found = items.find(isSought);
    if (found === undefined) throw new CommandFault(1, `NOT_FOUND: There is no ${call.id} in the list.`);
    print(call.session, found);
  });
}

function addAction(command: Command, terminal: Terminal, action: Action): void {
  if (action.jobs !== undefined) command.option('--wait', 'wait for its job, with progress; exit code 1 when the job fails');
  if (action.sends !== undefined) command.requiredOption('--file <file>', `file to send (${action.sends}), "-" for standard input`);
  if (action.saves !== undefined) command.requiredOption('--out <file>', 'new file, for its owner alone (mode 0600)');
  command.action(async () => {
    const call = await callOf(command, terminal, action);
    const send = (): Promise<Response> => sendAction(call, action);
    if (action.saves !== undefined) return print(call.session, await saved(call, await send(), action.saves));
    const ask = async (): Promise<Members> => answered.parse(await (await send()).json());
    const answer = await ask();
    const jobId = call.options['wait'] === true ? jobOf(answer, call.id) : undefined;
    const job = jobId === undefined ? undefined : await untilEnded(terminal, call.client, { base: `/api/${action.jobs}/v1`, jobId });
    print(call.session, job === undefined || action.method !== 'GET' ? answer : await ask());
    if (job !== undefined) requireSuccess(job, `The job ${jobId}`);
  });
}

async function sendAction({ client, options, path, purpose, members }: Call, { method, fixed, sends, fileName, prepare }: Action): Promise<Response> {
  const told = { ...fixed, ...(prepare === undefined ? members : await prepare(members)) };
  const file = String(options['file']);
  const query = fileName === undefined ? told : { ...told, [fileName]: basename(file) };
  const isWhole = method === 'GET' || sends !== undefined;
  const body = sends !== undefined ? { ...(await bodyOf({ body: file, contentType: sends })), timeoutMs: UPLOAD_MS } : method === 'GET' ? {} : { body: JSON.stringify(told), contentType: 'application/json' };
  const response = await client.send(method, isWhole ? withQuery(path, query) : path, { purpose, ...body });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** An answer in pages (RFC 8288, next) is one file. */
async function saved(call: Call, first: Response, what: 'answer' | 'share'): Promise<Members> {
  const out = String(call.options['out']);
  const pages = what === 'answer' ? [] : [Buffer.from(String(answered.parse(await first.json())[what]))];
  for (let page: Response | undefined = what === 'answer' ? first : undefined; page !== undefined; page = await pageAfter(call, page)) pages.push(Buffer.from(await page.arrayBuffer()));
  const bytes = Buffer.concat(pages);
  await saveFile(out, bytes);
  return { file: out, bytes: bytes.length };
}

async function pageAfter({ client, purpose }: Call, { headers }: Response): Promise<Response | undefined> {
  const next = /<(\/[^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  if (next === undefined) return undefined;
  const response = await client.send('GET', next, { purpose });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** Prints one answer: its plain members, then each list that it holds. */
export function print({ json, terminal }: Session, answer: Members): void {
  if (json) return terminal.out(`${JSON.stringify(answer)}\n`);
  const lists = Object.entries(answer).flatMap(([name, value]) => (isRows(value) ? [[name, value] as const] : []));
  terminal.out(table(Object.entries(answer).filter(([, value]) => !isRows(value)).map(([name, value]) => [name, cell(value)])));
  for (const [name, items] of lists) {
    const members = [...new Set(items.flatMap((row) => Object.keys(row)))];
    terminal.out(`\n${name}\n${table([members.map((member) => member.toUpperCase()), ...items.map((row) => members.map((member) => cell(row[member])))])}`);
  }
}

interface Call {
  readonly session: Session;
  readonly client: GatewayClient;
  readonly options: Members;
  readonly path: string;
  readonly id: string;
  readonly purpose: string | undefined;
  readonly members: Members;
}

function described(parent: Command, { name, description, with: more, by, purpose, members = [], ...request }: Request & { readonly finds?: string }): Command {
  const command = parent.command(name).description(description);
  const argument = request.finds ?? placesOf(request.path).find((place) => !members.some(({ member }) => member === place));
  if (argument !== undefined) command.argument(`<${argument}>`);
  for (const { flags, description: text, needed } of members) command.addOption(new Option(flags, text).makeOptionMandatory(needed === true));
  if (purpose === 'asked') command.requiredOption('--purpose <purpose>', 'affairs for which it was asked (Kiban-Purpose)');
  if (by === undefined) command.option('--as <client>', 'client to be', OPERATOR);
  else command.requiredOption('--as <client>', 'client to be');
  const sample = argument === undefined ? [] : [SAMPLES[argument] ?? '0196f0c2-…'];
  return command.addHelpText('after', `\nExample:\n  ${[...namesOf(command), ...sample, ...(more === undefined ? [] : [more]), ...(by === undefined ? [] : [`--as ${by}`])].join(' ')}`);
}

/** Names of the places of a path. */
function placesOf(path = ''): string[] {
  return Array.from(path.matchAll(/:(\w+)/g), ([, place = '']) => place);
}

function namesOf(command: Command): string[] {
  return [...(command.parent === null ? [] : namesOf(command.parent)), command.name()];
}

async function callOf(command: Command, terminal: Terminal, { path: pattern = '', purpose, members: known = [] }: Request): Promise<Call> {
  const session = sessionOf(command, terminal);
  const options = answered.parse(command.opts());
  const id = String(command.args[0] ?? '');
  const given: Record<string, unknown> = {};
  for (const { flags, member, kind } of known) {
    const option = new Option(flags);
    const value = options[option.attributeName()];
    if (value !== undefined) given[member] = await valueOf(String(option.long), value, kind);
  }
  const places = placesOf(pattern);
  const path = pattern.replaceAll(/:(\w+)/g, (_, place: string) => encodeURIComponent(String(given[place] ?? id)));
  const members = Object.fromEntries(Object.entries(given).filter(([member]) => !places.includes(member)));
  const named = purpose === 'asked' ? String(options['purpose']) : purpose;
  return { session, client: new GatewayClient(session, String(options['as'])), options, path, id, purpose: named, members };
}

async function valueOf(option: string, value: unknown, kind: Member['kind']): Promise<unknown> {
  if (kind === undefined) return value;
  if (kind === 'number' && !/^\d{1,9}$/.test(String(value))) throw usageFault(`${option} must be a whole number.`);
  if (kind === 'number') return Number(value);
  return readFile(String(value), 'utf8').catch(() => {
    throw usageFault(`${option}: there is no file ${String(value)} that can be read.`);
  });
}

type Paged = Request & { readonly cursor?: 'after' | 'before'; readonly rows?: Listing['rows'] };

async function readPages(call: Call, { cursor, rows: place = ['items'] }: Paged, isEnough: (items: Members[]) => boolean, limit = Infinity): Promise<{ items: Members[]; more: boolean }> {
  const items: Members[] = [];
  let next: string | number | undefined;
  do {
    const from = cursor === undefined ? {} : { limit: Math.min(limit - items.length, PAGE), ...(next === undefined ? {} : { [cursor]: next }) };
    const found = page.parse(await call.client.ask('GET', withQuery(call.path, { ...call.members, ...from }), { purpose: call.purpose }));
    items.push(...rowsOf(found, place));
    next = cursor === undefined ? undefined : found.next;
  } while (next !== undefined && !isEnough(items));
  return { items, more: next !== undefined };
}

/** Rows of an answer; those of a list within each row carry what the row says beside it. */
function rowsOf(answer: Members, [list, within]: NonNullable<Listing['rows']>): Members[] {
  const outer = rows.parse(answer[list]);
  if (within === undefined) return outer;
  return outer.flatMap(({ [within]: inner, ...beside }) => rows.parse(inner).map((row) => ({ ...beside, ...row })));
}

function withQuery(path: string, members: Members): string {
  const query = Object.entries(members).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function jobOf({ jobId }: Members, id: string): string {
  return typeof jobId === 'string' ? jobId : id;
}

function isRows(value: unknown): value is Members[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null);
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cell).join(', ');
  return typeof value === 'object' ? Object.entries(value).map(([name, inner]) => `${name} ${cell(inner)}`).join(', ') : String(value);
}
