import { bridgeCaEvents, bridgeCaProto } from '#contracts/bridge-ca';
import type { ContextModule } from '#platform';

/** The table of contents of this context. */
export const bridgeCaModule: ContextModule = {
  name: 'bridge-ca',
  title: 'Bridge ca',
  migrations: new URL('./migrations/', import.meta.url),
  proto: bridgeCaProto,
  events: bridgeCaEvents,
  policy: [],
  build: () => ({ http: [], grpc: {}, subscriptions: [], jobs: [], schedules: [] }),
};
