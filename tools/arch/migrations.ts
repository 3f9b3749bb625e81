/** Tables that a migration creates; partitions and DO blocks, which make partitions, are not counted. */
export function tablesCreated(sql: string): string[] {
  const plain = sql.replaceAll(/--.*$/gm, '').replaceAll(/\bDO\s+(\$\w*\$)[\s\S]*?\1/gi, '');
  const created = plain.matchAll(/\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w."]+)(\s+PARTITION\s+OF\b)?/gi);
  return [...created].filter((match) => match[2] === undefined).map((match) => match[1] ?? '');
}
