import { route, type ContextParts } from '#platform';
import { closingMonthly } from './close-month.js';
import { GetRegionalBalance, GetSizeClasses } from './read-breakdowns.js';
import { GetMonth, GetOwn, GetYear } from './read-statistics.js';
import { StatisticsStore } from './statistics.store.js';
import { StatisticsTables, type ElearningCounts } from './tables.js';

/** Figures of seminars and e-learning (TRN-4.10). */
export function statisticsParts(registrations: ElearningCounts): Partial<ContextParts> {
  const store = new StatisticsStore();
  const tables = new StatisticsTables(store, registrations);
  const year = new GetYear(store, tables);
  return {
    http: [
      route('GET', '/statistics/months/:month', new GetMonth(store)),
      route('GET', '/statistics/years/:fiscalYear', year),
      route('GET', '/statistics/years/:fiscalYear/own', new GetOwn(store)),
      route('GET', '/statistics/years/:fiscalYear/size-classes', new GetSizeClasses(store)),
      route('GET', '/statistics/years/:fiscalYear/regional-balance', new GetRegionalBalance(store)),
    ],
    grpc: { 'Statistics.Yearly': year },
    schedules: [closingMonthly(store, tables)],
  };
}
