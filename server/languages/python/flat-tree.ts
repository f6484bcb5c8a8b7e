import type { Language, Tree } from 'web-tree-sitter';

/**
 * A syntax tree as columns of integers: one cursor walk copies it out of the parser's memory, so that the parser's tree
 * can be deleted at once and later steps never cross into WebAssembly.
 */
export interface FlatTree {
  readonly count: number;
  readonly type: Uint16Array;
  readonly field: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Index of the first child, or 0. */
  readonly child: Int32Array;
  /** Index of the next sibling, or 0. */
  readonly next: Int32Array;
}

/** The parser's number for text that it could not read. */
export const ERROR = 65535;

/** Punctuation that no later step reads. */
const silent = new Set(['(', ')', '[', ']', '{', '}', ',', ':', ';', '.', '"', "'", '=', '->', '@', '\n']);
/** Named nodes without children: asking for one would cost a call each. */
const leaves = new Set(
  'identifier integer float true false none comment string_content string_start string_end ellipsis'.split(' '),
);

/** Numbers that only depend on the grammar. */
export interface GrammarTables {
  readonly names: readonly string[];
  readonly skipped: Uint8Array;
  readonly leaf: Uint8Array;
  /** 1 for nodes that are not mere punctuation, operators or keywords. */
  readonly named: Uint8Array;
}

export function grammarTables(language: Language): GrammarTables {
  const names = language.types.map(name => name ?? '');
  const skipped = new Uint8Array(ERROR + 1);
  const leaf = new Uint8Array(ERROR + 1);
  const named = new Uint8Array(ERROR + 1);
  named[ERROR] = 1;
  names.forEach((name, id) => {
    if (language.nodeTypeIsNamed(id)) named[id] = 1;
    if (!language.nodeTypeIsNamed(id)) {
      leaf[id] = 1;
      if (silent.has(name)) skipped[id] = 1;
    } else if (leaves.has(name)) leaf[id] = 1;
  });
  return { names, skipped, leaf, named };
}

let capacity = 1 << 14;
let type = new Uint16Array(capacity);
let field = new Uint8Array(capacity);
let start = new Int32Array(capacity);
let end = new Int32Array(capacity);
let child = new Int32Array(capacity);
let next = new Int32Array(capacity);

function grow(): void {
  capacity *= 2;
  const wider = <T extends Uint16Array | Uint8Array | Int32Array>(make: (n: number) => T, old: T): T => {
    const fresh = make(capacity);
    fresh.set(old);
    return fresh;
  };
  type = wider(n => new Uint16Array(n), type);
  field = wider(n => new Uint8Array(n), field);
  start = wider(n => new Int32Array(n), start);
  end = wider(n => new Int32Array(n), end);
  child = wider(n => new Int32Array(n), child);
  next = wider(n => new Int32Array(n), next);
}

/** Copies the tree in pre-order without recursion. The columns are shared: read them before the next call. */
export function flatten(tree: Tree, tables: GrammarTables): FlatTree {
  const { skipped, leaf } = tables;
  const cursor = tree.walk();
  // Index 0 is "no node"; the root is 1. `last[depth]` is the previous sibling that was kept at that depth.
  const parents: number[] = [0];
  const last: number[] = [0];
  let depth = 0;
  let count = 1;
  child[0] = 0;
  try {
    for (;;) {
      const id = cursor.nodeTypeId;
      let descend = false;
      let at = 0;
      if (skipped[id] === 0) {
        if (count === capacity) grow();
        at = count++;
        type[at] = id;
        start[at] = cursor.startIndex;
        end[at] = cursor.endIndex;
        field[at] = cursor.currentFieldId;
        child[at] = 0;
        next[at] = 0;
        const previous = last[depth]!;
        if (previous === 0) child[parents[depth]!] = at;
        else next[previous] = at;
        last[depth] = at;
        descend = leaf[id] === 0;
      }
      if (descend && cursor.gotoFirstChild()) {
        depth++;
        parents[depth] = at;
        last[depth] = 0;
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (depth === 0 || !cursor.gotoParent()) return { count, type, field, start, end, child, next };
        depth--;
      }
    }
  } finally {
    cursor.delete();
  }
}
