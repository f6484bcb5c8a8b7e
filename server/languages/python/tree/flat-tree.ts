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

/**
 * The runtime's own functions under its cursor class, which copies the cursor into WebAssembly memory and back at every
 * step; between two steps of one walk nothing else touches that memory, so the copies can be left out. Checked for
 * web-tree-sitter 0.27, whose `Parser.init` fills in the object that it is given; where a function is missing the class is used.
 */
export interface RawRuntime {
  readonly HEAP32: Int32Array;
  _ts_init(): number;
  _ts_tree_cursor_goto_first_child_wasm(tree: number): number;
  _ts_tree_cursor_goto_next_sibling_wasm(tree: number): number;
  _ts_tree_cursor_goto_parent_wasm(tree: number): number;
  _ts_tree_cursor_current_node_type_id_wasm(tree: number): number;
  _ts_tree_cursor_current_field_id_wasm(tree: number): number;
  _ts_tree_cursor_start_index_wasm(tree: number): number;
  _ts_tree_cursor_end_index_wasm(tree: number): number;
}

/** What a walk needs of a cursor. */
interface Walker {
  firstChild(): boolean;
  nextSibling(): boolean;
  parent(): boolean;
  type(): number;
  field(): number;
  start(): number;
  end(): number;
}

/** The runtime's functions and the place of its cursor, or null where this version has them not. */
export function rawRuntime(filled: object): { readonly runtime: RawRuntime; readonly buffer: number } | null {
  const runtime = filled as Partial<RawRuntime>;
  const complete =
    runtime.HEAP32 instanceof Int32Array &&
    typeof runtime._ts_init === 'function' &&
    typeof runtime._ts_tree_cursor_goto_first_child_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_goto_next_sibling_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_goto_parent_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_current_node_type_id_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_current_field_id_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_start_index_wasm === 'function' &&
    typeof runtime._ts_tree_cursor_end_index_wasm === 'function';
  return complete ? { runtime: runtime as RawRuntime, buffer: (runtime as RawRuntime)._ts_init() } : null;
}

/**
 * Copies the tree in pre-order without recursion. `offset`: where its text begins in the whole. The columns are shared: read
 * them before the next call.
 */
export function flatten(
  tree: Tree,
  tables: GrammarTables,
  raw: ReturnType<typeof rawRuntime>,
  offset: number,
): FlatTree {
  const flat = copy(tree, tables, raw);
  for (let i = 1; i < flat.count; i++) {
    flat.start[i]! += offset;
    flat.end[i]! += offset;
  }
  return flat;
}

function copy(tree: Tree, tables: GrammarTables, raw: ReturnType<typeof rawRuntime>): FlatTree {
  const cursor = tree.walk();
  const address = (tree as unknown as { readonly 0: unknown })[0];
  try {
    if (!raw || typeof address !== 'number')
      return walk(tables, {
        firstChild: () => cursor.gotoFirstChild(),
        nextSibling: () => cursor.gotoNextSibling(),
        parent: () => cursor.gotoParent(),
        type: () => cursor.nodeTypeId,
        field: () => cursor.currentFieldId,
        start: () => cursor.startIndex,
        end: () => cursor.endIndex,
      });
    const { runtime } = raw;
    try {
      return walk(tables, {
        firstChild: () => runtime._ts_tree_cursor_goto_first_child_wasm(address) === 1,
        nextSibling: () => runtime._ts_tree_cursor_goto_next_sibling_wasm(address) === 1,
        parent: () => runtime._ts_tree_cursor_goto_parent_wasm(address) === 1,
        type: () => runtime._ts_tree_cursor_current_node_type_id_wasm(address),
        field: () => runtime._ts_tree_cursor_current_field_id_wasm(address),
        start: () => runtime._ts_tree_cursor_start_index_wasm(address),
        end: () => runtime._ts_tree_cursor_end_index_wasm(address),
      });
    } finally {
      // The cursor object learns where the walk ended, so that it frees what the walk allocated.
      const own = cursor as unknown as Record<number, number>;
      for (let i = 0; i < 4; i++) own[i] = runtime.HEAP32[(raw.buffer >> 2) + i]!;
    }
  } finally {
    cursor.delete();
  }
}

function walk({ skipped, leaf }: GrammarTables, walker: Walker): FlatTree {
  // Index 0 is "no node"; the root is 1. `last[depth]` is the previous sibling that was kept at that depth.
  const parents: number[] = [0];
  const last: number[] = [0];
  let depth = 0;
  let count = 1;
  child[0] = 0;
  for (;;) {
    const id = walker.type();
    let descend = false;
    let at = 0;
    if (skipped[id] === 0) {
      if (count === capacity) grow();
      at = count++;
      type[at] = id;
      start[at] = walker.start();
      end[at] = walker.end();
      field[at] = walker.field();
      child[at] = 0;
      next[at] = 0;
      const previous = last[depth]!;
      if (previous === 0) child[parents[depth]!] = at;
      else next[previous] = at;
      last[depth] = at;
      descend = leaf[id] === 0;
    }
    if (descend && walker.firstChild()) {
      depth++;
      parents[depth] = at;
      last[depth] = 0;
      continue;
    }
    while (!walker.nextSibling()) {
      if (depth === 0 || !walker.parent()) return { count, type, field, start, end, child, next };
      depth--;
    }
  }
}
