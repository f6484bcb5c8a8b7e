/** ε after so many epochs. */
export interface EpochPoint {
  readonly epoch: number;
  readonly epsilon: number;
}

const width = 340;
const height = 130;
const box = { left: 44, right: 12, top: 12, bottom: 24 };

/**
 * A small chart of ε over the epochs, as an image for Markdown: colours that stand out on light, dark and high-contrast grounds alike,
 * since an image does not see the editor's theme. The alternative text says the figures. Empty where there is nothing to draw.
 */
export function epochChart(points: readonly EpochPoint[]): string {
  const shown = points.filter(({ epsilon }) => Number.isFinite(epsilon) && epsilon > 0);
  const first = shown[0];
  const last = shown.at(-1);
  if (!first || !last || shown.length < 2) return '';
  const most = Math.max(...shown.map(({ epsilon }) => epsilon));
  const x = (epoch: number): number =>
    box.left + ((width - box.left - box.right) * (epoch - first.epoch)) / Math.max(1e-9, last.epoch - first.epoch);
  const y = (epsilon: number): number => height - box.bottom - ((height - box.top - box.bottom) * epsilon) / most;
  const at = (value: number): string => value.toFixed(1);
  const line = shown.map(({ epoch, epsilon }) => `${at(x(epoch))},${at(y(epsilon))}`).join(' ');
  const text = (left: number, top: number, anchor: string, words: string): string =>
    `<text x="${at(left)}" y="${at(top)}" text-anchor="${anchor}" font-family="sans-serif" font-size="11" fill="#888">${words}</text>`;
  const bottom = height - box.bottom;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<path d="M${box.left} ${box.top}V${bottom}H${width - box.right}" fill="none" stroke="#888"/>`,
    `<polyline points="${line}" fill="none" stroke="#2f8fe0" stroke-width="2"/>`,
    `<circle cx="${at(x(last.epoch))}" cy="${at(y(last.epsilon))}" r="3.5" fill="#e0672f"/>`,
    text(box.left - 6, y(most) + 4, 'end', figure(most)),
    text(box.left - 6, bottom, 'end', '0'),
    text(box.left, height - 8, 'start', figure(first.epoch)),
    text(width - box.right, height - 8, 'end', `${figure(last.epoch)} epochs`),
    text(box.left + 6, box.top + 4, 'start', 'ε'),
    '</svg>',
  ].join('');
  const words = `ε after each epoch: ${figure(first.epsilon)} after ${figure(first.epoch)}, ${figure(last.epsilon)} after ${figure(last.epoch)}`;
  return `![${words}](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}|width=${width},height=${height})`;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));
