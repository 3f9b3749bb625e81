import { route, type ContextParts } from '#platform';
import type { TrainingShelf } from '../shelf.js';
import { ConfirmCorrection, ProposeCorrection } from './correct-selection.js';
import { CommitLottery, DrawLottery } from './draw-lottery.js';
import { GetSelection } from './get-selection.js';
import { ProposePriority } from './propose-priority.js';
import { ConfirmSelection, ProposeSelection } from './review-applications.js';
import { SelectionDesk } from './selection-desk.js';

/** 選考 by a draw that anybody can make again, or by the review of two officers (TRN-4.3), and what corrects it (TRN-7). */
export function selectionParts(shelf: TrainingShelf): Partial<ContextParts> {
  const selections = new SelectionDesk(shelf.desk, shelf.selections);
  return {
    http: [
      route('GET', '/sessions/:sessionId/priority-proposal', new ProposePriority(shelf)),
      route('POST', '/sessions/:sessionId/lottery-commitment', new CommitLottery(selections), { status: 201 }),
      route('GET', '/sessions/:sessionId/selection', new GetSelection(shelf.selections)),
      route('POST', '/sessions/:sessionId/selection/draw', new DrawLottery(selections), { status: 201 }),
      route('POST', '/sessions/:sessionId/selection/proposal', new ProposeSelection(selections)),
      route('POST', '/sessions/:sessionId/selection/confirmation', new ConfirmSelection(selections), { status: 201 }),
      route('POST', '/sessions/:sessionId/selection/correction-proposal', new ProposeCorrection(selections)),
      route('POST', '/sessions/:sessionId/selection/corrections', new ConfirmCorrection(selections, shelf.keys), { status: 201 }),
    ],
  };
}
