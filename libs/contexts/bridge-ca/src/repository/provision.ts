import { bridgeCaProblems } from '#contracts/bridge-ca';
import { provisionAccess, type ProvisionMode } from '#contracts/jpki-ca';
import type { Ctx, Peers } from '#platform';

/** Revocation information of holders is not public (公的個人認証法 art. 17-18; JPKI 4.8): a verifier has it from here as it has it from the agency's signature authority. */
export class Provision {
  constructor(private readonly peers: Peers) {}

  /** Other institutions are judged by the policy table alone. Refuses NO_ACCESS_GRANT; UNAVAILABLE while jpki-ca, which keeps the grants, is away. */
  async require({ actor, correlationId, traceparent }: Ctx, mode: ProvisionMode): Promise<void> {
    if (actor.kind !== 'signature-verifier') return;
    const { granted } = await this.peers.call(provisionAccess, { correlationId, traceparent }, { organisation: actor.organisation, ca: 'sign', mode });
    if (!granted) throw bridgeCaProblems.refuse('NO_ACCESS_GRANT');
  }
}
