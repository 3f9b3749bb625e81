import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { packageView, packageViewOf } from './package-view.js';
import type { PackageStore } from './package.store.js';

const spec = useCase({
  action: 'training.package.list',
  kind: 'question',
  summary: 'Packages of a course with their units, the newest first',
  input: z.strictObject({ courseId: z.uuid() }),
  output: z.object({ items: z.array(packageView) }),
  refusals: [],
});

export class ListPackages implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly packages: PackageStore) {}

  async execute(ctx: Ctx, { courseId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const items = await this.packages.list(ctx.db, courseId);
    return { items: await Promise.all(items.map(async (one) => packageViewOf(one, await this.packages.structure(ctx.db, one.id)))) };
  }
}
