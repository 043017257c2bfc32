/** What a mail says, block by block; text and HTML are two ways to write the same blocks. */
export type Block =
  | { heading: string }
  | { paragraph: string }
  | { warning: string }
  | { facts: readonly (readonly [name: string, value: string])[] }
  | { link: string; label: string }
  | { quote: string };

export function renderText(blocks: readonly Block[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n\n-- \nVerbatim\n`;
}

function blockText(block: Block): string {
  if ('heading' in block) return block.heading;
  if ('paragraph' in block) return block.paragraph;
  if ('warning' in block) return block.warning;
  if ('link' in block) return `${block.label}:\n${block.link}`;
  if ('quote' in block) return block.quote;
  const width = Math.max(...block.facts.map(([name]) => name.length)) + 2;
  return block.facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n');
}

/**
 * A page that mail programs show as it is: no tables, no pictures, nothing fetched from anywhere, and still in order
 * where styles are dropped. Colours are the reader's own, light or dark; those we choose are readable on both.
 */
export function renderHtml(title: string, blocks: readonly Block[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 36em; margin: 0 auto; padding: 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.3em; }
.button { display: inline-block; padding: 0.6em 1.2em; border-radius: 0.4em; background: #1d4ed8; color: #ffffff; text-decoration: none; }
.warning, blockquote { margin-inline: 0; padding-inline-start: 0.8em; border-inline-start: 4px solid #9ca3af; }
.warning { border-color: #d97706; }
footer { opacity: 0.8; }
</style>
</head>
<body>
<main>
${blocks.map(blockHtml).join('\n')}
<footer>Verbatim</footer>
</main>
</body>
</html>
`;
}

function blockHtml(block: Block): string {
  if ('heading' in block) return `<h1>${escapeHtml(block.heading)}</h1>`;
  if ('paragraph' in block) return `<p>${escapeHtml(block.paragraph)}</p>`;
  if ('warning' in block) return `<p class="warning">${escapeHtml(block.warning)}</p>`;
  if ('link' in block) {
    return `<p><a class="button" href="${escapeHtml(block.link)}">${escapeHtml(block.label)}</a></p>`;
  }
  // Words in another script must not turn the lines around them.
  if ('quote' in block) return `<blockquote dir="auto">${escapeHtml(block.quote)}</blockquote>`;
  const lines = block.facts.map(([name, value]) => `<b>${name}:</b> <bdi>${escapeHtml(value)}</bdi>`);
  return `<p>${lines.join('<br>\n')}</p>`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (letter) => names[letter] ?? letter);
}
