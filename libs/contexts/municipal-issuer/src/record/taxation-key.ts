/** Key of a resident's taxation of a fiscal year among the records. */
export function taxationKey(resident: string, fiscalYear: number): string {
  return `${resident}_${fiscalYear}`;
}
