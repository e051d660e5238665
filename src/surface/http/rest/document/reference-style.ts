// How the reference looks: readable in light and dark, on a small screen and on paper.

export const REFERENCE_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1c2024, #e6e8eb);
  --faint: light-dark(#5b6470, #9aa4b0);
  --line: light-dark(#d8dde3, #343b44);
  --paper: light-dark(#ffffff, #14171a);
  --shade: light-dark(#f5f7f9, #1c2025);
  --accent: light-dark(#0b5cad, #7ab8ff);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  display: grid;
  grid-template-columns: minmax(15rem, 20rem) minmax(0, 1fr);
  background: var(--paper);
  color: var(--text);
  font: 16px/1.55 system-ui, sans-serif;
}
nav {
  position: sticky;
  top: 0;
  height: 100vh;
  overflow: auto;
  padding: 1.5rem 1rem;
  border-right: 1px solid var(--line);
  font-size: 0.85rem;
}
nav ul { margin: 0; padding: 0; list-style: none; }
nav > ul > li { margin-bottom: 1rem; }
nav li li { padding: 0.1rem 0; }
main { padding: 1.5rem 2rem 6rem; max-width: 60rem; }
section { border-top: 1px solid var(--line); padding: 1rem 0; scroll-margin-top: 1rem; }
h1, h2, h3, h4 { line-height: 1.25; }
h2 { margin-top: 3rem; }
h4 { margin: 1.25rem 0 0.5rem; }
small, .access { color: var(--faint); font-weight: normal; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.875em; }
pre { overflow: auto; max-height: 28rem; padding: 0.75rem 1rem; background: var(--shade); border: 1px solid var(--line); border-radius: 6px; }
.route code { font-size: 1rem; }
.refusal { margin: 0.25rem 0; font-size: 0.9rem; }
code.get, code.post, code.put, code.delete { font-weight: 700; }
table { width: 100%; border-collapse: collapse; margin: 0.75rem 0; font-size: 0.9rem; display: block; overflow-x: auto; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
@media (max-width: 50rem) {
  body { grid-template-columns: minmax(0, 1fr); }
  nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line); }
}
@media print { nav { display: none; } body { display: block; } }
`;
