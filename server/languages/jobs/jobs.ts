import type { Expression, ModuleFacts, Span, Statement } from '../../facts/syntax';

/** Job and site configurations of NVFlare, which name filters by their class. */
export const isJob = (path: string): boolean =>
  /(?:^|[\\/])(?:config_fed_(?:client|server)|privacy)\.json$/i.test(path);

/** Classes that NVFlare finds by their bare name. */
const places: Readonly<Record<string, string>> = {
  SVTPrivacy: 'nvflare.app_common.filters.svt_privacy',
  PercentilePrivacy: 'nvflare.app_common.filters.percentile_privacy',
  StatisticsPrivacyFilter: 'nvflare.app_common.filters.statistics_privacy_filter',
};

/**
 * The facts of a job: each `{"path": "nvflare.….Filter", "args": {…}}` is the call that NVFlare makes of it. JSON reads as Python, so `facts` are
 * those of its text as a Python expression, and every offset holds.
 */
export function jobFacts(facts: ModuleFacts): ModuleFacts {
  const calls: Statement[] = [];
  const walk = (e: Expression): void => {
    if (e.kind === 'list') e.items.forEach(walk);
    if (e.kind !== 'mapping') return;
    const call = callOf(e);
    if (call) calls.push(...call);
    for (const { value } of e.entries) walk(value);
  };
  for (const statement of facts.body) if (statement.kind === 'expression') walk(statement.value);
  return { ...facts, body: calls, problems: [] };
}

type Mapping = Extract<Expression, { kind: 'mapping' }>;

function callOf(component: Mapping): readonly Statement[] | null {
  const path = textOf(entry(component, 'path'));
  const name = textOf(entry(component, 'name'));
  const [module, member] =
    path?.startsWith('nvflare.') === true
      ? [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)]
      : name !== null && places[name] !== undefined
        ? [places[name], name]
        : [null, null];
  if (module === null || member === null || !/^\w+$/.test(member)) return null;
  const { start, end } = component;
  const span: Span = { start, end };
  const given = entry(component, 'args');
  const keywords =
    given?.kind === 'mapping'
      ? given.entries.flatMap(({ key, value }) => {
          const argument = textOf(key);
          return key && argument !== null ? [{ start: key.start, end: value.end, name: argument, value }] : [];
        })
      : [];
  return [
    { ...span, kind: 'import', names: [{ ...span, module, member, local: member }] },
    {
      ...span,
      kind: 'expression',
      value: { ...span, kind: 'call', callee: { ...span, kind: 'name', name: member }, arguments: [], keywords },
    },
  ];
}

const entry = ({ entries }: Mapping, name: string): Expression | null =>
  entries.find(({ key }) => textOf(key) === name)?.value ?? null;

const textOf = (e: Expression | null): string | null => (e?.kind === 'string' ? e.value : null);
