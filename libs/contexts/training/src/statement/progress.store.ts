import type { Db } from '#platform';
import type { AuProgress } from './move-on.js';

/** What is known of a registration's unit. */
export interface UnitProgress extends AuProgress {
  readonly failed: boolean;
  /** The best one, 0 to 1. */
  readonly score: number | null;
}

/** What is noted of a unit. */
export type Achievement = 'completed' | 'passed' | 'failed' | 'waived';

export const NO_PROGRESS: UnitProgress = { completed: false, passed: false, failed: false, waived: false, score: null };

export class ProgressStore {
  /** The progress of each unit of a registration, by its number. */
  async of(db: Db, registrationId: string): Promise<(au: number) => UnitProgress> {
    const rows = await db.many<{ au: number; completed: boolean; passed: boolean; failed: boolean; waived: boolean; score: string | null }>(
      `SELECT au, completed_at IS NOT NULL AS completed, passed_at IS NOT NULL AS passed, failed_at IS NOT NULL AS failed, waived_at IS NOT NULL AS waived, score
       FROM au_progress WHERE registration_id = $1`,
      registrationId,
    );
    const byUnit = new Map(rows.map(({ au, score, ...progress }) => [au, { ...progress, score: score === null ? null : Number(score) }]));
    return (au) => byUnit.get(au) ?? NO_PROGRESS;
  }

  /** The first time counts; a better score takes the place of the one before. */
  async note(db: Db, unit: { readonly registrationId: string; readonly au: number }, achievement: Achievement, noted: { readonly at: Date; readonly scaled: number | undefined }): Promise<void> {
    const column = `${achievement}_at`;
    await db.run(
      `INSERT INTO au_progress (registration_id, au, ${column}, score) VALUES ($1, $2, $3, $4)
       ON CONFLICT (registration_id, au) DO UPDATE SET ${column} = coalesce(au_progress.${column}, excluded.${column}), score = greatest(au_progress.score, excluded.score)`,
      unit.registrationId, unit.au, noted.at.toISOString(), noted.scaled ?? null,
    );
  }
}
