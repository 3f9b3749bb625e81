import { profileFigures } from '#contracts/jpki-ca';
import type { Ctx, Peers } from '#platform';
import type { Organisation } from '../authority/authority.js';
import { bridgeFigures } from './bridge-figures.js';
import type { Subject } from './policy-document.js';

/** What runs now: the bridge's figures from its own profiles, those of the agency's authorities by the contract of jpki-ca. */
export class RunningFigures {
  constructor(
    private readonly peers: Peers,
    private readonly organisation: Organisation,
  ) {}

  /** Refuses UNAVAILABLE while the neighbour is away. */
  async of({ correlationId, traceparent }: Ctx, subject: Subject): Promise<Readonly<Record<string, string>>> {
    if (subject === 'bridge') return bridgeFigures(this.organisation);
    const { figures } = await this.peers.call(profileFigures, { correlationId, traceparent }, { ca: subject });
    return Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  }
}
