import { MOVE_ON, type CoursePart } from '../statement/move-on.js';
import { BadManifest, fileOfUrl, masteryScoreOf, type AssignableUnit, type CourseStructure } from './course-structure.js';
import { readXml, type XmlElement } from './xml-element.js';

const IRI = /^[a-z][a-z0-9+.-]*:\S{1,2000}$/i;

/** Reads `cmi5.xml` (cmi5 13). Throws BadManifest. */
export function readCmi5(bytes: Buffer): CourseStructure {
  const root = readXml(bytes);
  const course = root.name === 'courseStructure' ? root.first('course') : undefined;
  if (course === undefined) throw new BadManifest('ELEMENT_MISSING', 'courseStructure/course');
  const units: AssignableUnit[] = [];
  const parts = partsOf(root, units);
  return { format: 'CMI5', publisherId: idOf(course), title: titleOf(course), units, parts };
}

function partsOf(parent: XmlElement, units: AssignableUnit[]): CoursePart[] {
  return parent.children.flatMap((child): CoursePart[] => {
    if (child.name === 'au') return [{ au: units.push(unitOf(child)) - 1 }];
    return child.name === 'block' ? [{ block: idOf(child), parts: partsOf(child, units) }] : [];
  });
}

function unitOf(au: XmlElement): AssignableUnit {
  const publisherId = idOf(au);
  const wished = au.attribute('moveOn') ?? 'NotApplicable';
  const moveOn = MOVE_ON.find((known) => known === wished);
  if (moveOn === undefined) throw new BadManifest('MOVE_ON', publisherId);
  const url = au.textOf('url');
  if (url === undefined) throw new BadManifest('ELEMENT_MISSING', `${publisherId} url`);
  return {
    publisherId, title: titleOf(au), ...fileOfUrl(url, publisherId), moveOn, masteryScore: masteryScoreOf(au.attribute('masteryScore'), publisherId),
    isOwnWindow: au.attribute('launchMethod') === 'OwnWindow', launchParameters: au.textOf('launchParameters'), entitlementKey: au.textOf('entitlementKey'),
  };
}

function idOf(element: XmlElement): string {
  const id = element.attribute('id') ?? '';
  if (!IRI.test(id)) throw new BadManifest('ID', element.name);
  return id;
}

/** In Japanese, else in the first language that there is. */
function titleOf(element: XmlElement): string {
  const texts = element.first('title')?.all('langstring') ?? [];
  const title = (texts.find((text) => text.attribute('lang')?.toLowerCase().startsWith('ja')) ?? texts[0])?.text ?? '';
  if (title === '') throw new BadManifest('ELEMENT_MISSING', `${element.name} title`);
  return title.slice(0, 500);
}
