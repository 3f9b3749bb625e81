/** One record of CSV (RFC 4180) without its end; fields are quoted where they need it. */
export function csvRecord(fields: readonly (string | number)[]): string {
  return fields.map((field) => (/[",\r\n]/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : field)).join(',');
}

/** The same as a line, with its CRLF. */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${csvRecord(fields)}\r\n`;
}
