import type { BudgetAnswer } from '../server/protocol';
import { escaped } from './escaped';

/** The explorer's page: sliders, one curve, the inverse question. Colours are the editor's own. */
export function budgetPage(answer: NonNullable<BudgetAnswer>): string {
  const data = JSON.stringify(answer).replace(/</g, '\\u003c');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Privacy budget</title><style>${style}</style></head><body>
<h1>${escaped(answer.title)}</h1>
<p>DP-SGD (${escaped(answer.library)}), Poisson sampling, add or remove one record, privacy loss distributions.
${answer.unresolved.length > 0 ? `Not resolved in the code: ${escaped(answer.unresolved.join(', '))}; the sliders stand at examples.` : ''}</p>
<form id="form">${sliders.map(slider).join('')}</form>
<p><output id="epsilon" aria-live="polite">…</output></p>
<label>Curve over <select id="axis">${sliders.map(({ name, label }) => `<option value="${name}">${label}</option>`).join('')}</select></label>
<figure><svg id="chart" viewBox="0 0 640 300" role="img" aria-label="ε as the chosen parameter varies"></svg></figure>
<p><label>Target ε <input id="target" type="number" min="0.01" step="0.1" value="3"></label>
<button id="solve">Which noise multiplier?</button> <output id="solution" aria-live="polite"></output></p>
<p><button id="write"${answer.places.noiseMultiplier ? '' : ' disabled title="No literal in the file sets it"'}>Write the noise multiplier into the code</button>
<button id="csv">Copy the curve as CSV</button> <button id="svg">Copy the curve as SVG</button> <button id="paragraph">Copy a paragraph for the model card</button></p>
<script type="application/json" id="data">${data}</script><script>${script}</script></body></html>`;
}

const sliders = [
  { name: 'noiseMultiplier', label: 'noise multiplier', low: 0.3, high: 10, start: 1 },
  { name: 'steps', label: 'steps', low: 10, high: 1e5, start: 1000 },
  { name: 'sampleRate', label: 'sample rate', low: 1e-4, high: 1, start: 0.01 },
  { name: 'delta', label: 'δ', low: 1e-9, high: 1e-2, start: 1e-5 },
] as const;

const slider = ({ name, label, low, high, start }: (typeof sliders)[number]): string =>
  `<label>${label} <input type="range" name="${name}" min="0" max="1000" data-low="${low}" data-high="${high}" data-start="${start}"><output></output></label>`;

const style = `body{font-family:var(--vscode-font-family);color:var(--vscode-foreground);padding:0 1.5rem;max-width:44rem}
h1{font-size:1.3rem}form{display:grid;gap:.4rem}form label{display:grid;grid-template-columns:9rem 1fr 6rem;gap:.8rem;align-items:center}
#epsilon{font-size:1.6rem}figure{margin:1rem 0}svg{width:100%}svg text{fill:var(--vscode-foreground);font-size:11px}
svg .line{fill:none;stroke:var(--vscode-charts-blue);stroke-width:2}svg .axis{stroke:var(--vscode-charts-lines)}svg .now{fill:var(--vscode-charts-red)}
button{background:var(--vscode-button-background);color:var(--vscode-button-foreground);border:0;padding:.35rem .7rem;margin:.15rem 0}
button:disabled{opacity:.5}input[type=number],select{background:var(--vscode-input-background);color:var(--vscode-input-foreground);border:1px solid var(--vscode-input-border,transparent)}`;

/** Runs in the webview: draws what the server computes. */
const script = `
const vscode = acquireVsCodeApi(), data = JSON.parse(document.getElementById('data').textContent);
const byId = id => document.getElementById(id), inputs = [...document.querySelectorAll('input[type=range]')];
const waiting = new Map(); let next = 0, curve = null, solved = null;
const ask = (method, question) => new Promise(done => { const id = next++; waiting.set(id, done); vscode.postMessage({ kind: 'ask', id, method, question }); });
window.addEventListener('message', ({ data: { id, answer } }) => { waiting.get(id)?.(answer); waiting.delete(id); });
const valueAt = (input, t) => { const low = +input.dataset.low, high = +input.dataset.high, v = low * (high / low) ** t; return input.name === 'steps' ? Math.round(v) : v; };
const exact = {};
const shown = v => v === null || v === undefined ? '∞' : v < 1e-3 ? v.toExponential(2) : String(Number(v.toPrecision(4)));
const values = () => ({ ...Object.fromEntries(inputs.map(i => [i.name, exact[i.name] ?? valueAt(i, i.value / 1000)])), recordsPerPerson: 1 });
for (const input of inputs) {
  const start = data.input[input.name] ?? +input.dataset.start;
  const low = Math.min(+input.dataset.low, start), high = Math.max(+input.dataset.high, start);
  input.dataset.low = low; input.dataset.high = high; exact[input.name] = start;
  input.value = 1000 * Math.log(start / low) / Math.log(high / low);
  input.addEventListener('input', () => { delete exact[input.name]; solved = null; soon(); });
}
let timer; const soon = () => { labels(); clearTimeout(timer); timer = setTimeout(refresh, 120); };
const labels = () => { for (const i of inputs) i.nextElementSibling.textContent = shown(values()[i.name]); };
let round = 0;
async function refresh() {
  const mine = ++round, input = values(), axis = byId('axis').value, range = inputs.find(i => i.name === axis);
  const one = await ask('whatIf', { input, axis, values: [input[axis]] });
  if (mine !== round) return;
  byId('epsilon').textContent = 'ε = ' + shown(one.epsilon[0]);
  const xs = [...new Set(Array.from({ length: 33 }, (_, k) => valueAt(range, k / 32)))];
  const { epsilon } = await ask('whatIf', { input, axis, values: xs });
  if (mine !== round) return;
  curve = { axis, xs, epsilon }; draw(input[axis], one.epsilon[0]);
}
function draw(x, y) {
  const points = curve.xs.map((v, k) => [v, curve.epsilon[k]]).filter(p => p[1] !== null && p[1] > 0);
  if (points.length < 2) { byId('chart').innerHTML = '<text x="20" y="40">no finite ε in this range</text>'; return; }
  const log = Math.log10, xl = log(curve.xs[0]), xh = log(curve.xs.at(-1)), ys = points.map(p => log(p[1]));
  const yl = Math.min(...ys), yh = Math.max(...ys, yl + .1), px = v => 60 + 560 * (log(v) - xl) / (xh - xl), py = v => 260 - 240 * (log(v) - yl) / (yh - yl);
  const ticks = [0, .25, .5, .75, 1], parts = ['<line class="axis" x1="60" y1="260" x2="620" y2="260"/><line class="axis" x1="60" y1="20" x2="60" y2="260"/>'];
  for (const t of ticks) { const v = 10 ** (xl + t * (xh - xl)), e = 10 ** (yl + t * (yh - yl));
    parts.push('<text text-anchor="middle" x="' + px(v) + '" y="278">' + shown(v) + '</text><text text-anchor="end" x="54" y="' + (py(e) + 4) + '">' + shown(Number(e.toPrecision(2))) + '</text>'); }
  parts.push('<text x="64" y="14">ε</text><polyline class="line" points="' + points.map(p => px(p[0]) + ',' + py(p[1])).join(' ') + '"/>');
  if (y !== null && y > 0) parts.push('<circle class="now" r="5" cx="' + px(x) + '" cy="' + py(y) + '"/>');
  byId('chart').innerHTML = parts.join('');
}
byId('axis').addEventListener('change', soon);
byId('form').addEventListener('submit', e => e.preventDefault());
byId('solve').addEventListener('click', async () => {
  const answer = await ask('solve', { input: values(), targetEpsilon: +byId('target').value });
  byId('solution').textContent = answer.message; solved = answer.noiseMultiplier;
  if (solved !== null) { exact.noiseMultiplier = Number((Math.ceil(solved * 1000) / 1000).toPrecision(6)); const i = inputs[0];
    i.value = 1000 * Math.log(exact.noiseMultiplier / i.dataset.low) / Math.log(i.dataset.high / i.dataset.low); soon(); }
});
byId('write').addEventListener('click', () => vscode.postMessage({ kind: 'write', name: 'noiseMultiplier', value: Number(values().noiseMultiplier.toPrecision(6)) }));
byId('csv').addEventListener('click', () => curve && vscode.postMessage({ kind: 'copy', text: [curve.axis + ',epsilon', ...curve.xs.map((x, k) => x + ',' + (curve.epsilon[k] ?? ''))].join('\\n') }));
byId('svg').addEventListener('click', () => vscode.postMessage({ kind: 'copy', text: byId('chart').outerHTML }));
byId('paragraph').addEventListener('click', () => vscode.postMessage({ kind: 'copy', text: data.paragraph }));
soon();
`;
