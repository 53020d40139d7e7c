import type { ProjectSession } from '../session/api.ts';
import type { NameQuestion } from '../ui/name-dialog.ts';
import { purgeProblem, startOfDay } from './purge-day.ts';
import { countWords } from './words.ts';

/** What is removed is named, and the day is typed: there is no way back. @param tell says what was done */
export function purgeQuestion(session: ProjectSession, file: string, tell: (message: string) => void): NameQuestion {
  const name = session.tree.value.byId.get(file)?.shownName ?? 'this file';
  return {
    title: `Remove old history of ${name}`,
    label: 'Remove everything before this day (YYYY-MM-DD)',
    value: '',
    confirm: 'Remove for ever',
    hint: 'The text stays as it is. Nobody can see any more who wrote what before that day. This cannot be undone.',
    check: (day) => purgeProblem(day, Date.now()),
    submit: async (day) => {
      const purged = await session.purgeHistory(file, startOfDay(day).toISOString());
      if (!purged.ok) return purged.message;
      tell(
        purged.value === 0
          ? 'There was nothing from before that day.'
          : `${countWords(purged.value, 'edit')} from before ${day} removed from the history for ever. Reload the page to see it so.`,
      );
      return null;
    },
  };
}
