// Plain text as HTML. Whatever comes from elsewhere passes here.

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Words between backticks as code. */
export function codeSpans(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** Paragraphs of text that are parted by empty lines. */
export function paragraphs(text: string): string {
  if (text === '') return '';
  return text
    .split(/\n\s*\n/)
    .map((each) => `<p>${codeSpans(each.trim())}</p>`)
    .join('\n');
}
