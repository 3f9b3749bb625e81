import { z } from 'zod';
import { MOVE_ON } from '../statement/move-on.js';
import { PACKAGE_FORMATS, type CourseStructure } from './course-structure.js';
import type { PackageRecord } from './package.store.js';

export const packageView = z.object({
  packageId: z.uuid(), courseId: z.uuid(), sha256: z.string(), format: z.enum(PACKAGE_FORMATS), title: z.string(), files: z.int(), bytes: z.int(),
  overlongValues: z.int().describe('values that its content tried to keep beyond the limits of SCORM; above 0 the content is faulty'),
  units: z.array(z.object({ au: z.int().describe('names it when it is launched'), title: z.string(), publisherId: z.string(), moveOn: z.enum(MOVE_ON), masteryScore: z.number().optional() })),
});

export function packageViewOf({ id, courseId, sha256, format, title, files, bytes, overlongValues }: PackageRecord, { units }: CourseStructure): z.input<typeof packageView> {
  return {
    packageId: id, courseId, sha256, format, title, files, bytes, overlongValues,
    units: units.map((unit, au) => ({ au, title: unit.title, publisherId: unit.publisherId, moveOn: unit.moveOn, ...(unit.masteryScore === undefined ? {} : { masteryScore: unit.masteryScore }) })),
  };
}
