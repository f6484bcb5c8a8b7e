import type { BudgetAnswer, BudgetInput } from '../../server/protocol';
import {
  figure,
  inputOf,
  literal,
  type Parameter,
  type ParameterName,
  parametersOf,
  solveQuestion,
  usable,
  type Values,
  valuesAlong,
} from '../budget-model';
import { Chart } from './chart';
import { Host } from './host';

/** So many points a curve has: some 100 ms of the accountant. */
const POINTS = 49;
/** After the last move of a slider (ms). */
const PAUSE = 120;

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const answer = JSON.parse(element('data').textContent ?? '') as NonNullable<BudgetAnswer>;
const parameters = parametersOf(answer);
const host = new Host();
const chart = new Chart(element('chart'));
const values: Record<ParameterName, number> = {
  ...{
    noiseMultiplier: 1,
    examples: 1e4,
    epochs: 1,
    batchSize: 1,
    steps: 1,
    sampleRate: 1,
    delta: 1e-5,
    recordsPerPerson: 1,
  },
  ...Object.fromEntries(parameters.map(({ name, start }) => [name, start])),
};
let round = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let curve: { readonly parameter: Parameter; readonly xs: number[]; readonly epsilon: (number | null)[] } | null = null;

const parameterOf = (name: string): Parameter => parameters.find(one => one.name === name) ?? parameters[0]!;
const axis = (): Parameter => parameterOf(element<HTMLSelectElement>('axis').value);
const target = (): number => Number(element<HTMLInputElement>('target').value);
const slide = ({ low, high }: Parameter, value: number): number =>
  (1000 * Math.log(value / low)) / Math.log(high / low);

/** One row a parameter: a slider for the hand, a field for the exact value. */
function rows(): void {
  for (const parameter of parameters) {
    const { name, low, high, whole } = parameter;
    const range = element<HTMLInputElement>(`range-${name}`);
    const field = element<HTMLInputElement>(`field-${name}`);
    const set = (value: number): void => {
      values[name] = whole ? Math.max(1, Math.round(value)) : value;
      range.value = String(slide(parameter, values[name]));
      range.setAttribute('aria-valuetext', figure(values[name]));
      field.value = literal(Number(values[name].toPrecision(6)));
      soon();
    };
    range.addEventListener('input', () => set(low * (high / low) ** (Number(range.value) / 1000)));
    field.addEventListener('change', () => {
      const typed = Number(field.value);
      set(Number.isFinite(typed) && typed > 0 ? Math.min(high, Math.max(low, typed)) : values[name]);
    });
    element(name).addEventListener('set', event => set((event as CustomEvent<number>).detail));
    range.value = String(slide(parameter, values[name]));
    field.value = literal(Number(values[name].toPrecision(6)));
  }
}

function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), PAUSE);
}

/** The figure first, then the curve; an answer to an older question is dropped. */
async function refresh(): Promise<void> {
  const mine = ++round;
  const now: Values = { ...values };
  const parameter = axis();
  const one = await host.whatIf({ points: [inputOf(now, answer)] });
  if (mine !== round) return;
  const epsilon = one.epsilon[0] ?? null;
  element('epsilon').textContent = `ε = ${figure(epsilon)}`;
  const xs = valuesAlong(parameter, POINTS);
  const points: BudgetInput[] = xs.map(x => inputOf({ ...now, [parameter.name]: x }, answer));
  const along = await host.whatIf({ points });
  if (mine !== round) return;
  curve = { parameter, xs, epsilon: along.epsilon };
  chart.draw({
    label: parameter.label,
    points: xs.map((x, i) => [x, along.epsilon[i] ?? null]),
    now: [now[parameter.name], epsilon],
    target: target(),
  });
  table();
}

function table(): void {
  if (!curve) return;
  const { parameter, xs, epsilon } = curve;
  const cell = (kind: 'th' | 'td', text: string): HTMLElement => {
    const made = document.createElement(kind);
    if (kind === 'th') made.setAttribute('scope', 'col');
    made.textContent = text;
    return made;
  };
  const row = (...cells: HTMLElement[]): HTMLElement => {
    const made = document.createElement('tr');
    made.append(...cells);
    return made;
  };
  element('values').replaceChildren(
    row(cell('th', parameter.label), cell('th', 'ε')),
    ...xs.map((x, i) => row(cell('td', figure(x)), cell('td', figure(epsilon[i])))),
  );
}

async function solve(): Promise<void> {
  const name = element<HTMLSelectElement>('solve-for').value as ParameterName;
  const question = solveQuestion(name, values, answer, target());
  if (!question) return;
  const out = element('solution');
  out.textContent = '…';
  const { value, message } = await host.solve(question);
  const use = value === null ? null : usable(name, value, values, answer);
  const { label } = parameterOf(name);
  out.textContent =
    use === null
      ? message || `No ${label.toLowerCase()} reaches ε = ${figure(target())}.`
      : `${label} ${literal(use)} gives ε ≤ ${figure(target())}; the curve stands there now.`;
  if (use !== null) element(name).dispatchEvent(new CustomEvent('set', { detail: use }));
}

function exports(): void {
  const csv = (): string =>
    curve
      ? [`${curve.parameter.name},epsilon`, ...curve.xs.map((x, i) => `${x},${curve?.epsilon[i] ?? 'Infinity'}`)].join(
          '\n',
        )
      : '';
  const name = (): string => `epsilon-over-${curve?.parameter.name ?? 'parameter'}`;
  element('png').addEventListener('click', async () => {
    const address = await chart.png();
    host.tell({ kind: 'save', name: `${name()}.png`, content: address.slice(address.indexOf(',') + 1), base64: true });
  });
  element('svg').addEventListener('click', () =>
    host.tell({ kind: 'save', name: `${name()}.svg`, content: chart.svg(), base64: false }),
  );
  element('csv').addEventListener('click', () =>
    host.tell({ kind: 'save', name: `${name()}.csv`, content: `${csv()}\n`, base64: false }),
  );
  element('paragraph').addEventListener('click', () =>
    host.tell({ kind: 'copy', what: 'The paragraph', text: answer.paragraph }),
  );
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-write]'))
    button.addEventListener('click', () => {
      const parameter = button.dataset.write as ParameterName;
      host.tell({ kind: 'write', name: parameter, text: literal(Number(values[parameter].toPrecision(6))) });
    });
}

rows();
exports();
element('axis').addEventListener('change', soon);
element('target').addEventListener('change', soon);
element('solve').addEventListener('click', () => void solve());
for (const form of document.querySelectorAll('form')) form.addEventListener('submit', event => event.preventDefault());
// The theme is a class of the body: with another one the curve is drawn anew in its colours.
new MutationObserver(soon).observe(document.body, { attributes: true, attributeFilter: ['class'] });
void refresh();
