import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { fetchChromium, findChromium } from '#testing';
import { ElearningEstate, SAPPORO, first } from './elearning.fixture.js';
import { auXml, cmi5Xml, scormXml } from './package/package.fixture.js';

// `npm run browser`: here a browser is a must, elsewhere it is used where there is one.
const absence = process.env['KIBAN_BROWSER'] === 'fetch' ? await fetchChromium() : undefined;
if (absence !== undefined) throw new Error(absence);
const found = findChromium();
/** Content of a supplier as it runs in a browser: everything by what the launch address and LMS.LaunchData say. */
const CMI5_PAGE = `<!doctype html><meta charset="utf-8"><title>教材</title><script type="module" src="unit.js"></script>`;
const CMI5_SCRIPT = `
const parameters = new URL(location.href).searchParams;
const actor = JSON.parse(parameters.get('actor'));
const { 'auth-token': token } = await (await fetch(parameters.get('fetch'), { method: 'POST' })).json();
const headers = { 'Authorization': 'Basic ' + token, 'X-Experience-API-Version': '1.0.3', 'Content-Type': 'application/json' };
const query = new URLSearchParams({ activityId: parameters.get('activityId'), agent: JSON.stringify(actor), registration: parameters.get('registration'), stateId: 'LMS.LaunchData' });
const data = await (await fetch(parameters.get('endpoint') + 'activities/state?' + query, { headers })).json();
await fetch(parameters.get('endpoint') + 'agents/profile?' + new URLSearchParams({ agent: JSON.stringify(actor), profileId: 'cmi5LearnerPreferences' }), { headers });
const say = async (verb, result) => {
  const context = structuredClone(data.contextTemplate);
  context.registration = parameters.get('registration');
  context.contextActivities.category = [{ id: 'https://w3id.org/xapi/cmi5/context/categories/cmi5' }];
  if (result && (result.success !== undefined || result.completion !== undefined)) context.contextActivities.category.push({ id: 'https://w3id.org/xapi/cmi5/context/categories/moveon' });
  const statement = { id: crypto.randomUUID ? crypto.randomUUID() : '00000000-0000-4000-8000-' + Math.random().toString(16).slice(2, 14).padEnd(12, '0'), actor, verb: { id: 'http://adlnet.gov/expapi/verbs/' + verb }, object: { objectType: 'Activity', id: parameters.get('activityId') }, context, timestamp: new Date().toISOString(), ...(result ? { result } : {}) };
  const { status } = await fetch(parameters.get('endpoint') + 'statements', { method: 'POST', headers, body: JSON.stringify(statement) });
  return status;
};
const statuses = [await say('initialized'), await say('completed', { completion: true, duration: 'PT5S' }), await say('passed', { success: true, duration: 'PT5S', score: { scaled: 0.8 } }), await say('terminated', { duration: 'PT6S' })];
document.title = statuses.join();
`;
const SCORM_PAGE = `<!doctype html><meta charset="utf-8"><title>SCO</title><script>
const api = window.parent.API;
const codes = [api.LMSInitialize(''), api.LMSGetValue('cmi.core.student_id') !== '', api.LMSSetValue('cmi.suspend_data', 'x'.repeat(5000)), api.LMSGetLastError(), api.LMSSetValue('cmi.suspend_data', 'page=2'),
  api.LMSSetValue('cmi.core.score.max', '20'), api.LMSSetValue('cmi.core.score.raw', '16'), api.LMSSetValue('cmi.core.lesson_status', 'completed'), api.LMSCommit(''), api.LMSFinish('')];
window.parent.document.title = codes.join();
</script>`;

describe.skipIf(found === undefined)(`content in Chromium (TRN-4.6)${found === undefined ? ': no browser here; npm run browser fetches one' : ''}`, () => {
  let e: ElearningEstate;
  let browser: Browser;
  beforeAll(async () => {
    e = await ElearningEstate.start('2015-10-05T01:00:00Z');
    // The address that launches name leads to this estate.
    const rules = `--host-resolver-rules=MAP issuer.test:80 127.0.0.1:${e.estate.running.httpPort}`;
    browser = await chromium.launch({ executablePath: found?.executablePath ?? '', args: ['--no-sandbox', rules], env: { ...process.env, ...found?.env } });
  });
  afterAll(async () => {
    await browser?.close();
    await e?.estate.stop();
  });

  /** Opens a launch and waits for the title by which its content tells what came of it. */
  async function play(registrationId: string): Promise<{ readonly title: string; readonly notice: string | null; readonly faults: readonly string[] }> {
    const { launchUrl } = z.object({ launchUrl: z.string() }).parse((await e.launch(registrationId, 0)).json);
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(launchUrl);
    await page.waitForFunction('document.title.includes(",")', undefined, { timeout: 30_000 }).catch(() => undefined);
    const played = { title: await page.title(), notice: await page.locator('#notice').textContent({ timeout: 500 }).catch(() => null), faults };
    await page.close();
    return played;
  }

  it('cmi5: launched, played and completed', async () => {
    const { courseId } = await e.offer({ 'cmi5.xml': cmi5Xml(auXml('one')), 'one.html': CMI5_PAGE, 'unit.js': CMI5_SCRIPT });
    const id = await e.registered(courseId, SAPPORO, 'B-1');
    expect(await play(id)).toMatchObject({ title: '200,200,200,200', faults: [] });
    expect(await e.stated(id)).toBe('launched initialized completed passed satisfied terminated');
    expect(await e.state(id)).toBe('COMPLETED');
  });

  it('SCORM 1.2: by our player; what is too long is refused by error 405, and the learner is warned', async () => {
    const item = '<item identifier="i1" identifierref="r1"><title>導入</title><adlcp:masteryscore>80</adlcp:masteryscore></item>';
    const { courseId, packageId } = await e.offer({ 'imsmanifest.xml': scormXml('1.2', item), 'index.html': SCORM_PAGE });
    const id = await e.registered(courseId, SAPPORO, 'B-2');
    const { title, notice, faults } = await play(id);
    expect([title, faults]).toEqual(['true,true,false,405,true,true,true,true,true,true', []]);
    expect(notice).toContain('規格の長さを超えた');
    expect(await e.stated(id)).toBe('launched initialized completed passed satisfied terminated');
    const [unit] = z.object({ units: z.array(z.object({ score: z.number(), passed: z.boolean() })) }).parse((await e.get(`/registrations/${id}`, first)).json).units;
    expect(unit).toEqual({ score: 0.8, passed: true });
    expect(await e.estate.sql('SELECT overlong_values AS values FROM training.learning_package WHERE id = $1', packageId)).toEqual([{ values: 1 }]);
  });
});
