import type { Observable } from '../session/api.ts';
import type { HistoryState } from '../session/history-api.ts';

/** Resolves when a history can be asked; rejects with a sentence when it could not be read. */
export function ready<T>(state: Observable<HistoryState<T>>): Promise<T> {
  return new Promise((resolve, reject) => {
    let undo: (() => void) | null = null;
    const look = (value: HistoryState<T>): boolean => {
      if (value.kind === 'loading') return false;
      undo?.();
      if (value.kind === 'ready') resolve(value.overview);
      else reject(new Error(value.message));
      return true;
    };
    if (!look(state.value)) undo = state.subscribe(look);
  });
}
