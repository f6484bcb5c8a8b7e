import type { BudgetAnswer } from '../server/protocol';
import { figure, firstAxis, literal, type Parameter, parametersOf, solveFor } from './budget-model';
import { escaped } from './escaped';

type Known = NonNullable<BudgetAnswer>;

/** The explorer's page: what the code buys, sliders, one curve, the inverse question, exports. `script` is the page's program. */
export function budgetPage(answer: Known, script: string): string {
  const parameters = parametersOf(answer);
  const data = JSON.stringify(answer).replace(/</g, '\\u003c');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Privacy budget</title><style>${style}</style></head><body><main>
<h1>${escaped(answer.title)}</h1>
<details><summary>What this stands on (${escaped(answer.library)})</summary><table><tbody>${answer.named
    .map(([key, value]) => `<tr><th scope="row">${escaped(key)}</th><td>${escaped(value)}</td></tr>`)
    .join('')}</tbody></table></details>
${unresolved(parameters)}
<p class="epsilon"><output id="epsilon" aria-live="polite">…</output>${answer.epsilon === null ? '' : ` <span>the code as it stands: ε = ${escaped(String(Number(answer.epsilon.toPrecision(3))))}</span>`}</p>
<p><label>Curve over <select id="axis">${options(parameters, firstAxis(parameters))}</select></label></p>
<div id="chart" role="img" aria-label="Curve of ε over the chosen parameter; its values stand in the table below"></div>
<form aria-label="Parameters">${parameters.map(parameter => row(parameter, answer)).join('')}</form>
<form aria-label="Target" class="line"><label>Target ε <input id="target" type="number" min="0.01" step="any" value="3"></label>
<label>Solve for <select id="solve-for">${options(parameters.filter(({ name }) => solveFor(name) !== null))}</select></label>
<button id="solve" type="button">Solve</button></form>
<p><output id="solution" aria-live="polite"></output></p>
<details><summary>The curve as a table</summary><table id="values"></table></details>
<p class="line exports"><button id="png" type="button">Save as PNG</button><button id="svg" type="button">Save as SVG</button><button id="csv" type="button">Save as CSV</button><button id="paragraph" type="button">Copy a paragraph for the model card</button></p>
</main><script type="application/json" id="data">${data}</script><script src="${script}"></script></body></html>`;
}

const options = (parameters: readonly Parameter[], chosen = ''): string =>
  parameters
    .map(({ name, label }) => `<option value="${name}"${name === chosen ? ' selected' : ''}>${escaped(label)}</option>`)
    .join('');

/** What the code leaves open stands at an example here, and says so. */
function unresolved(parameters: readonly Parameter[]): string {
  const open = parameters.filter(({ known, name }) => !known && name !== 'recordsPerPerson');
  if (open.length === 0) return '';
  const named = open.map(
    ({ label, start }) => `${label === 'δ' ? label : label.toLowerCase()} (here ${figure(start)})`,
  );
  return `<p role="note" class="note">The code does not tell: ${escaped(named.join(', '))}. Set what you know; until then the figure below is an example.</p>`;
}

function row({ name, label, start, low, high }: Parameter, { places }: Known): string {
  const write = places[name]
    ? `<button type="button" data-write="${name}" aria-label="Write ${escaped(label.toLowerCase())} into the code" title="Writes this value into the code, over the literal that sets it; undo takes it back">Write</button>`
    : '<span></span>';
  return `<div class="row" id="${name}"><label for="range-${name}">${escaped(label)}</label>
<input type="range" id="range-${name}" min="0" max="1000" step="1">
<input type="number" id="field-${name}" aria-label="${escaped(label)}, exact value" min="${literal(low)}" max="${literal(high)}" step="any" value="${literal(start)}">${write}</div>`;
}

const style = `body{font-family:var(--vscode-font-family);color:var(--vscode-foreground);padding:0 1.5rem 2rem;line-height:1.45}
body.vscode-dark,body.vscode-high-contrast{color-scheme:dark}body.vscode-high-contrast-light{color-scheme:light}
main{max-width:50rem}h1{font-size:1.15rem}details{margin:.6rem 0}summary{cursor:pointer}
table{border-collapse:collapse;margin:.4rem 0}th,td{text-align:left;padding:.15rem 1rem .15rem 0;border-bottom:1px solid var(--vscode-widget-border,transparent);font-weight:normal}
th{color:var(--vscode-descriptionForeground)}.row{display:grid;grid-template-columns:9.5rem 1fr 7rem 4.5rem;gap:.8rem;align-items:center;margin:.25rem 0}

.epsilon{margin:.4rem 0}.epsilon output{font-size:1.7rem;font-weight:600}.epsilon span{color:var(--vscode-descriptionForeground);margin-left:.8rem}
.note{border-left:3px solid var(--vscode-editorWarning-foreground,#bf8803);padding:.1rem 0 .1rem .7rem;margin:.6rem 0}
.line{display:flex;flex-wrap:wrap;gap:.8rem;align-items:center}#chart{height:230px;margin:.2rem 0 .8rem}
input[type=range]{accent-color:var(--vscode-button-background);width:100%}
body.vscode-high-contrast input[type=range]{accent-color:var(--vscode-focusBorder)}
input[type=number],select{background:var(--vscode-input-background);color:var(--vscode-input-foreground);border:1px solid var(--vscode-input-border,var(--vscode-widget-border,currentColor));padding:.2rem .3rem;font:inherit}
input[type=number]{width:7rem;box-sizing:border-box}#target{width:4.5rem}.row button{width:4.5rem;padding:.3rem 0}
button{background:var(--vscode-button-background);color:var(--vscode-button-foreground);border:1px solid var(--vscode-button-border,var(--vscode-contrastBorder,transparent));padding:.3rem .7rem;font:inherit;cursor:pointer}
button:hover{background:var(--vscode-button-hoverBackground)}
.exports button{background:var(--vscode-button-secondaryBackground);color:var(--vscode-button-secondaryForeground)}.exports button:hover{background:var(--vscode-button-secondaryHoverBackground)}
@media (max-width:44rem){body{padding:0 1rem 2rem}h1{font-size:1rem}.row{grid-template-columns:1fr 7rem 4.5rem;gap:.2rem .6rem;margin:.5rem 0}.row label{grid-row:1;grid-column:1}.row input[type=number]{grid-row:1;grid-column:2}.row button,.row span{grid-row:1;grid-column:3}.row input[type=range]{grid-row:2;grid-column:1/-1}}
:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:2px}`;
