import { residentConflictFound, residentConflictSolved } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { uuidv7, type Schedule } from '#platform';
import type { RecordConflictStore } from './record-conflict.store.js';

const MINUTE_MS = 60_000;
const CHUNK = 500;

/**
 * Gives a person with live records in several municipalities to all of them as a task (JUKI-7), told once and again when the municipalities
 * are others; it is solved when the register says so, by whichever notice. The day alone may bring it (JUKI-3.2).
 */
export function followConflicts(conflicts: RecordConflictStore): Schedule {
  return {
    name: 'record-conflict.follow',
    due: (last, now) => {
      const occasion = new Date(now.getTime() - (now.getTime() % MINUTE_MS)).toISOString();
      return last !== undefined && last >= occasion ? undefined : occasion;
    },
    hasWork: (ctx) => conflicts.hasNews(ctx.db, localDateInJapan(ctx.now)),
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      const news = await conflicts.news(ctx.db, today, CHUNK);
      const standing = news.flatMap(({ codes, caseId, personKey, version }) => (codes === null ? [] : [{ codes, caseId: caseId ?? uuidv7(), personKey, version: version + 1 }]));
      const solved = news.flatMap(({ codes, caseId, known, version }) => (codes !== null || caseId === null ? [] : [{ caseId, codes: known ?? [], version: version + 1 }]));
      await conflicts.keep(ctx.db, today, standing);
      await conflicts.end(ctx.db, solved.map(({ caseId }) => caseId));
      for (const { caseId, version, codes } of standing) ctx.emit(residentConflictFound, { aggregateId: caseId, sequence: version, data: { caseId, municipalityCodes: codes } });
      for (const { caseId, version, codes } of solved) ctx.emit(residentConflictSolved, { aggregateId: caseId, sequence: version, data: { caseId, municipalityCodes: codes } });
      if (news.length > 0) ctx.audit({ object: 'record-conflicts', subjects: news.map(({ personKey }) => personKey), facts: { found: standing.length, solved: solved.length } });
    },
  };
}
