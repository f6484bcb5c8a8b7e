import { cellsOf, Lazy } from '../../column';
import { ReplayError } from '../../errors';
import { column, type Grid } from '../../grid';
import { asCells, type Fitted, isScalar, type Value } from '../../values';
import { fitted, numbersOf, type Options, sameWidth, withNumbers } from './matrix';
import { murmur3 } from './murmur';

/** Most words or parts of words that become columns. */
const mostWords = 20_000;
const encoder = new TextEncoder();

/** Word by word, or letter by letter, as scikit-learn's vectorisers cut a text up. */
export function analyzer(options: Options): (text: string) => string[] {
  const kind = String(options.get('analyzer') ?? 'word');
  const range = options.get('ngram_range');
  const [low, high] = range === undefined ? [1, 1] : (asCells(range).map(Number) as [number, number]);
  const lower = options.flag('lowercase', true);
  const stop = stopWords(options.get('stop_words'));
  const pattern = tokenPattern(options.get('token_pattern'));
  const cut =
    kind === 'word'
      ? (text: string) =>
          wordParts(
            (text.match(pattern) ?? []).filter(word => !stop.has(word)),
            low,
            high,
          )
      : kind === 'char'
        ? (text: string) => letterParts(Array.from(text.replace(/\s\s+/gu, ' ')), low, high)
        : kind === 'char_wb'
          ? (text: string) => lettersOfWords(text.replace(/\s\s+/gu, ' '), low, high)
          : null;
  if (!cut) throw new ReplayError('A vectoriser with a way of its own to cut texts up is not replayed.');
  return text => cut(lower ? text.toLowerCase() : text);
}

function stopWords(given: Value | undefined): ReadonlySet<string> {
  if (given === undefined || given === null) return new Set();
  if (isScalar(given))
    throw new ReplayError('The stop words of a language are not replayed; list them in the script, or leave them in.');
  return new Set(asCells(given).map(String));
}

/** Python's `\w`: letters, numbers and the underscore, no marks. */
function tokenPattern(given: Value | undefined): RegExp {
  const text = given === undefined ? '(?u)\\b\\w\\w+\\b' : String(given);
  if (text === '(?u)\\b\\w\\w+\\b') return /[\p{L}\p{N}_]{2,}/gu;
  if (text === '(?u)\\b\\w+\\b' || text === '\\b\\w+\\b' || text === '\\w+') return /[\p{L}\p{N}_]+/gu;
  throw new ReplayError('A vectoriser with a pattern of its own for words is not replayed.');
}

function wordParts(words: readonly string[], low: number, high: number): string[] {
  const out: string[] = [];
  for (let n = low; n <= Math.min(high, words.length); n++)
    for (let i = 0; i + n <= words.length; i++) out.push(words.slice(i, i + n).join(' '));
  return out;
}

function letterParts(letters: readonly string[], low: number, high: number): string[] {
  const out: string[] = [];
  for (let n = low; n <= Math.min(high, letters.length); n++)
    for (let i = 0; i + n <= letters.length; i++) out.push(letters.slice(i, i + n).join(''));
  return out;
}

/** Parts within words, with a space on both sides; a word that is too short counts once. */
function lettersOfWords(text: string, low: number, high: number): string[] {
  const out: string[] = [];
  for (const word of text.split(/\s+/u).filter(part => part !== '')) {
    const letters = Array.from(` ${word} `);
    for (let n = low; n <= high; n++) {
      let offset = 0;
      out.push(letters.slice(0, n).join(''));
      while (offset + n < letters.length) {
        offset++;
        out.push(letters.slice(offset, offset + n).join(''));
      }
      if (offset === 0) break;
    }
  }
  return out;
}

const textsOf = (data: Grid): string[] => {
  if (data.columns.length !== 1) throw new ReplayError('A vectoriser takes one column of text.');
  return cellsOf(column(data, 0)).map(cell => {
    if (typeof cell !== 'string') throw new ReplayError('A vectoriser meets a text that is missing.');
    return cell;
  });
};

/** Counts of each text, by word. */
const countsOf = (texts: readonly string[], cut: (text: string) => string[]): Map<string, number>[] =>
  texts.map(text => {
    const counts = new Map<string, number>();
    for (const part of cut(text)) counts.set(part, (counts.get(part) ?? 0) + 1);
    return counts;
  });

/** The words that become columns, in order. */
function vocabulary(counts: readonly Map<string, number>[], options: Options): string[] {
  const [documents, total] = [new Map<string, number>(), new Map<string, number>()];
  for (const each of counts)
    for (const [word, count] of each) {
      documents.set(word, (documents.get(word) ?? 0) + 1);
      total.set(word, (total.get(word) ?? 0) + count);
    }
  const bound = (name: string, otherwise: number): number => {
    const value = Number(options.get(name) ?? otherwise);
    // Whole numbers are numbers of texts (1.0 as the largest share is all of them).
    return Number.isInteger(value) && !(name === 'max_df' && value === 1) ? value : value * counts.length;
  };
  const [least, most] = [bound('min_df', 1), bound('max_df', 1)];
  let words = [...documents].flatMap(([word, count]) => (count >= least && count <= most ? [word] : [])).sort();
  const limit = options.get('max_features') ?? null;
  if (limit !== null && words.length > Number(limit)) {
    const often = (word: string): number => total.get(word)!;
    const ranked = [...words].sort((a, b) => often(b) - often(a));
    const [last, next] = [ranked[Number(limit) - 1], ranked[Number(limit)]];
    if (last !== undefined && next !== undefined && often(last) === often(next))
      throw new ReplayError('max_features leaves out words that are as frequent as others; which ones is accidental.');
    words = ranked.slice(0, Number(limit)).sort();
  }
  if (words.length > mostWords)
    throw new ReplayError(`The texts have ${words.length} different words; no more than ${mostWords} are replayed.`);
  return words;
}

function counted(grid: Grid, words: readonly string[], cut: (text: string) => string[], binary: boolean): Grid {
  const counts = new Lazy(() => countsOf(textsOf(grid), cut));
  return withNumbers(
    grid,
    words.map(
      word =>
        new Lazy(() =>
          Float64Array.from(counts.get(), each => (binary ? Number(each.has(word)) : (each.get(word) ?? 0))),
        ),
    ),
  );
}

/** scikit-learn's `CountVectorizer`. */
export function countWords(data: Grid, options: Options): Fitted {
  const cut = analyzer(options);
  const words = vocabulary(countsOf(textsOf(data), cut), options);
  return fitted(grid => counted(grid, words, cut, options.flag('binary', false)));
}

/** scikit-learn's `TfidfTransformer` on counts. */
export function weighWords(data: Grid, options: Options): Fitted {
  const n = data.height;
  const smooth = options.flag('smooth_idf', true) ? 1 : 0;
  const weights = options.flag('use_idf', true)
    ? numbersOf(data).map(each => {
        let documents = 0;
        for (let row = 0; row < each.length; row++) if (each[row] !== 0) documents++;
        return Math.log((n + smooth) / (documents + smooth)) + 1;
      })
    : numbersOf(data).map(() => 1);
  const sublinear = options.flag('sublinear_tf', false);
  return fitted(grid => {
    sameWidth(grid, weights.length, 'A weighing of words');
    const weighed = weights.map(
      (weight, i) =>
        new Lazy(() =>
          Float64Array.from(numbersOf({ ...grid, columns: [grid.columns[i]!] })[0]!, x =>
            x === 0 ? 0 : weight * (sublinear ? Math.log(x) + 1 : x),
          ),
        ),
    );
    return withNumbers(grid, normed(weighed, grid.height, options));
  });
}

/** Rows brought to length 1. */
function normed(columns: readonly Lazy<Float64Array>[], height: number, options: Options): Lazy<Float64Array>[] {
  const norm = options.get('norm');
  if (norm === null) return [...columns];
  const kind = String(norm ?? 'l2');
  if (kind !== 'l2' && kind !== 'l1') throw new ReplayError('A norm of texts is not replayed.');
  const lengths = new Lazy(() => {
    const out = new Float64Array(height);
    for (const each of columns) {
      const values = each.get();
      for (let row = 0; row < height; row++)
        out[row] = out[row]! + (kind === 'l2' ? values[row]! ** 2 : Math.abs(values[row]!));
    }
    return kind === 'l2' ? out.map(Math.sqrt) : out;
  });
  return columns.map(each => new Lazy(() => each.get().map((x, row) => x / (lengths.get()[row]! || 1))));
}

/** scikit-learn's `TfidfVectorizer`: counts, then weights. */
export function weighedWords(data: Grid, options: Options): Fitted {
  const counts = countWords(data, options);
  const weights = weighWords(counts.apply(data), options);
  return fitted(grid => weights.apply(counts.apply(grid)));
}

/** scikit-learn's `HashingVectorizer`: columns by MurmurHash3 of each word, its sign by the hash's. */
export function hashedWords(options: Options): Fitted {
  const width = Number(options.get('n_features') ?? 2 ** 20);
  if (width > mostWords)
    throw new ReplayError(`Words hashed into ${width} columns are not replayed; no more than ${mostWords} are.`);
  const cut = analyzer(options);
  const [signs, binary] = [options.flag('alternate_sign', true), options.flag('binary', false)];
  return fitted(grid => {
    const rows = new Lazy(() =>
      countsOf(textsOf(grid), cut).map(counts => {
        const out = new Map<number, number>();
        for (const [word, count] of counts) {
          const hash = murmur3(encoder.encode(word), 0);
          const at = Math.abs(hash) % width;
          out.set(at, (out.get(at) ?? 0) + (binary ? 1 : count) * (signs && hash < 0 ? -1 : 1));
        }
        return out;
      }),
    );
    const columns = Array.from(
      { length: width },
      (_, c) => new Lazy(() => Float64Array.from(rows.get(), each => each.get(c) ?? 0)),
    );
    return withNumbers(grid, normed(columns, grid.height, options));
  });
}
