import type { Db } from '#platform';

export class SupportMeasureStore {
  async add(
    db: Db,
    measure: { measureId: string; municipalityCode: string; grounds: string; startsOn: string; endsOn: string; personKeys: readonly string[]; at: Date },
  ): Promise<void> {
    await db.run(
      `INSERT INTO support_measure (person_key, measure_id, municipality_code, grounds, starts_on, ends_on, registered_at)
       SELECT person_key, $2, $3, $4, $5, $6, $7 FROM unnest($1::uuid[]) AS person_key ON CONFLICT DO NOTHING`,
      measure.personKeys, measure.measureId, measure.municipalityCode, measure.grounds, measure.startsOn, measure.endsOn, measure.at.toISOString(),
    );
  }
}
