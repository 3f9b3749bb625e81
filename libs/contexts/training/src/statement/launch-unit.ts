import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignableUnit } from '../package/course-structure.js';
import type { PackageStore } from '../package/package.store.js';
import type { RegisteredOffer, RegistrationStore } from '../registration/registration.store.js';
import { usableRegistration } from '../registration/usable-registration.js';
import { LAUNCH_MODES, type LaunchMode } from './au-session.js';
import type { AuSessionStore } from './au-session.store.js';
import { EXTENSION, type LaunchedUnit } from './cmi5.js';
import type { DocumentStore } from './document.store.js';
import { contextTemplateOf } from './lms-statement.js';
import type { SessionCloser } from './session-closer.js';
import type { StatementDesk } from './statement-desk.js';

const spec = useCase({
  action: 'training.registration.launch',
  kind: 'command',
  summary: 'Launches a unit for a learner: the address is for that browser alone and is shown once. What was open of the registration is abandoned',
  input: z.strictObject({ registrationId: z.uuid(), au: z.int().min(0).max(1_000), mode: z.enum(LAUNCH_MODES).default('Normal'), returnUrl: z.url({ protocol: /^https?$/ }).max(2_000).optional() }),
  output: z.object({ sessionId: z.uuid(), mode: z.enum(LAUNCH_MODES), launchUrl: z.url(), isOwnWindow: z.boolean() }),
  refusals: [...refusals(trainingProblems, 'EXPIRED', 'NOT_IN_STATE', 'NOT_STARTED_YET'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export interface LaunchUnitParts {
  readonly registrations: RegistrationStore;
  readonly sessions: AuSessionStore;
  readonly packages: PackageStore;
  readonly documents: DocumentStore;
  readonly desk: StatementDesk;
  readonly closer: SessionCloser;
  /** Address of this API as learners' browsers reach it, without a slash at its end. */
  readonly base: string;
}

interface Launch {
  readonly registration: RegisteredOffer;
  readonly unit: LaunchedUnit;
  readonly assignable: AssignableUnit;
  readonly mode: LaunchMode;
  readonly secret: string;
}

/** TRN-4.6, cmi5 8.1, 9.3.1, 10. */
export class LaunchUnit implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: LaunchUnitParts) {}

  async execute(ctx: Ctx, { registrationId, au, mode, returnUrl }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { registrations, sessions, packages, closer, desk } = this.parts;
    const registration = await usableRegistration(ctx, registrations, registrationId);
    const packageId = found(registration.packageId ?? undefined);
    const structure = await packages.structure(ctx.db, packageId);
    const assignable = found(structure.units[au]);
    await closer.abandonOpen(ctx, registrationId);
    const id = uuidv7();
    const launch: Launch = {
      registration, assignable, unit: await desk.unitOf(ctx, { ...registration, packageId, id, registrationId, au }), secret: randomBytes(24).toString('base64url'),
      // Who has completed a course looks at it again; nothing more is recorded.
      mode: registration.state === 'COMPLETED' && mode === 'Normal' ? 'Review' : mode,
    };
    await sessions.add(ctx.db, { id, registrationId, au, mode: launch.mode, launchSecret: launch.secret, at: ctx.now });
    await this.state(ctx, launch, returnUrl);
    await registrations.start(ctx.db, registrationId, ctx.now);
    await desk.settle(ctx, registrationId, id);
    ctx.audit({ object: `registration:${registrationId}`, facts: { launched: au, session: id, mode: launch.mode } });
    return { sessionId: id, mode: launch.mode, launchUrl: this.launchUrl(launch, structure.format === 'CMI5'), isOwnWindow: assignable.isOwnWindow };
  }

  /** The Launched statement and the document LMS.LaunchData, before the content runs. */
  private async state(ctx: Ctx, { unit, assignable, mode }: Launch, returnUrl: string | undefined): Promise<void> {
    const { moveOn, masteryScore, launchParameters, entitlementKey, path, suffix } = assignable;
    const optional = <T>(name: string, value: T | undefined): Record<string, T> => (value === undefined ? {} : { [name]: value });
    await this.parts.desk.state(ctx, {
      unit, verb: 'launched',
      extensions: {
        [EXTENSION.launchMode]: mode, [EXTENSION.moveOn]: moveOn, ...optional(EXTENSION.masteryScore, masteryScore), ...optional(EXTENSION.launchParameters, launchParameters),
        // The session stands in the place of the secret.
        [EXTENSION.launchUrl]: `${this.parts.base}/launched/${unit.sessionId}/content/${encoded(path)}${suffix}`,
      },
    });
    const data = {
      contextTemplate: contextTemplateOf(unit), launchMode: mode, moveOn, ...optional('masteryScore', masteryScore), ...optional('launchParameters', launchParameters), ...optional('returnURL', returnUrl),
      ...(entitlementKey === undefined ? {} : { entitlementKey: { courseStructure: entitlementKey } }),
    };
    const key = { kind: 'STATE', owner: unit.registrationId, activity: unit.activityId, name: LAUNCH_DATA } as const;
    await this.parts.documents.put(ctx.db, key, { contentType: 'application/json', content: Buffer.from(JSON.stringify(data)) }, ctx.now);
  }

  /** cmi5 8.1: the parameters are merged with those of the unit's own address. SCORM content runs in our player. */
  private launchUrl({ secret, assignable, unit }: Launch, isCmi5: boolean): string {
    const { base } = this.parts;
    if (!isCmi5) return `${base}/launched/${secret}/player/index.html`;
    const url = new URL(`${base}/launched/${secret}/content/${encoded(assignable.path)}${assignable.suffix}`);
    const parameters = {
      endpoint: `${base}/xapi/`, fetch: `${base}/launched/${secret}/token`, actor: JSON.stringify({ objectType: 'Agent', account: unit.account }), registration: unit.registrationId, activityId: unit.activityId,
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }
}

/** Name of the State document by which content knows how it was launched (cmi5 10). */
export const LAUNCH_DATA = 'LMS.LaunchData';

/** The path of a file in an address. */
export function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
