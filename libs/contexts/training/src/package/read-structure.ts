import { trainingProblems } from '#contracts/training';
import { readCmi5 } from './cmi5-structure.js';
import { BadManifest, checkedStructure, type CourseStructure } from './course-structure.js';
import { readScorm } from './scorm-manifest.js';

const READERS = [['cmi5.xml', readCmi5], ['imsmanifest.xml', readScorm]] as const;

/** The structure of a package by the manifest at its root; cmi5 goes first where there are both. Refuses BAD_MANIFEST with `fault` and `at`. */
export async function readStructure(paths: ReadonlySet<string>, read: (path: string) => Promise<Buffer>): Promise<CourseStructure> {
  const [name, reader] = READERS.find(([manifest]) => paths.has(manifest)) ?? [];
  try {
    if (name === undefined || reader === undefined) throw new BadManifest('NO_MANIFEST', 'cmi5.xml, imsmanifest.xml');
    return checkedStructure(reader(await read(name)), paths);
  } catch (error) {
    if (error instanceof BadManifest) throw trainingProblems.refuse('BAD_MANIFEST', { facts: { fault: error.fault, at: error.at.slice(0, 200) } });
    throw error;
  }
}
