import { platformProblems, type Actor, type Database, type GuestDoor } from '#platform';
import type { AuSessionStore, SecretKind, SecretOwner } from './au-session.store.js';

/** Content stays readable so long after its launch: what runs in a browser loads its files as it goes. */
const LAUNCH_MS = 24 * 3_600_000;
const REMEMBERED = 10_000;

export interface LaunchDoorParts {
  readonly database: Database;
  readonly sessions: AuSessionStore;
  readonly now: () => Date;
}

/** Ways in for a learner's browser (cmi5 8): by the secret in the launch address, and by the token that content fetches with it once. The actor is the session. */
export class LaunchDoors {
  readonly byAddress: GuestDoor = { scheme: {}, admit: ({ params }) => this.admit('launch', params['launch']) };
  readonly byToken: GuestDoor = {
    scheme: { launchToken: { type: 'http', scheme: 'basic', description: 'The `auth-token` of the fetch address (cmi5 8.2)' } },
    admit: ({ authorization }) => this.admit('auth', /^Basic ([A-Za-z0-9+/=_-]{1,200})$/.exec(authorization ?? '')?.[1]),
  };

  /** Whose a secret is does not change, and content shows it with every call. */
  private readonly known = new Map<string, SecretOwner>();

  constructor(private readonly parts: LaunchDoorParts) {}

  private async admit(kind: SecretKind, secret: string | undefined): Promise<Actor> {
    const session = secret === undefined ? undefined : (this.known.get(`${kind}:${secret}`) ?? (await this.look(kind, secret)));
    if (session === undefined) throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: secret === undefined ? 'NO_TOKEN' : 'TOKEN_INVALID' } });
    if (this.parts.now().getTime() - session.launchedAt.getTime() > LAUNCH_MS) throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: 'TOKEN_INVALID' } });
    return { clientId: session.id, kind: 'guest', organisation: session.bodyCode };
  }

  private async look(kind: SecretKind, secret: string): Promise<SecretOwner | undefined> {
    const session = await this.parts.sessions.findBySecret(this.parts.database.db, kind, secret);
    if (session === undefined) return undefined;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(`${kind}:${secret}`, session);
    return session;
  }
}
