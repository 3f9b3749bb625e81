import { route, type ContextParts, type Platform } from '#platform';
import { ReadExchangeCertificates, RegisterExchangeCertificate, WithdrawExchangeCertificate } from './exchange-certificates.js';
import type { ExchangeStore } from './exchange.store.js';

/** How files with municipalities are signed and encrypted (NUM-5.3). */
export function exchangeParts({ clock, database }: Platform, store: ExchangeStore): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/exchange-certificates', new ReadExchangeCertificates(store), { binary: ['application/x-pem-file'] }),
      route('POST', '/exchange-certificates', new RegisterExchangeCertificate(store), { status: 201 }),
      route('POST', '/exchange-certificates/withdrawals', new WithdrawExchangeCertificate(store)),
    ],
    prepare: () => store.prepare(database, clock.now()),
  };
}
