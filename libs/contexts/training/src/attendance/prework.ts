import { found, type Db } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import type { KnownPerson, PrerequisiteStore } from '../course/prerequisite.store.js';
import type { SessionRecord } from '../session/session.store.js';

/** 事前学習 of sessions (TRN-2): e-learning that is completed before its learner comes. */
export class Prework {
  constructor(
    private readonly courses: CourseStore,
    private readonly prerequisites: PrerequisiteStore,
  ) {}

  /** What each of these people lacks by then, by the hex of the person. */
  async lacking(db: Db, { courseId, fiscalYear }: Pick<SessionRecord, 'courseId' | 'fiscalYear'>, people: readonly KnownPerson[], by: Date): Promise<ReadonlyMap<string, readonly string[]>> {
    const { prework: codes } = found(await this.courses.find(db, courseId));
    return this.prerequisites.missing(db, { codes, fiscalYear, by }, people);
  }
}
