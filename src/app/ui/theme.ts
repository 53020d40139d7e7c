import type { Observable } from '../session/api.ts';
import { Signal } from '../session/signal.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const KEY = 'cowrite.theme';

/** The look of the app: what the system says, unless the user chose; kept in this browser. */
export class ThemeSetting {
  private readonly system = matchMedia('(prefers-color-scheme: dark)');
  private readonly chosen = new Signal<ThemeChoice>(readChoice());
  private readonly shown = new Signal<Theme>('light');

  get choice(): Observable<ThemeChoice> {
    return this.chosen;
  }

  get theme(): Observable<Theme> {
    return this.shown;
  }

  /** Applies the theme to the document and follows the system and other tabs; returns the undo. */
  start(): () => void {
    const apply = (): void => this.apply();
    const adopt = (event: StorageEvent): void => {
      if (event.key === KEY) this.chosen.set(readChoice());
    };
    this.system.addEventListener('change', apply);
    addEventListener('storage', adopt);
    const unsubscribe = this.chosen.subscribe(apply);
    apply();
    return () => {
      this.system.removeEventListener('change', apply);
      removeEventListener('storage', adopt);
      unsubscribe();
    };
  }

  choose(choice: ThemeChoice): void {
    try {
      localStorage.setItem(KEY, choice);
    } catch (error) {
      console.warn('The theme is not remembered: this browser keeps no data for this site.', error);
    }
    this.chosen.set(choice);
  }

  /** Light if it is dark now and the other way round. */
  toggle(): void {
    this.choose(this.shown.value === 'dark' ? 'light' : 'dark');
  }

  private apply(): void {
    const theme = this.chosen.value === 'system' ? (this.system.matches ? 'dark' : 'light') : this.chosen.value;
    document.documentElement.classList.toggle('wa-dark', theme === 'dark');
    document.documentElement.classList.toggle('wa-light', theme === 'light');
    this.shown.set(theme);
  }
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system'; // storage is switched off: the system's look is as good a guess as any
  }
}
