import { trainingEvents, trainingProto } from '#contracts/training';
import type { ContextModule } from '#platform';

/** The table of contents of this context. */
export const trainingModule: ContextModule = {
  name: 'training',
  title: 'Training',
  migrations: new URL('./migrations/', import.meta.url),
  proto: trainingProto,
  events: trainingEvents,
  policy: [],
  build: () => ({ http: [], grpc: {}, subscriptions: [], jobs: [], schedules: [] }),
};
