import type { LocalDate, MunicipalityCode } from '#kernel';
import { csvLine } from '#kernel';
import { BAD_ROW_KINDS, type BadRow, type BadRowKind, spoilRow } from './bad-row.js';
import { chunksOf } from './csv.js';
import { type Dice, diceOf } from './dice.js';
import type { Household } from './household.js';
import { INTAKE_COLUMNS, intakeRow } from './intake-row.js';

export interface IntakeFileOptions {
  readonly municipality: MunicipalityCode;
  readonly changeDate: LocalDate;
  /** Default `14`, entry ex officio; `10` is birth (JUKI-R4.3). */
  readonly changeReason?: string;
  /** `municipalSeq` of the first row, default 1; every row, good or bad, takes the next. */
  readonly firstMunicipalSeq?: number;
  readonly badRows?: BadRowPlan;
  /** Name of a column outside the legal set, appended: the whole file must be refused (JUKI-R4.2). */
  readonly illegalColumn?: string;
}

export interface BadRowPlan {
  /** Above 0, at most 1. Every 1/share rows hold exactly one bad row; the kinds come in turn. */
  readonly share: number;
  readonly seed: string | number;
  /** Kinds to plant, default all ten. */
  readonly kinds?: readonly BadRowKind[];
  /** Day on which the file will be read, from which a date is too far ahead; default the change date. */
  readonly today?: LocalDate;
}

/** A file under way: one pass, constant memory apart from the manifest. */
export interface IntakeFile {
  /** UTF-8 without BOM, CRLF, RFC 4180, header first. */
  readonly chunks: Generator<Buffer, void, void>;
  /** Bad rows in the order of their lines; complete when the chunks have been read. */
  readonly manifest: readonly BadRow[];
}

/** Writes the change notices of a population as a municipality sends them. RangeError for a share outside ]0, 1]. */
export function writeIntakeFile(households: Iterable<Household>, options: IntakeFileOptions): IntakeFile {
  const plan = options.badRows;
  if (plan !== undefined && !(plan.share > 0 && plan.share <= 1)) throw new RangeError('share of bad rows must be above 0 and at most 1');
  const manifest: BadRow[] = [];
  return { chunks: chunksOf(intakeLines(households, options, manifest)), manifest };
}

function* intakeLines(
  households: Iterable<Household>,
  options: IntakeFileOptions,
  manifest: BadRow[],
): Generator<string | Buffer, void, void> {
  const { municipality, changeDate, changeReason = '14', firstMunicipalSeq = 1, illegalColumn, badRows } = options;
  yield csvLine(illegalColumn === undefined ? INTAKE_COLUMNS : [...INTAKE_COLUMNS, illegalColumn]);
  const planter = badRows === undefined ? undefined : badRowPlanter(badRows);
  let index = 0;
  for (const household of households) {
    for (const resident of household.members) {
      const row = intakeRow(household, resident, { municipality, municipalSeq: firstMunicipalSeq + index, changeReason, changeDate });
      const extraFields = illegalColumn === undefined ? [] : [resident.relation];
      const bad = planter?.(index);
      if (bad === undefined) {
        yield csvLine([...INTAKE_COLUMNS.map((column) => row[column]), ...extraFields]);
      } else {
        const { line, planted } = spoilRow(bad.dice, { kind: bad.kind, row, today: badRows?.today ?? changeDate, extraFields });
        manifest.push({ line: index + 2, kind: bad.kind, ...planted });
        yield line;
      }
      index += 1;
    }
  }
}

/** Answers, for rows in rising order, whether the row is to be bad and how. */
type Planter = (row: number) => { readonly dice: Dice; readonly kind: BadRowKind } | undefined;

/** One row in each block of 1/share rows, at a drawn place, so that the share needs no count of rows beforehand. */
function badRowPlanter({ share, seed, kinds = BAD_ROW_KINDS }: BadRowPlan): Planter {
  const dice = diceOf(`bad-rows/${seed}`);
  const placeIn = (block: number): number => dice.between(Math.floor(block / share), Math.floor((block + 1) / share) - 1);
  let block = 0;
  let next = placeIn(block);
  return (row) => {
    if (row !== next) return undefined;
    const kind = kinds[block % kinds.length];
    if (kind === undefined) throw new RangeError('no kinds of bad rows given');
    block += 1;
    next = placeIn(block);
    return { dice, kind };
  };
}
