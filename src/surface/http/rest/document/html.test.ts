import { describe, expect, it } from 'vitest';
import { codeSpans, escapeHtml, paragraphs } from './html.ts';

describe('plain text as HTML', () => {
  it('is never markup', () => {
    expect(escapeHtml('<a href="x">&')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;');
    expect(codeSpans('`<b>` and <b>')).toBe('<code>&lt;b&gt;</code> and &lt;b&gt;');
    expect(paragraphs('one\n\n<two>')).toBe('<p>one</p>\n<p>&lt;two&gt;</p>');
    expect(paragraphs('')).toBe('');
  });
});
