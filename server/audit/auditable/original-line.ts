import { type Edit, lineOf } from './edits';

/** The line of the original text that a line of the edited one was; null where it was inserted. Lines are 1-based. */
export function originalLine(text: string, edits: readonly Edit[], line: number): number | null {
  let shift = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const added = edit.text.split('\n').length - 1;
    // An insertion stands in front of the line that begins at its place.
    const first = lineOf(text, edit.start) + shift;
    if (line < first) break;
    if (line < first + added) return null;
    shift += added;
  }
  return line - shift;
}
