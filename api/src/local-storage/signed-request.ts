/** Forms and queries can repeat and nest their fields: only one plain value is one. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The rest of a path, which Express hands over in its decoded parts. */
export function keyOfPath(parts: unknown): string {
  return Array.isArray(parts) ? parts.join('/') : String(parts);
}
