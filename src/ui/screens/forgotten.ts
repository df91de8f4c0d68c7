// What a capture that goes on has forgotten: said where it would be missed.

import type { Case } from '../../case/case.js';
import { countText, plural } from '../../lib/number-text.js';
import { cell } from '../../view/cells.js';
import { type Page, pageOf } from '../page.js';
import type { Place } from '../state.js';

/** "1,234 older commands forgotten"; '' where none is. */
export function forgottenText({ tasks }: Case): string {
  const { forgotten } = tasks;
  return forgotten === 0 ? '' : `${plural(forgotten, 'older command')} forgotten`;
}

/** The page of a command or PDU that is not held any more; undefined where it is. */
export function forgottenPage(kase: Case, place: Place): Page | undefined {
  const { tasks, pdus } = kase;
  switch (place.kind) {
    case 'command':
      return tasks.holds(place.row) ? undefined : gone(kase, 'command', 'This command was');
    case 'pdu':
      return pdus.holds(place.pdu) ? undefined : gone(kase, 'PDU', 'This PDU was');
    case 'compare':
      return place.rows.every((row) => tasks.holds(row))
        ? undefined
        : gone(kase, 'compared', 'One of these commands was');
    default:
      return undefined;
  }
}

function gone(kase: Case, title: string, what: string): Page {
  const held = `${countText(kase.tasks.held)} of ${plural(kase.tasks.count, 'command')} are kept`;
  return pageOf(
    title,
    [],
    [
      [cell(` ${what} forgotten: ${held}, the newest and those that are open.`, 'note')],
      [cell(' Totals and reports count them all. Esc leads back.', 'quiet')],
    ],
  );
}
