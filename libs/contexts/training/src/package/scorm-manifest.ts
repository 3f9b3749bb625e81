import type { CoursePart } from '../statement/move-on.js';
import { BadManifest, fileOfUrl, masteryScoreOf, type AssignableUnit, type CourseStructure } from './course-structure.js';
import { readXml, type XmlElement } from './xml-element.js';

type Edition = 'SCORM_12' | 'SCORM_2004';

interface Reading {
  readonly edition: Edition;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly units: AssignableUnit[];
}

interface Resource {
  readonly href: string;
  readonly isSco: boolean;
}

/** Reads `imsmanifest.xml` (SCORM 1.2 and 2004 Content Aggregation Model): the default organisation. Throws BadManifest. */
export function readScorm(bytes: Buffer): CourseStructure {
  const manifest = readXml(bytes);
  const organizations = manifest.name === 'manifest' ? manifest.first('organizations') : undefined;
  const all = organizations?.all('organization') ?? [];
  const organization = all.find((one) => one.attribute('identifier') === organizations?.attribute('default')) ?? all[0];
  if (organization === undefined) throw new BadManifest('ELEMENT_MISSING', 'manifest/organizations/organization');
  const reading: Reading = { edition: editionOf(manifest), resources: resourcesOf(manifest), units: [] };
  const parts = organization.all('item').flatMap((item) => partOf(item, reading));
  return {
    format: reading.edition, publisherId: manifest.attribute('identifier') ?? organization.attribute('identifier') ?? 'manifest', title: titleOf(organization), units: reading.units, parts,
  };
}

/** `schemaversion` is `1.2`, or `CAM 1.3` and `2004 3rd Edition` and the like. */
function editionOf(manifest: XmlElement): Edition {
  const version = manifest.first('metadata')?.textOf('schemaversion') ?? '1.2';
  if (version === '1.2') return 'SCORM_12';
  if (/^(?:CAM 1\.3|2004\b)/i.test(version)) return 'SCORM_2004';
  throw new BadManifest('EDITION', version.slice(0, 50));
}

function resourcesOf(manifest: XmlElement): ReadonlyMap<string, Resource> {
  const container = manifest.first('resources');
  const base = `${manifest.attribute('base') ?? ''}${container?.attribute('base') ?? ''}`;
  return new Map((container?.all('resource') ?? []).flatMap((resource) => {
    const [id, href] = [resource.attribute('identifier'), resource.attribute('href')];
    if (id === undefined || href === undefined) return [];
    const type = resource.attribute('scormtype') ?? resource.attribute('scormType') ?? 'asset';
    return [[id, { href: `${base}${resource.attribute('base') ?? ''}${href}`, isSco: type.toLowerCase() === 'sco' }]] as const;
  }));
}

/** An item that names a resource is a unit, one with items of its own a block; an item that is both is the block with the unit in it. */
function partOf(item: XmlElement, reading: Reading): CoursePart[] {
  const reference = item.attribute('identifierref');
  const own: CoursePart[] = reference === undefined ? [] : [{ au: reading.units.push(unitOf(item, reference, reading)) - 1 }];
  const inner = item.all('item').flatMap((child) => partOf(child, reading));
  return inner.length === 0 ? own : [{ block: idOf(item), parts: [...own, ...inner] }];
}

/** Content that reports is satisfied when it passes its mastery score, or by whatever it reports where there is none; assets report nothing (own decision). */
function unitOf(item: XmlElement, reference: string, { edition, resources }: Reading): AssignableUnit {
  const publisherId = idOf(item);
  const resource = resources.get(reference);
  if (resource === undefined) throw new BadManifest('ELEMENT_MISSING', `resource ${reference.slice(0, 100)}`);
  const masteryScore = edition === 'SCORM_12' ? masteryOf12(item, publisherId) : masteryOf2004(item, publisherId);
  const { path, suffix } = fileOfUrl(resource.href, publisherId);
  return {
    publisherId, title: titleOf(item), path, suffix: withParameters(suffix, item.attribute('parameters') ?? ''),
    moveOn: resource.isSco ? (masteryScore === undefined ? 'CompletedOrPassed' : 'Passed') : 'NotApplicable',
    masteryScore, isOwnWindow: false, launchParameters: item.textOf('datafromlms') ?? item.textOf('dataFromLMS'), entitlementKey: undefined,
  };
}

/** adlcp:masteryscore is 0 to 100. */
function masteryOf12(item: XmlElement, at: string): number | undefined {
  const text = item.textOf('masteryscore');
  if (text === undefined) return undefined;
  if (!/^\d{1,3}(?:\.\d{1,2})?$/.test(text) || Number(text) > 100) throw new BadManifest('MASTERY_SCORE', at);
  return Math.round(Number(text) * 100) / 10_000;
}

/** imsss: the primary objective that is satisfied by measure; its measure is -1 to 1, of which nobody uses the negative half. */
function masteryOf2004(item: XmlElement, at: string): number | undefined {
  const objective = item.first('sequencing')?.first('objectives')?.first('primaryObjective');
  if (objective?.attribute('satisfiedByMeasure') !== 'true') return undefined;
  return masteryScoreOf(objective.textOf('minNormalizedMeasure') ?? '1.0', at);
}

/** `parameters` of an item are added to the address of its resource (SCORM CAM, item parameters). */
function withParameters(suffix: string, parameters: string): string {
  const plain = parameters.replace(/^[?&]+/, '');
  if (plain === '') return suffix;
  if (plain.startsWith('#')) return suffix.includes('#') ? suffix : suffix + plain;
  const [query = '', fragment] = suffix.split('#', 2);
  return `${query}${query.includes('?') ? '&' : '?'}${plain}${fragment === undefined ? '' : `#${fragment}`}`;
}

function idOf(item: XmlElement): string {
  const id = item.attribute('identifier') ?? '';
  if (id === '' || id.length > 2_000) throw new BadManifest('ID', item.name);
  return id;
}

function titleOf(element: XmlElement): string {
  return (element.textOf('title') ?? element.attribute('identifier') ?? element.name).slice(0, 500);
}
