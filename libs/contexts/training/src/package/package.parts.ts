import { route, type ContextParts } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import type { PackageStore } from './package.store.js';
import { ListPackages } from './read-packages.js';
import { UploadPackage } from './upload-package.js';

/** Packages of e-learning (TRN-4.6). */
export function packageParts(packages: PackageStore, courses: CourseStore): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/packages', new UploadPackage(packages, courses), { status: 201, upload: ['application/zip'] }),
      route('GET', '/packages', new ListPackages(packages)),
    ],
  };
}
