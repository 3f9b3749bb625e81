import { route, type ContextParts } from '#platform';
import type { EnrolmentDesk } from '../enrolment/enrolment-desk.js';
import { CommitLottery, DrawLottery } from './draw-lottery.js';
import { GetSelection } from './get-selection.js';
import { ConfirmSelection, ProposeSelection } from './review-applications.js';
import { SelectionDesk } from './selection-desk.js';
import type { SelectionStore } from './selection.store.js';

/** 選考 by a draw that anybody can make again, or by the review of two officers (TRN-4.3). */
export function selectionParts(desk: EnrolmentDesk, store: SelectionStore): Partial<ContextParts> {
  const selections = new SelectionDesk(desk, store);
  return {
    http: [
      route('POST', '/sessions/:sessionId/lottery-commitment', new CommitLottery(selections), { status: 201 }),
      route('GET', '/sessions/:sessionId/selection', new GetSelection(store)),
      route('POST', '/sessions/:sessionId/selection/draw', new DrawLottery(selections), { status: 201 }),
      route('POST', '/sessions/:sessionId/selection/proposal', new ProposeSelection(selections)),
      route('POST', '/sessions/:sessionId/selection/confirmation', new ConfirmSelection(selections), { status: 201 }),
    ],
  };
}
