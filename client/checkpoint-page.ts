import type { CheckpointPage } from '../server/protocol';
import { escaped } from './escaped';

type Inspected = Extract<CheckpointPage, { kind: 'inspected' }>;

/** The page of a checkpoint file. Words of the file are shown as text, never as markup. */
export function checkpointPage(
  page: CheckpointPage | null,
  { path, trusted }: { path: string; trusted: boolean },
): string {
  const name = page?.name ?? path.split('/').at(-1) ?? path;
  const body =
    page === null
      ? '<p role="alert">The server did not say what is in this file; the log has the reason.</p>'
      : page.kind === 'refused'
        ? `<p role="alert">${escaped(page.message)}</p>${hazards(page.hazards)}${trusted ? '' : '<p><button id="trust">Manage workspace trust</button></p>'}`
        : inspected(page);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(name)}</title><style>${style}</style></head><body>
<main><h1>${escaped(name)}</h1>${body}</main><script>${script}</script></body></html>`;
}

function inspected(page: Inspected): string {
  const facts: [string, string][] = [
    ['Format', page.format],
    ['Size', `${page.bytes.toLocaleString('en')} bytes`],
    ['Parameters', `${page.parameters.toLocaleString('en')} in ${page.tensorCount.toLocaleString('en')} tensors`],
    ...(page.architecture ? [['Model', page.architecture] as [string, string]] : []),
    ...page.metadata,
  ];
  return [
    hazards(page.hazards),
    `<p class="run"><strong>${page.runnable ? 'Can be run here.' : 'Cannot be run here.'}</strong> ${escaped(page.why)}</p>`,
    '<p><button id="audit">Quick audit</button></p>',
    `<h2>What the file says</h2><table class="facts"><tbody>${facts
      .map(([key, value]) => `<tr><th scope="row">${escaped(key)}</th><td>${escaped(value)}</td></tr>`)
      .join('')}</tbody></table>`,
    ports('Inputs', page.inputs),
    ports('Outputs', page.outputs),
    page.warnings.length > 0
      ? `<h2>Warnings</h2><ul>${page.warnings.map(warning => `<li>${escaped(warning)}</li>`).join('')}</ul>`
      : '',
    tensors(page),
  ].join('');
}

function hazards(found: CheckpointPage['hazards']): string {
  if (found.length === 0) return '';
  const items = found.map(({ kind, message }) => `<li><strong>${escaped(kind)}</strong>: ${escaped(message)}</li>`);
  return `<section class="hazards" role="alert"><h2>⚠ More than weights (AUD005)</h2><ul>${items.join('')}</ul></section>`;
}

const shapeOf = (shape: readonly number[]): string =>
  shape.length === 0 ? 'scalar' : shape.map(size => (size < 0 ? '?' : size)).join(' × ');

const row = ({ name, shape, dtype }: Inspected['tensors'][number]): string =>
  `<tr><td><code>${escaped(name)}</code></td><td>${shapeOf(shape)}</td><td>${escaped(dtype)}</td></tr>`;

const table = (rows: readonly Inspected['tensors'][number][], caption: string, id = ''): string =>
  `<table${id}><caption>${escaped(caption)}</caption><thead><tr><th scope="col">Name</th><th scope="col">Shape</th><th scope="col">Type</th></tr></thead><tbody>${rows.map(row).join('')}</tbody></table>`;

const ports = (title: string, rows: Inspected['inputs']): string =>
  rows.length === 0 ? '' : `<h2>${title}</h2>${table(rows, `${title} of the model`)}`;

function tensors(page: Inspected): string {
  if (page.tensors.length === 0) return '';
  const more =
    page.tensorCount > page.tensors.length
      ? ` (the first ${page.tensors.length.toLocaleString('en')} of ${page.tensorCount.toLocaleString('en')})`
      : '';
  return `<h2>Tensors</h2><p><label>Filter by name <input id="filter" type="search"></label> <output id="count" aria-live="polite"></output></p>${table(page.tensors, `Tensors in the file${more}`, ' id="tensors"')}`;
}

const style = `body{font-family:var(--vscode-font-family);color:var(--vscode-foreground);padding:0 1.5rem 2rem;line-height:1.45}
main{max-width:60rem}h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.4rem 0 .4rem}
table{border-collapse:collapse}caption{text-align:left;color:var(--vscode-descriptionForeground);padding-bottom:.3rem}
th,td{text-align:left;padding:.2rem 1.2rem .2rem 0;vertical-align:top;border-bottom:1px solid var(--vscode-widget-border,transparent)}
td{overflow-wrap:anywhere}.facts th{font-weight:normal;color:var(--vscode-descriptionForeground)}code{font-family:var(--vscode-editor-font-family)}
.hazards{border:1px solid var(--vscode-inputValidation-errorBorder,var(--vscode-errorForeground));background:var(--vscode-inputValidation-errorBackground);color:var(--vscode-inputValidation-errorForeground,inherit);padding:.2rem 1rem}
button{background:var(--vscode-button-background);color:var(--vscode-button-foreground);border:1px solid var(--vscode-button-border,transparent);padding:.35rem .8rem;cursor:pointer}
button:focus-visible,input:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:2px}
input{background:var(--vscode-input-background);color:var(--vscode-input-foreground);border:1px solid var(--vscode-input-border,var(--vscode-widget-border,currentColor));padding:.2rem .4rem}`;

/** Runs in the webview. */
const script = `
const vscode = acquireVsCodeApi(), byId = id => document.getElementById(id);
for (const kind of ['audit', 'trust']) byId(kind)?.addEventListener('click', () => vscode.postMessage({ kind }));
byId('filter')?.addEventListener('input', ({ target }) => {
  const wanted = target.value.toLowerCase(); let shown = 0;
  for (const row of byId('tensors').tBodies[0].rows) {
    row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
    if (!row.hidden) shown++;
  }
  byId('count').textContent = wanted === '' ? '' : shown + ' shown';
});
`;
