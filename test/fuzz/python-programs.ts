import * as fc from 'fast-check';

/** Programs made of everything that the grammar of Python 3.8 to 3.14 has, and of Python 2's statements that people still have. */

const name = fc.constantFrom(
  'a',
  'b',
  'self',
  'x1',
  '_',
  'print',
  'match',
  'case',
  'type',
  'exec',
  'naïve',
  '变量',
  'µ',
  'Long_Name',
);
const plainName = fc.constantFrom('a', 'b', 'cls', 'x1', '_y', 'naïve', 'Δ', 'frame');
const number = fc.constantFrom(
  '0',
  '1',
  '42',
  '1_000',
  '0x1F',
  '0b10',
  '0o17',
  '1.5',
  '.5',
  '1.',
  '1e-5',
  '1_0.0_1E+3',
  '3j',
  '10L',
);
const literal = fc.constantFrom(
  ...[
    'True',
    'False',
    'None',
    '...',
    '""',
    "'a'",
    '"b c"',
    "'it\\'s so'",
    '"""doc"""',
    "'''x'''",
    'r"\\d+"',
    'b"x"',
    'Rb"\\x"',
  ],
  ...['u"y"', '"a\\nb"', '"tab\\tx"', '"a" "b"', "'a' f'{b}'", '"é 变"', '"""two\nlines"""', '"one\\\ntwo"'],
);
const comma = fc.constantFrom(',', ', ', ' , ');
const commaed = (item: fc.Arbitrary<string>, min: number, max: number): fc.Arbitrary<string> =>
  fc.tuple(fc.array(item, { minLength: min, maxLength: max }), comma).map(([items, sign]) => items.join(sign));
const put = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map(part => (typeof part === 'string' ? fc.constant(part) : part))).map(all => all.join(''));
const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), part);

/** One depth for all of them: at the bottom stand names. */
const depth = { depthIdentifier: 'expression', maxDepth: 9 };
const blocks = { depthIdentifier: 'statement', maxDepth: 3 };

type Part =
  | ('atom' | 'template' | 'display' | 'primary' | 'operand' | 'comparison' | 'disjunction' | 'expression')
  | ('target' | 'type' | 'parameters');

const { expression, operand, target, parameters } = fc.letrec<Record<Part, string>>(tie => {
  const e = tie('expression');
  const operand = tie('operand');
  const clause = put(
    fc.constantFrom(' for ', ' async for '),
    tie('target'),
    ' in ',
    operand,
    maybe(put(' if ', tie('disjunction'))),
  );
  const clauses = fc.array(clause, { minLength: 1, maxLength: 2 }).map(all => all.join(''));
  const argument = fc.oneof(e, put(name, '=', e), put('*', operand), put('**', operand));
  const slice = put(maybe(operand), ':', maybe(operand), maybe(put(':', maybe(operand))));
  const parameter = fc.oneof(plainName, put(plainName, '=', operand), put(plainName, ' = ', operand));
  const field = fc.oneof(
    put('{', operand, '}'),
    put('{', operand, fc.constantFrom('!r', ':>10', ':{a}.{b}f', ' = ', '!s:x', '=!r:^{a}'), '}'),
    put('{', plainName, '["k"]', '}'),
  );
  const text = fc.constantFrom('', 'abc', ' ', '{{', '}}', '%', 'é');
  return {
    atom: fc.oneof(depth, name, number, literal, put('(', e, ')'), tie('display'), tie('template')),
    template: put(
      fc.constantFrom('f', 'F', 'rf', 'fR', 't'),
      fc.constantFrom("'''", "'").chain(quote => put(quote, text, field, text, maybe(field), quote)),
    ),
    display: fc.oneof(
      depth,
      put('[', commaed(e, 0, 3), ']'),
      put('(', e, ',', maybe(e), ')'),
      put('{', commaed(e, 1, 3), '}'),
      put('{', commaed(fc.oneof(put(e, ': ', e), put('**', operand)), 0, 3), '}'),
      put('[', e, clauses, ']'),
      put('(', e, clauses, ')'),
      put('{', e, clauses, '}'),
      put('{', e, ': ', e, clauses, '}'),
      put('[*', plainName, ', ', e, ']'),
      put('(', plainName, ' := ', operand, ')'),
      put('(yield ', e, ')'),
      put('(yield)'),
      put('(yield from ', operand, ')'),
      put('(\n    ', e, '  # why\n    + ', operand, '\n)'),
    ),
    primary: fc.oneof(
      depth,
      tie('atom'),
      put(tie('primary'), '.', name),
      put(tie('primary'), '(', commaed(argument, 0, 3), ')'),
      put(tie('primary'), '(', e, clauses, ')'),
      put(tie('primary'), '[', fc.oneof(e, slice, put(slice, ', ', e), put(e, ', ', e)), ']'),
      put(plainName, '(\n  ', commaed(argument, 1, 3), ',\n)'),
    ),
    operand: fc.oneof(
      depth,
      tie('primary'),
      put(fc.constantFrom('-', '+', '~'), operand),
      put(operand, fc.constantFrom(' + ', '-', ' * ', '/', ' // ', ' % ', ' @ ', ' << ', '>>', ' | '), operand),
      put(tie('primary'), ' ** ', operand),
      put(operand, ' + \\\n  ', operand),
      put('await ', tie('primary')),
    ),
    comparison: fc.oneof(
      depth,
      operand,
      put(operand, fc.constantFrom(' < ', '>=', ' == ', ' != ', ' in ', ' not in ', ' is ', ' is not '), operand),
      put(operand, ' < ', operand, ' <= ', operand),
    ),
    disjunction: fc.oneof(
      depth,
      tie('comparison'),
      put('not ', tie('comparison')),
      put(tie('disjunction'), fc.constantFrom(' and ', ' or '), tie('disjunction')),
    ),
    expression: fc.oneof(
      depth,
      tie('disjunction'),
      put(tie('disjunction'), ' if ', tie('disjunction'), ' else ', e),
      put('lambda ', commaed(parameter, 0, 2), ': ', e),
      put('lambda *a, b=1, **c: ', e),
    ),
    target: fc.oneof(
      plainName,
      put(plainName, '.', plainName),
      put(plainName, '[', operand, ']'),
      put(plainName, ', ', plainName),
      put(plainName, ', *', plainName),
      put('(', plainName, ', ', plainName, ')'),
      put('[', plainName, ', ', plainName, ']'),
    ),
    type: fc.oneof(
      depth,
      fc.constantFrom('int', 'np.ndarray', 'None', '"Later"', 'int | None', 'a.B[c] | None'),
      put(plainName, '[', tie('type'), ']'),
      put(plainName, '[', tie('type'), ', ', tie('type'), ']'),
      put(plainName, '[', tie('type'), '] | None'),
      put('Callable[[', tie('type'), '], ', tie('type'), ']'),
    ),
    parameters: commaed(
      fc.oneof(parameter, put(plainName, ': ', tie('type')), put(plainName, ': ', tie('type'), ' = ', operand)),
      0,
      3,
    ).chain(first =>
      fc
        .constantFrom('', '/', '*', '*args', '*args: int', '**more', '*, key', '*, key: int = 1, **more', '/, *, key')
        .map(rest => [first, rest].filter(part => part !== '' && (part !== '/' || first !== '')).join(', ')),
    ),
  };
});

const several = fc.oneof(expression, put(expression, ', ', expression), put(expression, ','));
const simple = fc.oneof(
  expression,
  put(target, ' = ', several),
  put(target, ' = ', target, ' = ', several),
  put(plainName, fc.constantFrom(' += ', ' -= ', ' **= ', ' //= ', ' @= ', ' >>= ', ' |= '), several),
  put(
    plainName,
    fc.constantFrom(': int', ': list[int]', ': int | None', ': Dict[str, Any]'),
    maybe(put(' = ', expression)),
  ),
  put(plainName, ' = yield ', expression),
  put('return', maybe(put(' ', several))),
  put('del ', plainName, ', ', plainName, '[0]'),
  put('assert ', expression, maybe(put(', ', expression))),
  put('raise', maybe(put(' ', expression, maybe(put(' from ', expression))))),
  fc.constantFrom(
    'pass',
    'break',
    'continue',
    'global a, b',
    'nonlocal c',
    'import a',
    'import a.b.c as d, e',
    'yield',
    'yield a',
  ),
  fc.constantFrom('from a import b', 'from . import b as c', 'from ...a.b import (c, d as e,)', 'from a import *'),
  fc.constantFrom(
    'from __future__ import annotations',
    'from a import (\n  b,  # one\n  c\n)',
    'type X = int',
    'type X[T] = list[T]',
  ),
  fc.constantFrom(
    'print "a", b',
    'print >>f, a',
    'print',
    'exec "code" in ns',
    'a; b',
    'a = 1; b = 2;',
    'await a',
    '"""doc"""',
  ),
);
const ended = put(simple, fc.constantFrom('', '', '', '  # why', '\t', ';', '\r'));
const pattern = fc.constantFrom(
  ...[
    '_',
    '1',
    '-1',
    '"a"',
    'None',
    'a.b',
    '[x, *rest]',
    '(a, b)',
    '{"k": v, **more}',
    'Point(x=0, y=y)',
    '1 | 2',
    'str() as s',
  ],
);
/** Comments and blank lines at any column, and page breaks. */
const between = fc.constantFrom('', '', '', '', '# note', '        # deep', '\f', '  ');

const indented = (lines: string, by: string): string =>
  lines
    .split('\n')
    .map(line => (/^\s*$/.test(line) ? line : by + line))
    .join('\n');

const block = (tie: (key: 'statement') => fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    put(' ', simple),
    fc
      .tuple(
        fc.array(fc.tuple(between, tie('statement')), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('    ', '  ', '\t'),
      )
      .map(
        ([lines, by]) =>
          `  # block\n${indented(lines.map(([gap, line]) => (gap ? `${gap}\n` : '') + line).join('\n'), by)}`,
      ),
  );

const { statement } = fc.letrec<Record<'statement' | 'compound', string>>(tie => {
  const body = block(tie);
  return {
    statement: fc.oneof(blocks, ended, tie('compound')),
    compound: fc.oneof(
      put('if ', expression, ':', body, maybe(put('\nelif ', expression, ':', body)), maybe(put('\nelse:', body))),
      put(fc.constantFrom('for ', 'async for '), target, ' in ', several, ':', body, maybe(put('\nelse:', body))),
      put('while ', expression, ':', body),
      put('with ', operand, maybe(put(' as ', plainName)), ':', body),
      put('async with a as b, c() as (d, e):', body),
      put('with (a() as b, c as d,):', body),
      put('with (a):', body),
      put('try:', body, '\nexcept (A, B) as e:', body, maybe(put('\nelse:', body)), maybe(put('\nfinally:', body))),
      put('try:', body, '\nexcept* E:', body),
      put('try:', body, '\nexcept A, b:', body),
      put('try:', body, '\nfinally:', body),
      put(fc.constantFrom('def f(', 'async def g('), parameters, ')', maybe(fc.constant(' -> list[int]')), ':', body),
      put('def h[T: int, *Ts, **P](x: T) -> T:', body),
      put('@a.b(c)\n@d\n', fc.constantFrom('def f(self):', 'class C(B, metaclass=M):'), body),
      put('class C', fc.constantFrom('', '()', '(a.B)', '(B, **k)'), ':', body),
      put('class G[T](B[T]):', body),
      fc
        .tuple(
          expression,
          fc.array(fc.tuple(pattern, maybe(fc.constant(' if a > b')), body), { minLength: 1, maxLength: 2 }),
        )
        .map(
          ([subject, cases]) =>
            `match ${subject}:\n${cases.map(([p, g, b]) => indented(`case ${p}${g}:${b}`, '    ')).join('\n')}`,
        ),
    ),
  };
});

export const program: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.tuple(between, statement), { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '', '\n\n# end'))
  .map(([parts, end]) => parts.map(([gap, line]) => (gap ? `${gap}\n` : '') + line).join('\n') + end);
