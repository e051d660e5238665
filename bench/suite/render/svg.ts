// Pictures without a browser: what Observable Plot draws with, and as much of its nodes as is needed to put them together.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export const INK = '#1f2937';

export interface SvgNode {
  textContent: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  append(child: SvgNode): void;
}

interface Page {
  createElementNS(namespace: string, name: string): SvgNode;
}

const SVG = 'http://www.w3.org/2000/svg';
const { document } = parseHTML('<html><body></body></html>') as unknown as { readonly document: Page };

export function svgNode(name: string, attributes: Readonly<Record<string, string | number>>): SvgNode {
  const node = document.createElementNS(SVG, name);
  setAttributes(node, attributes);
  return node;
}

/** On white, so that it can be read on a dark page too. */
export function plotted(options: Plot.PlotOptions, fontSize = '12px'): SvgNode {
  const style = { background: '#ffffff', color: INK, fontFamily: 'sans-serif', fontSize };
  const drawn: unknown = Plot.plot({ ...options, document, className: 'brigade-chart', style });
  const node = drawn as SvgNode;
  node.setAttribute('xmlns', SVG);
  return node;
}

function setAttributes(node: SvgNode, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
}
