import type { CheckpointPage } from '../../protocol';
import { plain, size } from './plain-words';

/** A checkpoint in a few lines of Markdown, for the hover on its path. */
export function checkpointMarkdown(page: CheckpointPage): string {
  const hazards = page.hazards.map(({ message }) => `⚠ ${plain(message)}`);
  if (page.kind === 'refused') return [`**${plain(page.name)}**: ${plain(page.message)}`, ...hazards].join('\n\n');
  const { name, bytes, format, parameters, tensorCount, inputs, outputs, runnable, why } = page;
  const port = ({ name: of, shape }: (typeof inputs)[number]): string =>
    `${plain(of)} [${shape.map(size => (size < 0 ? '?' : size)).join(' × ')}]`;
  const rows: [string, string][] = [
    ['format', format],
    ['size', size(bytes)],
    ['parameters', `${parameters.toLocaleString('en')} in ${tensorCount.toLocaleString('en')} tensors`],
    ...(inputs.length > 0 ? [['inputs', inputs.slice(0, 3).map(port).join(', ')] as [string, string]] : []),
    ...(outputs.length > 0 ? [['outputs', outputs.slice(0, 3).map(port).join(', ')] as [string, string]] : []),
    [runnable ? 'can be run' : 'cannot be run', why],
  ];
  const table = ['| | |', '| --- | --- |', ...rows.map(([key, value]) => `| ${key} | ${plain(value)} |`)].join('\n');
  return [`**${plain(name)}**`, ...hazards, table].join('\n\n');
}
