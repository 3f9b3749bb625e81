import { type Described, PkiError, describeObject } from '#pki';
import { usageFault } from './command-fault.js';
import { type FilePart, partsOf, readBytes } from './pki-files.js';
import { shown } from './pki-text.js';
import type { Session } from './session.js';

/** Prints what the objects of a file say; several as a list. */
export function showFile({ json, terminal }: Session, file: string): void {
  const described = partsOf(readBytes(file)).map((part, index) => describedPart(part, `${file}, object ${index + 1}`));
  const [first, ...rest] = described;
  if (first === undefined) throw usageFault(`${file} holds no object.`);
  if (json) terminal.out(`${JSON.stringify(rest.length === 0 ? first : described)}\n`);
  else terminal.out(described.map((one) => `${linesOf(one).join('\n')}\n`).join('\n'));
}

function describedPart({ der, label }: FilePart, place: string): Described {
  try {
    if (der === undefined) throw new PkiError('BAD_PEM', 'the PEM block is broken');
    return describeObject(der, label);
  } catch (error) {
    if (error instanceof PkiError) throw usageFault(`${place}: ${error.code}: ${error.message}.`);
    throw error;
  }
}

/** Members below each other, those of lists and of members indented. */
function linesOf(value: Described): string[] {
  if (typeof value !== 'object') return [textOf(value)];
  if (isList(value)) return value.flatMap((item) => linesOf(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`));
  return Object.entries(value).flatMap(([name, inner]) => {
    const flat = flatOf(inner);
    return flat === undefined ? [`${name}:`, ...linesOf(inner).map((line) => `  ${line}`)] : [`${name}: ${flat}`];
  });
}

/** A value that fits behind its name. */
function flatOf(value: Described): string | undefined {
  if (typeof value !== 'object') return textOf(value);
  if (!isList(value)) return undefined;
  const texts = value.flatMap((item) => (typeof item === 'object' ? [] : [textOf(item)]));
  return texts.length === value.length ? texts.join(', ') || '-' : undefined;
}

function isList(value: Described): value is readonly Described[] {
  return Array.isArray(value);
}

function textOf(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : shown(String(value));
}
