import { createHash } from 'node:crypto';
import type { Db, Row } from '#platform';
import type { CourseStructure, PackageFormat } from './course-structure.js';
import { contentTypeOf } from './package-entry.js';

export interface PackageRecord {
  readonly id: string;
  readonly courseId: string;
  readonly sha256: string;
  readonly format: PackageFormat;
  readonly title: string;
  readonly files: number;
  readonly bytes: number;
  /** Values that its content tried to keep beyond the limits of SCORM. */
  readonly overlongValues: number;
  readonly uploadedAt: Date;
}

export interface PackageFile extends Row {
  readonly contentType: string;
  readonly sha256: string;
  readonly content: Buffer;
}

const COLUMNS = `id, course_id AS "courseId", sha256, format, title, files, bytes, overlong_values AS "overlongValues", uploaded_at AS "uploadedAt"`;
/** Structures never change, and every statement asks for one. */
const REMEMBERED = 200;

export class PackageStore {
  private readonly structures = new Map<string, CourseStructure>();

  async find(db: Db, id: string): Promise<PackageRecord | undefined> {
    return db.maybe<PackageRecord & Row>(`SELECT ${COLUMNS} FROM learning_package WHERE id = $1`, id);
  }

  async findSame(db: Db, courseId: string, sha256: string): Promise<PackageRecord | undefined> {
    return db.maybe<PackageRecord & Row>(`SELECT ${COLUMNS} FROM learning_package WHERE course_id = $1 AND sha256 = $2`, courseId, sha256);
  }

  /** The newest first. */
  async list(db: Db, courseId: string): Promise<PackageRecord[]> {
    return db.many<PackageRecord & Row>(`SELECT ${COLUMNS} FROM learning_package WHERE course_id = $1 ORDER BY id DESC`, courseId);
  }

  /** False when the course has the same one already. */
  async add(db: Db, added: Omit<PackageRecord, 'overlongValues'> & { readonly structure: CourseStructure; readonly uploadedBy: string }): Promise<boolean> {
    const rows = await db.run(
      `INSERT INTO learning_package (id, course_id, sha256, format, title, structure, files, bytes, uploaded_at, uploaded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT DO NOTHING`,
      added.id, added.courseId, added.sha256, added.format, added.title, JSON.stringify(added.structure), added.files, added.bytes, added.uploadedAt.toISOString(), added.uploadedBy,
    );
    return rows === 1;
  }

  async addFile(db: Db, packageId: string, path: string, content: Buffer): Promise<void> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    await db.run('INSERT INTO package_file (package_id, path, content_type, sha256, content) VALUES ($1, $2, $3, $4, $5)', packageId, path, contentTypeOf(path), sha256, content);
  }

  async file(db: Db, packageId: string, path: string): Promise<PackageFile | undefined> {
    return db.maybe<PackageFile>('SELECT content_type AS "contentType", sha256, content FROM package_file WHERE package_id = $1 AND path = $2', packageId, path);
  }

  async structure(db: Db, packageId: string): Promise<CourseStructure> {
    const known = this.structures.get(packageId);
    if (known !== undefined) return known;
    const { structure } = await db.one<{ structure: CourseStructure }>('SELECT structure FROM learning_package WHERE id = $1', packageId);
    if (this.structures.size >= REMEMBERED) this.structures.clear();
    this.structures.set(packageId, structure);
    return structure;
  }

  async countOverlong(db: Db, packageId: string, values: number): Promise<void> {
    await db.run('UPDATE learning_package SET overlong_values = overlong_values + $2 WHERE id = $1', packageId, values);
  }
}
