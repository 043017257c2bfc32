/**
 * A page that mail programs show as it is: no tables, no pictures, nothing fetched from anywhere. Colours are the
 * reader's own, light or dark; those we choose are readable on both.
 */
export function htmlPage(title: string, parts: string[]): string {
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
main { max-width: 36em; margin: 0 auto; padding: 1em; }
h1 { font-size: 1.3em; }
.file { font-weight: bold; overflow-wrap: anywhere; }
.button { display: inline-block; padding: 0.6em 1.2em; border-radius: 0.4em; background: #1d4ed8; color: #ffffff; text-decoration: none; }
.warning { border-inline-start: 4px solid #d97706; padding-inline-start: 0.8em; }
.small { font-size: 0.875em; opacity: 0.8; }
blockquote { margin: 0; border-inline-start: 4px solid #9ca3af; padding-inline-start: 0.8em; }
</style>
</head>
<body>
<main>
${parts.join('\n')}
<p class="small">Verbatim</p>
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (letter) => names[letter] ?? letter);
}
