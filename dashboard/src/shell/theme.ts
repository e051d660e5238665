// Light, dark, or as the system says; kept in this browser.

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'brigade.theme';

export function themeKept(): Theme {
  const kept = storage()?.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  storage()?.setItem(KEY, theme);
}

/** A browser may be told to keep nothing. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
