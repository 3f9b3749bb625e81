import { route, type ContextParts } from '#platform';
import { ItemStore } from './platform-item.store.js';
import { GetItem, ListItems, ListReleasedItems } from './read-items.js';
import { ProposeItem, retireEndedDaily, StepItem } from './step-item.js';

/** 共通基盤運用事業 (JPKI-3.15). */
export function platformItemParts(): Partial<ContextParts> {
  const items = new ItemStore();
  return {
    http: [
      route('POST', '/platform-items', new ProposeItem(items), { status: 201 }),
      route('GET', '/platform-items', new ListItems(items)),
      route('GET', '/platform-items/:itemId', new GetItem(items)),
      route('POST', '/platform-items/:itemId/agreements', new StepItem(items, 'AGREE')),
      route('POST', '/platform-items/:itemId/release', new StepItem(items, 'RELEASE')),
      route('POST', '/platform-items/:itemId/retirement', new StepItem(items, 'RETIRE')),
      route('GET', '/released-items', new ListReleasedItems(items)),
    ],
    schedules: [retireEndedDaily(items)],
  };
}
