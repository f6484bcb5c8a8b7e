/**
 * Kinds of tokens. Punctuation is its own kind: the code of its first character, plus 256 times the second's, plus
 * 65536 times the third's; what has no punctuation has a number below the codes of printable characters, keywords one between.
 */
export const NAME: number = 1;
export const NUMBER: number = 2;
/** The quote that opens a string, with what stands before it; the reader takes the rest from the text. */
export const STRING: number = 3;
/** The end of a logical line, as wide as nothing. */
export const NEWLINE: number = 4;
export const END: number = 5;
/** What begins a line and can begin no token. */
export const BROKEN: number = 6;

export const OPEN: number = 0x28;
export const CLOSE: number = 0x29;
export const STAR: number = 0x2a;
export const PLUS: number = 0x2b;
export const COMMA: number = 0x2c;
export const MINUS: number = 0x2d;
export const DOT: number = 0x2e;
export const SLASH: number = 0x2f;
export const COLON: number = 0x3a;
export const SEMICOLON: number = 0x3b;
export const EQUALS: number = 0x3d;
export const AT: number = 0x40;
export const BRACKET: number = 0x5b;
export const BRACKET_END: number = 0x5d;
export const BRACE: number = 0x7b;
export const BAR: number = 0x7c;
export const BRACE_END: number = 0x7d;
export const TILDE: number = 0x7e;
export const EXCLAMATION: number = 0x21;

const packed = (text: string): number =>
  text.charCodeAt(0) |
  (text.length > 1 ? text.charCodeAt(1) << 8 : 0) |
  (text.length > 2 ? text.charCodeAt(2) << 16 : 0);

export const STARS = packed('**');
export const ARROW = packed('->');
export const WALRUS = packed(':=');
export const ELLIPSIS = packed('...');
export const INTO = packed('>>');

/** Words with a meaning of their own. `print`, `exec`, `match`, `case` and `type` are names that a statement may start with. */
const words = [
  ...['and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except'],
  ...['False', 'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'None', 'nonlocal', 'not'],
  ...['or', 'pass', 'raise', 'return', 'True', 'try', 'while', 'with', 'yield'],
] as const;
type Word = (typeof words)[number];

/** The keywords' kinds stand between those of ASCII punctuation and those of two characters. */
export const keywords: ReadonlyMap<string, number> = new Map(words.map((word, i) => [word, 0x100 + i]));

const kindOf = (word: Word): number => 0x100 + words.indexOf(word);
export const AND = kindOf('and');
export const AS = kindOf('as');
export const ASSERT = kindOf('assert');
export const ASYNC = kindOf('async');
export const AWAIT = kindOf('await');
export const BREAK = kindOf('break');
export const CLASS = kindOf('class');
export const CONTINUE = kindOf('continue');
export const DEF = kindOf('def');
export const DEL = kindOf('del');
export const ELIF = kindOf('elif');
export const ELSE = kindOf('else');
export const EXCEPT = kindOf('except');
export const FALSE = kindOf('False');
export const FINALLY = kindOf('finally');
export const FOR = kindOf('for');
export const FROM = kindOf('from');
export const GLOBAL = kindOf('global');
export const IF = kindOf('if');
export const IMPORT = kindOf('import');
export const IN = kindOf('in');
export const IS = kindOf('is');
export const LAMBDA = kindOf('lambda');
export const NONE = kindOf('None');
export const NONLOCAL = kindOf('nonlocal');
export const NOT = kindOf('not');
export const OR = kindOf('or');
export const PASS = kindOf('pass');
export const RAISE = kindOf('raise');
export const RETURN = kindOf('return');
export const TRUE = kindOf('True');
export const TRY = kindOf('try');
export const WHILE = kindOf('while');
export const WITH = kindOf('with');
export const YIELD = kindOf('yield');

/** How tightly a binary operator binds; 0: it is none. Powers bind tighter than a sign and are read apart. */
export const binding: ReadonlyMap<number, number> = new Map([
  ...['|'].map((text): [number, number] => [packed(text), 1]),
  ...['^'].map((text): [number, number] => [packed(text), 2]),
  ...['&'].map((text): [number, number] => [packed(text), 3]),
  ...['<<', '>>'].map((text): [number, number] => [packed(text), 4]),
  ...['+', '-'].map((text): [number, number] => [packed(text), 5]),
  ...['*', '@', '/', '%', '//'].map((text): [number, number] => [packed(text), 6]),
]);

export const comparisons: ReadonlySet<number> = new Set(['<', '>', '==', '!=', '<=', '>=', '<>'].map(packed));

/** `+=` and its like. */
export const augmented: ReadonlySet<number> = new Set(
  ['+=', '-=', '*=', '/=', '@=', '%=', '&=', '|=', '^=', '**=', '//=', '>>=', '<<='].map(packed),
);

/** Punctuation of two and three characters, by what stands in front. */
export const pairs: ReadonlySet<number> = new Set(
  [
    ...['**', '//', '<<', '>>', '->', ':=', '==', '!=', '<=', '>=', '<>'],
    ...['+=', '-=', '*=', '/=', '@=', '%=', '&=', '|=', '^='],
  ].map(packed),
);
export const triples: ReadonlySet<number> = new Set(['...', '**=', '//=', '>>=', '<<='].map(packed));
