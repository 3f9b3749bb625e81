import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { ListRenderings } from './list-renderings.js';
import { RenderCertificate } from './render-certificate.js';
import { RenderingStore } from './rendering.store.js';

/** Certificates for kiosks (CARD-4.15). */
export function certificateParts({ municipalities, records }: Shelf): Partial<ContextParts> {
  const renderings = new RenderingStore();
  return {
    http: [route('GET', '/municipalities/:municipalityCode/renderings', new ListRenderings(municipalities, renderings))],
    grpc: { 'MunicipalIssuer.Render': new RenderCertificate(municipalities, records, renderings) },
  };
}
