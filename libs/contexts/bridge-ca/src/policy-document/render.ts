import { localDateInJapan } from '#kernel';
import { OUTLINE } from './outline.js';
import { filledText, type DocumentContent, type Language, type Subject } from './policy-document.js';

/** A published document as it is shown. */
export interface ShownDocument {
  readonly subject: Subject;
  readonly version: string;
  readonly publishedAt: Date | null;
  readonly content: DocumentContent;
}

const NAMES: Readonly<Record<Subject, Readonly<Record<Language, string>>>> = {
  sign: { ja: '公的個人認証サービス 署名用認証局 運用規程 (CP/CPS)', en: 'JPKI signature certification authority: certificate policy and practice statement' },
  auth: { ja: '公的個人認証サービス 利用者証明用認証局 運用規程 (CP/CPS)', en: 'JPKI user authentication certification authority: certificate policy and practice statement' },
  bridge: { ja: '公的個人認証サービス 個人認証ブリッジ認証局 運用規程 (CP/CPS)', en: 'JPKI bridge certification authority: certificate policy and practice statement' },
};
const DRAFT: Readonly<Record<Language, string>> = { ja: '案 (未公表)', en: 'draft, not published' };
const VERSION: Readonly<Record<Language, string>> = { ja: '版', en: 'Version' };

/** A heading of the outline with the text below it, if it has one. */
interface Block {
  readonly depth: number;
  readonly heading: string;
  readonly text: string | undefined;
}

function blocksOf({ content }: ShownDocument, language: Language): Block[] {
  const texts = new Map(content.sections.map(({ number, text }) => [number, filledText(text[language], content.figures)]));
  return OUTLINE.map(({ number, title }) => ({ depth: number.split('.').length, heading: `${number} ${title[language]}`, text: texts.get(number) }));
}

function lineOfVersion({ version, publishedAt }: ShownDocument, language: Language): string {
  return `${VERSION[language]} ${version} — ${publishedAt === null ? DRAFT[language] : localDateInJapan(publishedAt)}`;
}

/** CommonMark; what a text holds of its marks is escaped. */
export function markdownOf(document: ShownDocument, language: Language): string {
  const escape = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
  const blocks = blocksOf(document, language).flatMap(({ depth, heading, text }) => [`${'#'.repeat(depth + 1)} ${escape(heading)}`, ...(text === undefined ? [] : [escape(text)])]);
  return `${[`# ${escape(NAMES[document.subject][language])}`, escape(lineOfVersion(document, language)), ...blocks].join('\n\n')}\n`;
}

/** A whole page without scripts and styles. */
export function htmlOf(document: ShownDocument, language: Language): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const name = escape(NAMES[document.subject][language]);
  const blocks = blocksOf(document, language).map(({ depth, heading, text }) => `<h${depth + 1}>${escape(heading)}</h${depth + 1}>\n${text === undefined ? '' : `<p>${escape(text)}</p>\n`}`);
  return `<!DOCTYPE html>\n<html lang="${language}">\n<head><meta charset="utf-8"><title>${name}</title></head>\n<body>\n<h1>${name}</h1>\n<p>${escape(lineOfVersion(document, language))}</p>\n${blocks.join('')}</body>\n</html>\n`;
}
