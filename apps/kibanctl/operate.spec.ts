import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { jukiNetModule } from '#contexts/juki-net';
import { numberingModule } from '#contexts/numbering';
import { authorityGroups } from './operate-authorities.js';
import { custodyGroups } from './operate-custody.js';
import { exchangeGroups } from './operate-exchange.js';
import { numberingGroups } from './operate-numbering.js';
import { oversightGroups } from './operate-oversight.js';
import { registerGroups } from './operate-register.js';

/** What operators may do with `kibanctl call` alone: rare, or with a document of its own. */
const WITHOUT_COMMAND = [
  'juki-net.grant.draft', 'juki-net.grant.get', 'juki-net.grant.approve', 'juki-net.grant.suspend', 'juki-net.grant.resume', 'juki-net.grant.end',
  'juki-net.subscription.list', 'juki-net.subscription.get', 'juki-net.statistics-extract.make', 'juki-net.statistics-extract.get', 'juki-net.statistics-extract.read-rows',
  ...['plan', 'approve', 'withdraw', 'get', 'list'].map((verb) => `juki-net.municipality-change.${verb}`),
  'numbering.assignment.read', 'numbering.assignment.withdraw', 'numbering.delivery-target-set.read', 'numbering.delivery-target-set.list-faults', 'numbering.difference-run.read',
  ...['propose', 'confirm', 'propose-resolution', 'resolve'].map((step) => `numbering.dispute.${step}`),
  'numbering.reconciliation.read', 'numbering.uniqueness.check',
];

const schema = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}), required: z.array(z.string()).default([]) });
const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().default(false) })).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: schema.optional() })) }).optional(),
});
const openApi = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });
const documents = ['juki-net', 'numbering', 'jpki-ca'].map((context) => openApi.parse(JSON.parse(readFileSync(new URL(`../../libs/contracts/${context}/openapi.json`, import.meta.url), 'utf8'))));
const shape = (path: string): string => path.replace(/\?.*/, '').replaceAll(/:\w+|\{\w+\}/g, '{}');
const operations = new Map(documents.flatMap(({ paths }) => Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, found]) => [`${method.toUpperCase()} ${shape(path)}`, found] as const))));
const policy = [...jukiNetModule.policy, ...numberingModule.policy, ...jpkiCaModule.policy.filter(({ action }) => action.startsWith('jpki-ca.reconciliation.'))];
const commands = [...registerGroups, ...exchangeGroups, ...oversightGroups, ...numberingGroups, ...custodyGroups, ...authorityGroups].flatMap(({ name, path, shared, commands: entries }) =>
  entries.map((entry) => ({ ...shared, ...entry, title: `${name} ${entry.name}`, path: `${path}${entry.path ?? ''}`, method: 'method' in entry ? entry.method : ('GET' as const) })));
const operationOf = (command: (typeof commands)[number]) => operations.get(`${command.method} ${shape(command.path)}`);

describe('the commands of operation', () => {
  it.each(commands.map((command) => [command.title, command] as const))('%s asks for what there is, with all that is needed and nothing else', (_title, command) => {
    const found = operationOf(command);
    expect(found).toBeDefined();
    const places = new Set(Array.from(command.path.matchAll(/:(\w+)/g), ([, place]) => place));
    const members = 'prepare' in command ? ['share'] : (command.members ?? []).map(({ member }) => member).filter((member) => !places.has(member));
    const more = [...('fixed' in command ? Object.keys(command.fixed ?? {}) : []), ...('fileName' in command && command.fileName !== undefined ? [command.fileName] : [])];
    const inPath = Array.from(command.path.matchAll(/[?&](\w+)=/g), ([, member = '']) => member);
    const paging = 'cursor' in command && command.cursor !== undefined ? [command.cursor, 'limit'] : [];
    const query = (found?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const body = found?.requestBody?.content['application/json']?.schema;
    const isFile = 'sends' in command && command.sends !== undefined;
    const taken = [...query.map(({ name }) => name), ...(isFile ? [] : Object.keys(body?.properties ?? {}))];
    const needed = [...query.filter(({ required }) => required).map(({ name }) => name), ...(isFile ? [] : (body?.required ?? []))];
    const told = [...members, ...more, ...inPath];
    expect([...told, ...paging].filter((member) => !taken.includes(member))).toEqual([]);
    const addressed = (found?.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(needed.filter((member) => !told.includes(member) && !addressed.includes(member))).toEqual([]);
    if (isFile) expect(Object.keys(found?.requestBody?.content ?? {})).toEqual([command.sends]);
  });

  it.each(commands.map((command) => [command.title, command] as const))('%s is permitted to who gives it, for its purpose', (_title, command) => {
    const institution = { undefined: 'operator', 'municipality-990019': 'municipality', 'prefecture-99': 'prefecture', 'agency-pension': 'national-agency' }[String(command.by)];
    const rows = policy.filter(({ action, institution: permitted }) => action === operationOf(command)?.operationId && permitted === institution);
    expect(rows.some(({ purposes }) => purposes === undefined || command.purpose === 'asked' || purposes.some((purpose) => purpose === command.purpose))).toBe(true);
  });

  it('there is one for each route of operators, or a reason that there is none', () => {
    const covered = new Set([...commands.map((command) => operationOf(command)?.operationId), ...WITHOUT_COMMAND]);
    const routes = new Set(Array.from(operations.values(), ({ operationId }) => operationId));
    const open = policy.filter(({ action, institution }) => institution === 'operator' && routes.has(action) && !covered.has(action)).map(({ action }) => action);
    expect(open).toEqual([]);
    expect(commands.map(operationOf).filter((found) => WITHOUT_COMMAND.includes(found?.operationId ?? ''))).toEqual([]);
  });
});
