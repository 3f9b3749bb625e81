import { describe, expect, it } from 'vitest';
import { CATEGORY, checkStatement, EXTENSION, VERBS, type Cmi5Verb, type LaunchedUnit } from './cmi5.js';
import { contextTemplateOf, durationBetween, ownStatement } from './lms-statement.js';
import { contentHash, xapiStatement, type XapiStatement } from './xapi-statement.js';

const unit: LaunchedUnit = {
  account: { homePage: 'https://kiban.example', name: 'abc' }, registrationId: '0198f000-0000-7000-8000-000000000001', sessionId: 's-1', activityId: 'urn:unit:1', publisherId: 'https://publisher.example/units/1', masteryScore: 0.8,
};
const at = new Date('2015-10-01T01:00:00Z');
const duration = 'PT10S';
const said = (verb: Cmi5Verb, result?: XapiStatement['result']): XapiStatement => ownStatement({ unit, verb, at, ...(result === undefined ? {} : { result }) });
const judge = (statement: XapiStatement): string => {
  const checked = checkStatement(xapiStatement.parse(JSON.parse(JSON.stringify(statement))), unit);
  return 'fault' in checked ? checked.fault : (checked.verb ?? 'allowed');
};

describe('statements of a session (TRN-4.6, cmi5 9)', () => {
  it.each<[string, XapiStatement]>([
    ['initialized', said('initialized')], ['completed', said('completed', { completion: true, duration })], ['passed', said('passed', { success: true, duration })],
    ['failed', said('failed', { success: false, duration })], ['terminated', said('terminated', { duration })],
    ['COMPLETION', said('completed', { duration })], ['SUCCESS', said('passed', { success: false, duration })], ['SUCCESS', said('terminated', { success: true, duration })],
    ['DURATION', said('terminated')], ['DURATION', said('completed', { completion: true })], ['VERB', said('satisfied')], ['VERB', said('waived', { success: true, completion: true })], ['VERB', said('launched')],
  ])('%s', (expected, statement) => expect(judge(statement)).toBe(expected));

  it('a score fits the verdict: 16 of 20 are passed at 0.8, 15 are failed', () => {
    const scored = (verb: 'passed' | 'failed', scaled: number): string => judge(said(verb, { success: verb === 'passed', duration, score: { scaled } }));
    expect([scored('passed', 16 / 20), scored('failed', 15 / 20), scored('passed', 15 / 20), scored('failed', 16 / 20), scored('failed', -0.5)]).toEqual(['passed', 'failed', 'MASTERY', 'MASTERY', 'SCORE']);
    expect(judge(said('completed', { completion: true, duration, score: { scaled: 1 } }))).toBe('SCORE');
    expect(judge(said('passed', { success: true, duration, score: { raw: 16 } }))).toBe('SCORE');
  });

  it('belongs to the launch: actor, registration, session, publisher id and unit', () => {
    const statement = said('initialized');
    const context = statement.context ?? {};
    const other = { ...statement, actor: { account: { ...unit.account, name: 'def' } } };
    expect(judge(other)).toBe('ACTOR');
    expect(judge({ ...statement, context: { ...context, registration: '0198f000-0000-7000-8000-000000000002' } })).toBe('REGISTRATION');
    expect(judge({ ...statement, context: { ...context, extensions: { [EXTENSION.sessionId]: 's-2' } } })).toBe('SESSION');
    expect(judge({ ...statement, context: { ...context, contextActivities: { category: [{ id: CATEGORY.cmi5 }] } } })).toBe('PUBLISHER_ID');
    expect(judge({ ...statement, object: { id: 'urn:unit:2' } })).toBe('OBJECT');
    const moveOn = { ...context.contextActivities, category: [{ id: CATEGORY.cmi5 }, { id: CATEGORY.moveOn }] };
    expect(judge({ ...statement, context: { ...context, contextActivities: moveOn } })).toBe('MOVE_ON_CATEGORY');
  });

  it('without the category of cmi5 it may say anything of anything', () => {
    const context = { registration: unit.registrationId, ...contextTemplateOf(unit) };
    expect(judge({ ...said('initialized'), verb: { id: VERBS.passed }, object: { id: 'urn:question:1' }, context })).toBe('allowed');
  });
});

describe('form of a statement (xAPI 1.0.3)', () => {
  const plain = { actor: { account: unit.account }, verb: { id: VERBS.initialized }, object: { id: 'urn:unit:1' } };

  it.each([
    { ...plain, more: 1 }, { ...plain, actor: { mbox: 'mailto:a@example.jp' } }, { ...plain, verb: { id: 'initialized' } }, { ...plain, object: { objectType: 'StatementRef', id: 'urn:x' } }, { ...plain, id: 'x' },
    { ...plain, result: { duration: 'P' } }, { ...plain, result: { duration: '10s' } }, { ...plain, result: { score: { scaled: 1.1 } } }, { ...plain, result: { score: { raw: 5, min: 6, max: 7 } } },
    { ...plain, timestamp: '2015-10-01' }, { ...plain, version: '2.0.0' }, { ...plain, context: { registration: null } }, { ...plain, result: { success: 'true' } },
  ])('refuses %j', (statement) => expect(xapiStatement.safeParse(statement).success).toBe(false));

  it.each(['PT0S', 'PT1H2M3.45S', 'P3DT4H', 'P1Y2M', 'P4W'])('takes the duration %s', (text) => expect(xapiStatement.safeParse({ ...plain, result: { duration: text } }).success).toBe(true));

  it('two are the same by what their sender said, in whatever order, not by what we add', () => {
    const statement = xapiStatement.parse(plain);
    const { actor, verb, object } = statement;
    expect(contentHash({ object, verb, actor, stored: 'x', version: '1.0.0', authority: {} })).toEqual(contentHash(statement));
    expect(contentHash({ ...statement, object: { id: 'urn:unit:2' } })).not.toEqual(contentHash(statement));
  });

  it('durations are whole hundredths', () => expect(durationBetween(at, new Date(at.getTime() + 61_234))).toBe('PT61.23S'));
});
