import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The Markdown page of a rule as shipped with the package; null when it is not there. */
export function rulePage(rule: string, folder: string = __dirname): string | null {
  if (!/^[A-Z]+\d{3}$/.test(rule)) return null;
  // Beside the bundle (`dist/`), or from source (`server/workspace/`).
  for (const root of [dirname(folder), dirname(dirname(folder))]) {
    try {
      return readFileSync(join(root, 'docs', 'rules', `${rule}.md`), 'utf8');
    } catch {
      // Not this root.
    }
  }
  return null;
}
