import type { AuditRun, LspHost, ModuleAnalysis, ModuleInput } from '../../server/lsp/host';

/**
 * A host whose "rules" are words in the text: `leak` is a finding, `make_private(` a DP call, `save("…")` a checkpoint, `read("…")` data,
 * `boom` a crash, an open bracket a broken text. So the protocol is tested without the analysis.
 */
export function fakeHost(
  more: Partial<LspHost> = {},
): LspHost & { readonly analysed: ModuleInput[]; learn: () => void } {
  const analysed: ModuleInput[] = [];
  let learn = (): void => {};
  return {
    version: '0.0.0',
    analysed,
    learn: () => learn(),
    auditable: async ({ text }) => (text.includes('rewrite me') ? [{ start: 2, end: 2, text: 'members\n' }] : null),
    analyse: async input => {
      analysed.push(input);
      return analyse(input);
    },
    audit: async () => done('/w/model.pt'),
    declare: async (_script, { name }) => ({ path: '/w/epsilint.toml', text: `# ${name}\n`, changed: true }),
    write: async () => {},
    inspect: async path => ({
      kind: 'refused',
      name: path,
      message: 'The file is empty.',
      hazards: path.endsWith('bad.pt') ? [{ kind: 'executable-content', message: 'It calls os.system.' }] : [],
    }),
    describeData: async path =>
      path.endsWith('.csv')
        ? {
            kind: 'file',
            name: 'a.csv',
            bytes: 12,
            format: 'csv',
            rows: 3,
            parts: [{ name: 'age', shape: [3] }],
            keys: [],
          }
        : { kind: 'folder', name: 'scans', folders: 0, endings: [['.png', 7]], whole: true },
    stamp: async path => (path.includes('none') ? null : path.includes('.') ? '1:1' : 'folder:1'),
    whatIf: async question => ({ epsilon: question.points.map(({ steps }) => steps * 2) }),
    solve: async () => ({ value: 1, message: '' }),
    rulePage: rule => ({
      href: `file:///docs/${rule}.md`,
      text: `# ${rule} a-name\n\n**What it does.** Says things.\n`,
    }),
    rules: () => [{ id: 'LEAK001', name: 'a-name' }],
    findCheckpoints: async () => ['/w/other.onnx'],
    scriptsBeside: async () => [],
    forget: () => {},
    attach: () => {},
    onDidLearn: listener => {
      learn = listener;
    },
    dispose: () => {},
    ...more,
  };
}

export const done = (checkpoint: string): AuditRun => ({
  result: { kind: 'done', checkpoint, findings: 1, summary: 'AUC 0.63' },
  checkpoints: [checkpoint],
  findings: [{ rule: 'AUD001', severity: 'warning', message: 'Members are told from non-members.' }],
  title: 'Audit of model.pt',
  html: '<html><head></head><body>ROC</body></html>',
});

function analyse({ text, trusted }: ModuleInput): ModuleAnalysis {
  if (text.includes('boom')) throw new Error('boom');
  const all = (pattern: RegExp) => [...text.matchAll(pattern)];
  const span = (match: RegExpMatchArray) => ({ start: match.index!, end: match.index! + match[0].length });
  const open = text.split('(').length !== text.split(')').length;
  return {
    findings: all(/leak/g).map(match => ({
      rule: 'LEAK001',
      tier: 'certain',
      severity: 'warning',
      span: span(match),
      message: trusted ? 'A leak.' : 'A leak (restricted).',
      related: [{ span: { start: 0, end: 1 }, message: 'it starts here' }],
      fixes: [{ title: 'Plug it', safety: 'safe', edits: [{ span: span(match), text: 'plug' }] }],
    })),
    broken: open,
    budgets: open
      ? []
      : all(/make_private\(\)/g).map((match, event) => ({
          event,
          span: span(match),
          title: 'ε = 1.13',
          markdown: '| σ | 1.1 |',
          attack: null,
          curve: [],
          inlay: 'ε 1.13',
          json: { epsilon: 1.13 },
          explorer: {
            title: 'ε = 1.13',
            version: 1,
            library: 'opacus',
            input: {},
            loader: null,
            named: [],
            epsilon: 1.13,
            unresolved: [],
            paragraph: '',
            personKey: null,
            maxRecords: null,
          },
          literals: {},
          places: {},
        })),
    checkpoints: open
      ? []
      : all(/save\("([^"]+)"\)/g).map(match => ({
          span: span(match),
          kind: 'save',
          name: match[1]!,
          path: `/w/${match[1]}`,
          ruled: new Map(),
          nameSpan: { start: match.index! + 5, end: match.index! + 7 + match[1]!.length },
        })),
    saves: text.includes('rewrite me'),
    data: all(/read\("([^"]+)"\)/g).map(match => ({
      path: `/w/${match[1]}`,
      span: { start: match.index! + 5, end: match.index! + 7 + match[1]!.length },
    })),
    columns: ['visit_id'],
    dataFiles: ['data.csv'],
    limited: null,
    dependencies: new Set(),
  };
}
