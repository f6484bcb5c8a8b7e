/** Where something stands in a text: [start, end). */
type Place = readonly [number, number];

interface Known {
  readonly text: string;
  readonly found: Map<string, Place | null>;
  /** What was known of the text before, and where the two differ. */
  readonly before: { readonly found: ReadonlyMap<string, Place | null>; readonly change: Change } | null;
}

interface Change {
  /** The changed lines of the new text, with the line break in front of them. */
  readonly start: number;
  readonly end: number;
  /** How far what stands behind them has moved. */
  readonly shift: number;
}

let known: Known = { text: '', found: new Map(), before: null };

/**
 * Whether something stands in a text. Asked of one text after the other as somebody types: where the text before did not have it,
 * only the changed lines are looked through. `find` gives the first place, must not look beyond the lines of what it finds, and
 * `name` must mean it and nothing else.
 */
export function holds(text: string, name: string, find: (part: string) => Place | null): boolean {
  if (known.text !== text) {
    const { text: old, found } = known;
    known = { text, found: new Map(), before: found.size > 0 ? { found, change: changeOf(old, text) } : null };
  }
  let place = known.found.get(name);
  if (place === undefined) {
    const old = known.before?.found.get(name);
    place = old === undefined ? find(text) : again(text, old, known.before!.change, find);
    known.found.set(name, place);
  }
  return place !== null;
}

/** The same for an expression that matches within one line. */
export const mentions = (text: string, pattern: RegExp): boolean =>
  holds(text, `/${pattern.source}/${pattern.flags}`, part => {
    const match = pattern.exec(part);
    return match && [match.index, match.index + match[0].length];
  });

function again(
  text: string,
  old: Place | null,
  { start, end, shift }: Change,
  find: (part: string) => Place | null,
): Place | null {
  if (old === null) {
    const place = find(text.slice(start, end));
    return place && [place[0] + start, place[1] + start];
  }
  if (old[1] <= start) return old;
  if (old[0] >= end - shift) return [old[0] + shift, old[1] + shift];
  return find(text);
}

function changeOf(old: string, text: string): Change {
  const shorter = Math.min(old.length, text.length);
  let head = 0;
  while (head < shorter && old.charCodeAt(head) === text.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && old.charCodeAt(old.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail))
    tail++;
  const start = head === 0 ? 0 : Math.max(0, text.lastIndexOf('\n', head - 1));
  const line = text.indexOf('\n', text.length - tail);
  return { start, end: line === -1 ? text.length : line + 1, shift: text.length - old.length };
}
