import type { PolicyRow } from '#platform';
import { HANDOVER, town } from '../permitted.js';

export const reissueCasePolicy: readonly PolicyRow[] = ['open', 'show', 'assess', 'link', 'pay', 'close'].map((verb) => town(`reissue-case.${verb}`, HANDOVER));
