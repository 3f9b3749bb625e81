import type { z } from 'zod';
import type { elearningRow, monthTable, seminarRow } from '#contracts/training';
import { fiscalYearOf, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Db } from '#platform';
import { ELEARNING_PEOPLE, elearningRatios, monthAfter, seminarRatios, shownRows, shownSeminars, type ElearningRow, type MonthRow } from './statistics.js';
import type { Period, StatisticsStore } from './statistics.store.js';

/** What counts the registrations of e-learning by series. */
export interface ElearningCounts {
  ofYear(db: Db, fiscalYear: number): Promise<ElearningRow[]>;
}

/** The published tables: counts of people that are small are withheld (TRN-4.10). */
export class StatisticsTables {
  constructor(
    private readonly store: StatisticsStore,
    private readonly registrations: ElearningCounts,
  ) {}

  async seminars(db: Db, period: Period): Promise<z.input<typeof seminarRow>[]> {
    return seminarTable(await this.store.seminars(db, period));
  }

  async elearning(db: Db, fiscalYear: number): Promise<z.input<typeof elearningRow>[]> {
    const rows = shownRows(await this.registrations.ofYear(db, fiscalYear), ELEARNING_PEOPLE);
    return rows.map((row) => ({ ...row, medianDays: row.finished === null ? null : row.medianDays, ...elearningRatios(row) }));
  }

  /** `2015-09`: seminars that began in it, and e-learning of its fiscal year until now. */
  async month(db: Db, month: string): Promise<z.input<typeof monthTable>> {
    const [first, next] = [toLocalDate(`${month}-01`), toLocalDate(`${monthAfter(month)}-01`)];
    const fiscalYear = fiscalYearOf(first);
    const seminars = await this.seminars(db, { fiscalYear: undefined, from: startOfDayInJapan(first), to: startOfDayInJapan(next) });
    return { month, fiscalYear, seminars, elearning: await this.elearning(db, fiscalYear) };
  }
}

function seminarTable(rows: readonly MonthRow[]): z.input<typeof seminarRow>[] {
  return shownSeminars(rows).map((row) => ({ ...row, ...seminarRatios(row) }));
}
