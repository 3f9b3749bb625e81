import { jukiNetProblems, RESIDENCY_CLASSES } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { NOTICE_STATES } from './change-notice.store.js';
import { requireClock } from './clock-skew.js';
import { gaijiCounts, INTAKE_COLUMNS, NO_GAIJI, type IntakeColumn, type IntakeRow } from './intake-row.js';
import type { NoticeIntake } from './take-in-notices.js';

const text = z.string().max(1_000).optional();
const sequence = z.union([z.number().int().min(1).transform(String), z.string().max(20)]).optional();
const items = z.object({
  municipalSeq: sequence.describe('order of all notices of the municipality'),
  residentCode: text.describe('11 digits'),
  personSeq: sequence.describe('order of the notices of this municipality about this person, from 1'),
  changeReason: text.describe('two digits, see the change reasons of juki-net'),
  changeDate: text.describe('YYYYMMDD, or with its era'),
  nameKanji: text,
  nameKana: text,
  aliasName: text,
  birthDate: text.describe('YYYYMMDD, unknown parts 00, or with its era'),
  sex: text.describe('1 male, 2 female, 3 or 9 unknown'),
  address: text,
  townCode: text,
  postalCode: text.describe('7 digits'),
  municipalityCode: text.describe('6 digits'),
  previousMunicipalityCode: text.describe('6 digits; where a person who moves in came from'),
  notifiedOn: text.describe('YYYYMMDD, day of the notification at the counter (届出日) where it is not the day of sending'),
  formerSurname: text.describe('former surname (旧氏), from 2019-11-05'),
  residencyClass: text.describe(`class of a foreign resident (30条の45): ${RESIDENCY_CLASSES.join(', ')}; it is told to nobody`),
  managementNo: text.describe('number of the municipality\'s own request (依頼管理番号), by which it finds the notice again: up to 40 letters, digits and hyphens, not 11 to 13 digits'),
  changeReasonDetail: text.describe('detail of the change reason, up to 100 characters'),
  updateLock: text.describe('1 locks the municipality\'s record (更新禁止フラグ), 0 releases it; left out it stays as it is'),
} satisfies Record<IntakeColumn, z.ZodType>);

const spec = useCase({
  action: 'juki-net.change-notice.submit',
  kind: 'command',
  summary: 'Takes in one notice of change of identity information (本人確認情報の通知)',
  input: items.loose(),
  output: z.object({
    noticeId: z.uuid(), state: z.enum(NOTICE_STATES), repeated: z.boolean(), managementNo: z.string().optional(),
    gaijiCountName: z.number().int().describe('characters of the names that map to no standard code (外字)'), gaijiCountAddress: z.number().int(),
  }),
  refusals: refusals(
    jukiNetProblems,
    'ITEM_NOT_ALLOWED', 'REQUIRED', 'FORMAT', 'CHECK_DIGIT', 'CHARACTER', 'DATE', 'DATE_IN_FUTURE', 'CHANGE_REASON', 'CHANGE_REASON_NOT_SERVED', 'NOT_YOUR_RESIDENT',
    'RESIDENT_UNKNOWN', 'CODE_NOT_ALLOCATED_TO_YOU', 'CODE_SUPERSEDED', 'SEQ_REUSED', 'ALREADY_RESIDENT', 'RECORD_CLOSED', 'RECORD_NOT_CLOSED', 'REASON_ITEM', 'MUNICIPALITY_CHANGED',
    'NATIONAL_CLOSED', 'PREFECTURE_CLOSED', 'TRAINING_REALM', 'CLOCK_SKEW',
  ),
});

/** A single notice. A notice that must wait for its predecessor is HELD, an entry after death QUARANTINED; both are kept. */
export class SubmitChangeNotice implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly intake: NoticeIntake) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireClock(ctx);
    const municipalityCode = ctx.actor.organisation;
    const read = this.intake.read(rowOf(input), municipalityCode, localDateInJapan(ctx.now));
    const [outcome] = await this.intake.takeIn(ctx, { municipalityCode, rows: [read] });
    if (outcome === undefined) throw new Error('an intake of one row has one outcome');
    if (outcome.state === 'REJECTED' && outcome.newCode !== undefined) throw jukiNetProblems.refuse('MUNICIPALITY_CHANGED', { facts: { newCode: outcome.newCode } });
    if (outcome.state === 'REJECTED') throw jukiNetProblems.refuse(outcome.code, outcome.column === undefined ? {} : { fields: [{ pointer: `/${outcome.column}`, code: outcome.code }] });
    const { noticeId, personKey } = outcome;
    const repeated = outcome.state === 'REPEATED';
    const state = outcome.state === 'REPEATED' ? outcome.record.state : outcome.state;
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [personKey], facts: { state, repeated } });
    const { managementNo, content = {} } = 'items' in read ? read.items : {};
    return { noticeId, state, repeated, ...(managementNo === undefined ? {} : { managementNo }), ...(gaijiCounts(content) ?? NO_GAIJI) };
  }
}

/** Household, relationship, registered domicile and the like are no identity information: such a notice is refused whole (JUKI-4.2). */
function rowOf(input: InputOf<typeof spec>): IntakeRow {
  const stray = Object.keys(input).filter((name) => !INTAKE_COLUMNS.some((column) => column === name));
  if (stray.length > 0) {
    throw jukiNetProblems.refuse('ITEM_NOT_ALLOWED', { fields: stray.slice(0, 20).map((name) => ({ pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 60)}`, code: 'ITEM_NOT_ALLOWED' })) });
  }
  const row: Partial<Record<IntakeColumn, string>> = {};
  for (const column of INTAKE_COLUMNS) {
    const value = input[column];
    if (value !== undefined) row[column] = value;
  }
  return row;
}
