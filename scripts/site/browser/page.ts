// Search, colours and the menu of a page. The index is loaded when somebody first goes to the search.

import MiniSearch from 'minisearch';
import { SEARCH_OPTIONS, type Section } from '../search-options.ts';

declare global {
  interface Window {
    brigadeSearch?: string;
  }
}

const SHOWN = 12;
const base = document.body.dataset.top ?? '';
const field = element('#search', HTMLInputElement);
const found = element('#found', HTMLElement);
const form = element('form[role=search]', HTMLFormElement);
const menu = element('.menu', HTMLButtonElement);
let search: Promise<MiniSearch<Section>> | null = null;

function element<E extends HTMLElement>(selector: string, kind: new () => E): E {
  const there = document.querySelector(selector);
  if (there instanceof kind) return there;
  throw new Error(`the page has no ${selector}`);
}

function ready(): Promise<MiniSearch<Section>> {
  search ??= loadIndex().then((json) => MiniSearch.loadJSON(json, SEARCH_OPTIONS));
  return search;
}

/** By a script: from a folder, without a server, nothing else may be loaded. */
function loadIndex(): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${base}assets/search-index.js`;
    script.addEventListener('load', () => resolve(window.brigadeSearch ?? ''));
    script.addEventListener('error', () => reject(new Error('the index could not be loaded')));
    document.head.append(script);
  });
}

async function show(): Promise<void> {
  const words = field.value.trim();
  const results = words === '' ? [] : (await ready()).search(words).slice(0, SHOWN);
  // Somebody typed on meanwhile.
  if (words !== field.value.trim()) return;
  found.hidden = words === '';
  const entries = results.map(({ id, title, page }) => entry(String(id), String(title), String(page)));
  found.replaceChildren(...(entries.length === 0 ? [textIn('p', 'Nothing found.')] : entries));
}

function entry(id: string, title: string, page: string): HTMLElement {
  const link = document.createElement('a');
  link.href = `${base}${id.replace(/#$/, '')}`;
  link.append(textIn('b', title === '' ? page : title), textIn('span', title === page ? '' : page));
  return link;
}

function textIn(tag: 'b' | 'p' | 'span', text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

field.addEventListener('focus', () => void ready());
field.addEventListener('input', () => void show());
form.addEventListener('submit', (event) => {
  event.preventDefault();
  found.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target !== field) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === 'Escape') found.hidden = true;
});
document.addEventListener('click', ({ target }) => {
  if (target instanceof Node && !form.contains(target)) found.hidden = true;
});

element('.theme', HTMLButtonElement).addEventListener('click', () => {
  const { dataset } = document.documentElement;
  const isDark =
    dataset.theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset.theme === 'dark';
  dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('brigade-theme', dataset.theme);
});

menu.addEventListener('click', () => {
  const isOpen = document.body.classList.toggle('menu-open');
  menu.setAttribute('aria-expanded', String(isOpen));
});
