/** One line of CSV (RFC 4180) with its CRLF; fields are quoted where they need it. */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}
