import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { codeConflictFound } from '#contracts/juki-net';
import { conflictFound, linkByCode, linkByPersons } from '#contracts/numbering';
import { log, type Peers } from '#platform';
import { codeOf, operator, Stewardship } from '../stewardship.fixture.js';

const spec = new Stewardship();
const call = { correlationId: 'spec-code-conflict', purpose: 'IDENTITY_INFORMATION' };
const disputeOf = (caseId: string) => spec.estate.sql('SELECT kind, state, proposed_by FROM numbering.dispute WHERE dispute_id = $1', caseId);
const tell = (caseId: string, personKeys?: string[]) => spec.emit('juki-net', codeConflictFound, caseId, { caseId, municipalityCodes: ['990019', '990027'], ...(personKeys === undefined ? {} : { personKeys }) });
const audited = (caseId: string) => spec.estate.eventually(async () => {
  const lines = await spec.estate.sql<{ facts: unknown }>("SELECT entry::jsonb->'facts' AS facts FROM numbering.audit_line WHERE entry::jsonb->>'object' = $1 ORDER BY id", `dispute:${caseId}`);
  return lines.length > 0 && lines.map(({ facts }) => facts);
});
let juki: Peers;

beforeAll(async () => {
  await spec.start();
  juki = spec.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
});
afterAll(async () => {
  juki.close();
  await spec.estate.stop();
});

it('NUM-4.8 (a) a code written to two persons: both numbers are blocked at once and provided to nobody, once; two officers resolve it', async () => {
  const [one, other] = [await spec.resident(), await spec.resident()];
  const [caseId, personKeys] = [randomUUID(), [one.personKey, other.personKey].sort()];
  await tell(caseId, [...personKeys].reverse());
  await spec.becomes(one.assignmentId, 'DISPUTED');
  expect(await spec.stateOf(other.assignmentId)).toBe('DISPUTED');
  expect((await spec.told(conflictFound, caseId)).data).toEqual({ caseId, personKeys, kind: 'SHARED_NUMBER' });
  expect((await juki.call(linkByPersons, call, { personKeys })).links).toEqual([]);
  await expect(juki.call(linkByCode, call, { residentCode: one.code })).rejects.toMatchObject({ code: 'NUMBER_DISPUTED' });
  await tell(caseId, personKeys);
  await spec.estate.eventually(async () => (await audited(caseId)).length === 2);
  expect(await audited(caseId)).toEqual([{ kind: 'SHARED_NUMBER', numbers: 2, candidates: 0 }, { kind: 'SHARED_NUMBER', numbers: 0, candidates: 0 }]);
  expect(await disputeOf(caseId)).toEqual([{ kind: 'SHARED_NUMBER', state: 'OPEN', proposed_by: codeConflictFound.type }]);
  const act = async (path: string, body: unknown, officer: string) => spec.post(`/disputes/${caseId}${path}`, body, operator(officer), 'NUMBER_DESIGNATION');
  expect((await act('/resolution', { kept: one.personKey }, 'o-1')).status).toBe(200);
  expect(codeOf(await act('/resolution/confirmation', {}, 'o-1'))).toBe('409 SAME_OFFICER');
  expect((await act('/resolution/confirmation', {}, 'o-2')).status).toBe(200);
  expect([await spec.stateOf(one.assignmentId), await spec.stateOf(other.assignmentId)]).toEqual(['DESIGNATED', 'SUPERSEDED']);
  expect(await spec.estate.sql('SELECT FROM numbering.dead_letter')).toEqual([]);
});

it('NUM-4.8 (a) one record for two people is blocked too; who has no number and an event without people block nobody', async () => {
  const only = await spec.resident();
  const [caseId, nobody, former] = [randomUUID(), randomUUID(), randomUUID()];
  await tell(caseId, [only.personKey]);
  await spec.becomes(only.assignmentId, 'DISPUTED');
  await tell(nobody, [spec.enter().personKey]);
  await tell(former);
  await Promise.all([audited(nobody), audited(former)]);
  expect([await disputeOf(nobody), await disputeOf(former)]).toEqual([[], []]);
});

it('NUM-4.8, 7 a candidate under such a code raises the alarm: an officer withdraws it', async () => {
  const alarm = vi.spyOn(log, 'error');
  spec.estate.clock.set(new Date('2015-09-01T01:00:00Z'));
  const { assignmentId, personKey } = await spec.resident();
  const caseId = randomUUID();
  await tell(caseId, [personKey]);
  expect(await audited(caseId)).toEqual([{ kind: 'SHARED_NUMBER', numbers: 0, candidates: 1 }]);
  expect(alarm).toHaveBeenCalledWith(expect.stringContaining('a candidate stands under a code of two persons'), expect.objectContaining({ count: 1 }));
  expect(await spec.stateOf(assignmentId)).toBe('TENTATIVE');
  alarm.mockRestore();
});
