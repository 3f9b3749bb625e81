import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import { PACKAGE_LIMITS } from './package-entry.js';
import { packageView, packageViewOf } from './package-view.js';
import type { PackageRecord, PackageStore } from './package.store.js';
import { readStructure } from './read-structure.js';
import { ZipPackage } from './zip-package.js';

const spec = useCase({
  action: 'training.package.upload',
  kind: 'process',
  summary: 'Takes in a package of a course (cmi5 or SCORM, a zip): its manifest is read and its paths and sizes are checked before anything is extracted. The same package again is the same',
  input: z.strictObject({ courseId: z.uuid() }),
  output: packageView,
  refusals: [...refusals(trainingProblems, 'BAD_MANIFEST', 'COURSE_KIND', 'UNSAFE_PATH'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'NOT_FOUND')],
});

/** TRN-4.6, 5. */
export class UploadPackage implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly packages: PackageStore,
    private readonly courses: CourseStore,
  ) {}

  async execute(ctx: Ctx, { courseId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const course = found(await this.courses.find(ctx.db, courseId));
    if (course.kind !== 'ELEARNING') throw trainingProblems.refuse('COURSE_KIND');
    const folder = await mkdtemp(join(tmpdir(), 'kiban-package-'));
    try {
      const file = join(folder, 'package.zip');
      const sent = await keep(body ?? Readable.from([]), file);
      const kept = (await this.packages.findSame(ctx.db, courseId, sent.sha256)) ?? (await this.takeIn(ctx, { courseId, file, ...sent }));
      return packageViewOf(kept, await this.packages.structure(ctx.db, kept.id));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async takeIn(ctx: Ctx, { courseId, file, sha256, bytes }: { courseId: string; file: string; sha256: string; bytes: number }): Promise<PackageRecord> {
    const zip = await ZipPackage.open(file);
    try {
      const structure = await readStructure(zip.paths, (path) => zip.read(path));
      const added = { id: uuidv7(), courseId, sha256, format: structure.format, title: structure.title, files: zip.paths.size, bytes, uploadedAt: ctx.now };
      await ctx.transaction(async (tx) => {
        // Somebody else has sent the same one meanwhile: it stands.
        if (!(await this.packages.add(tx.db, { ...added, structure, uploadedBy: officerOf(ctx) }))) return;
        for (const path of zip.paths) await this.packages.addFile(tx.db, added.id, path, await zip.read(path));
        tx.audit({ object: `package:${added.id}`, facts: { course: courseId, sha256, files: added.files } });
      });
      return found(await this.packages.findSame(ctx.db, courseId, sha256));
    } finally {
      zip.close();
    }
  }
}

/** The upload on disk, since the directory of a zip is at its end. Refuses BODY_TOO_LARGE. */
async function keep(body: Readable, file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > PACKAGE_LIMITS.upload) done(platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit: PACKAGE_LIMITS.upload } }));
      else done(null, chunk);
    },
  });
  await pipeline(body, counter, createWriteStream(file));
  return { sha256: hash.digest('hex'), bytes };
}
