import { Option, type Command } from 'commander';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { requireSuccess, untilEnded } from './follow-job.js';
import { GatewayClient } from './gateway-client.js';
import { sessionOf, type Session } from './session.js';
import { table, type Terminal } from './terminal.js';

const PAGE = 1_000;

/** An option that becomes a member of the query or of the body. */
export interface Member {
  readonly flags: string;
  readonly description: string;
  readonly member: string;
  readonly needed?: true;
  readonly number?: true;
}

/** A command that sends one kind of request. `:id` in the path is the command's argument; without `as` a client must be named. */
export interface Request {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly path: string;
  readonly id?: string;
  readonly as?: string;
  readonly purpose?: string;
  readonly members?: readonly Member[];
}

/** Prints a list, page by page where `cursor` names the member that asks on. `columns` are headings with what they show; `--json` shows all. */
export interface Listing extends Request {
  readonly cursor?: 'after' | 'before';
  readonly columns: readonly (readonly [heading: string, member: string])[];
}

/** Does something, or shows one thing; `jobs` is the context whose job `--wait` follows, named by the answer's jobId. */
export interface Action extends Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly jobs?: string;
}

const page = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.union([z.string(), z.number()]).optional() });
const answered = z.record(z.string(), z.unknown());
const given = z.record(z.string(), z.unknown());

/** Adds a command that lists. */
export function addListing(parent: Command, terminal: Terminal, listing: Listing): void {
  const command = described(parent, listing).option('--limit <n>', 'most rows to show', '100');
  command.action(async (...args: unknown[]) => {
    const call = callOf(command, terminal, listing, args);
    const limit = Number(given.parse(command.opts())['limit']);
    if (!Number.isInteger(limit) || limit < 1) throw usageFault('--limit must be a whole number, at least 1.');
    const { items, more } = await readPages(call, listing, limit);
    if (call.session.json) terminal.out(`${JSON.stringify(items)}\n`);
    else if (items.length === 0) terminal.out('There are none.\n');
    else terminal.out(table([listing.columns.map(([heading]) => heading), ...items.map((item) => listing.columns.map(([, member]) => cell(item[member])))]));
    if (more) terminal.note(`There may be more than ${limit}; --limit shows them.`);
  });
}

/** Adds a command that does or shows one thing. */
export function addAction(parent: Command, terminal: Terminal, action: Action): void {
  const command = described(parent, action);
  if (action.jobs !== undefined) command.option('--wait', 'wait for its job, with progress; exit code 1 when the job fails');
  command.action(async (...args: unknown[]) => {
    const call = callOf(command, terminal, action, args);
    const isQuestion = action.method === 'GET';
    const body = isQuestion ? {} : { body: JSON.stringify(call.members), contentType: 'application/json' };
    const path = isQuestion ? withQuery(call.path, call.members) : call.path;
    const ask = async (): Promise<Record<string, unknown>> => answered.parse(await call.client.ask(action.method, path, { purpose: action.purpose, ...body }));
    const answer = await ask();
    const jobId = given.parse(command.opts())['wait'] === true ? jobOf(answer, call.id) : undefined;
    const job = jobId === undefined ? undefined : await untilEnded(terminal, call.client, { base: `/api/${action.jobs}/v1`, jobId });
    print(call.session, job === undefined || !isQuestion ? answer : await ask());
    if (job !== undefined) requireSuccess(job, `The job ${jobId}`);
  });
}

/** Prints one answer: its plain members, then each list that it holds. */
export function print({ json, terminal }: Session, answer: Readonly<Record<string, unknown>>): void {
  if (json) return terminal.out(`${JSON.stringify(answer)}\n`);
  const lists = Object.entries(answer).flatMap(([name, value]) => (isRows(value) ? [[name, value] as const] : []));
  terminal.out(table(Object.entries(answer).filter(([, value]) => !isRows(value)).map(([name, value]) => [name, cell(value)])));
  for (const [name, rows] of lists) {
    const members = Object.keys(rows[0] ?? {});
    terminal.out(`\n${name}\n${table([members.map((member) => member.toUpperCase()), ...rows.map((row) => members.map((member) => cell(row[member])))])}`);
  }
}

interface Call {
  readonly session: Session;
  readonly client: GatewayClient;
  readonly path: string;
  readonly id: string;
  readonly members: Readonly<Record<string, unknown>>;
}

function described(parent: Command, { name, description, example, id, as, members = [] }: Request): Command {
  const command = parent.command(name).description(description);
  if (id !== undefined) command.argument(`<${id}>`);
  for (const { flags, description: text, needed } of members) command.addOption(new Option(flags, text).makeOptionMandatory(needed === true));
  if (as === undefined) command.requiredOption('--as <client>', 'client to be');
  else command.option('--as <client>', 'client to be', as);
  return command.addHelpText('after', `\nExample:\n  kibanctl ${example}`);
}

function callOf(command: Command, terminal: Terminal, { path, id: argument, members = [] }: Request, args: readonly unknown[]): Call {
  const session = sessionOf(command, terminal);
  const options = given.parse(command.opts());
  const id = argument === undefined ? '' : String(args[0]);
  const entries = members.flatMap(({ flags, member, number }) => {
    const option = new Option(flags);
    const value = options[option.attributeName()];
    if (value === undefined) return [];
    if (number === true && !/^\d{1,9}$/.test(String(value))) throw usageFault(`${option.long} must be a whole number.`);
    return [[member, number === true ? Number(value) : value] as const];
  });
  return { session, client: new GatewayClient(session, String(options['as'])), path: path.replace(':id', encodeURIComponent(id)), id, members: Object.fromEntries(entries) };
}

async function readPages(call: Call, { purpose, cursor }: Listing, limit: number): Promise<{ items: Record<string, unknown>[]; more: boolean }> {
  const items: Record<string, unknown>[] = [];
  let next: string | number | undefined;
  do {
    const place = cursor === undefined ? {} : { limit: Math.min(limit - items.length, PAGE), ...(next === undefined ? {} : { [cursor]: next }) };
    const found = page.parse(await call.client.ask('GET', withQuery(call.path, { ...call.members, ...place }), { purpose }));
    items.push(...found.items);
    next = cursor === undefined ? undefined : found.next;
  } while (next !== undefined && items.length < limit);
  return { items, more: next !== undefined };
}

function withQuery(path: string, members: Readonly<Record<string, unknown>>): string {
  const query = Object.entries(members).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function jobOf({ jobId }: Readonly<Record<string, unknown>>, id: string): string {
  return typeof jobId === 'string' ? jobId : id;
}

function isRows(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null);
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cell).join(', ');
  return typeof value === 'object' ? Object.entries(value).map(([name, inner]) => `${name} ${cell(inner)}`).join(', ') : String(value);
}
