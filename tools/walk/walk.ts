import { z } from 'zod';
import { until, type Api } from './api.js';
import { apply, handOver, produce, type MadeCard } from './card.js';
import { EventWatch } from './events.js';
import { newHousehold, type Walker } from './people.js';
import { drawNumbers, mailNotificationCards, move, numbersInRegister, registerHousehold } from './register.js';
import { bothGood, onlySigningRevoked } from './verify.js';

/** What a walk left behind, for tests that look closer. */
export interface WalkResult {
  readonly household: readonly Walker[];
  readonly numbers: readonly string[];
  readonly personKey: string;
  readonly card: MadeCard;
  /** The messages that a plain NATS client saw. */
  readonly events: readonly string[];
}

export interface WalkOptions {
  /** A partner's access to the events; without it the steps that need it are left out. */
  readonly partner?: { readonly server: string; readonly user: string; readonly password: string } | undefined;
  /** Looks on between the steps, before the resident moves. */
  readonly beforeMove?: (card: MadeCard, numbers: readonly string[]) => Promise<void>;
}

const AUDITED = ['juki-net', 'numbering', 'card-issuance', 'jpki-ca', 'bridge-ca', 'training', 'municipal-issuer', 'issuing-centre', 'juki-card', 'jpki-verifier'];

/**
 * A resident becomes a card holder, through the gateway only, each institution with its own token. Prints one line a step;
 * throws at the first step that is not as it must be.
 */
export async function walk(api: Api, options: WalkOptions, print: (line: string) => void): Promise<WalkResult> {
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    print(`walk: ${what} ... ok ${Math.round(performance.now() - started)} ms`);
    return result;
  };
  const watch = options.partner === undefined ? undefined : await EventWatch.start(options.partner);
  try {
    const household = newHousehold();
    const [holder] = household;
    await step('a municipality registers a household', () => registerHousehold(api, household));
    const numbers = await step('numbering draws a number for each member', () => drawNumbers(api, household));
    await step('juki-net completes the identity information, a pension agency sees it', () => numbersInRegister(api, household, numbers));
    const form = await step('notification cards go to the household, one envelope', () => mailNotificationCards(api, household));
    await step('a member applies for a card, an examiner approves the photo', () => apply(api, form.applicationId));
    const card = await step('the card is made: keys on the chip, both certified, boxed, received', () => produce(api, form.applicationId));
    await step('the counter hands the card over', () => handOver(api, card));
    await step('a verifier finds both certificates good (OCSP)', () => bothGood(api, card));
    await options.beforeMove?.(card, numbers);
    await step('the resident moves to another municipality', () => move(api, holder));
    await step('the signing certificate is revoked, the login certificate good (OCSP, CRL)', () => onlySigningRevoked(api, card));
    if (watch !== undefined) await step('a partner has seen the events in order', () => watch.story(form.personKey, card.cardSerial));
    await step('the audit chains are whole', () => auditChainsWhole(api));
    print('walk: done');
    return { household, numbers, personKey: form.personKey, card, events: watch?.raw ?? [] };
  } finally {
    await watch?.stop();
  }
}

async function auditChainsWhole(api: Api): Promise<void> {
  const report = z.object({ whole: z.boolean(), unsealed: z.number() });
  for (const context of AUDITED) {
    const { whole } = await until(`the chain of ${context}`, async () => {
      const found = await api.call('GET', `/api/${context}/v1/audit-verification`, { as: 'auditor-1' }, report);
      return found.unsealed === 0 || !found.whole ? found : undefined;
    });
    if (!whole) throw new Error(`the audit chain of ${context} is broken`);
  }
}
