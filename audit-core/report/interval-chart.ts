import type { AttackResult, AuditResult } from '../audit/result';
import { characterWidth, escapeHtml } from './svg';
import { area, attackTitle, range } from './words';

const width = 640;
const [right, top, step] = [24, 22, 24] as const;

/** The AUC of every attack with its 95 % interval, records and people (mean of a person's records) beside each other. */
export function intervalChart(result: AuditResult): string {
  const rows = result.attacks.filter(({ join }) => join === null || join === 'mean');
  if (rows.length === 0) return '';
  const ends = rows.flatMap(({ auc }) => [auc.low, auc.high, 0.5]);
  const low = Math.max(0, Math.floor(20 * Math.min(...ends)) / 20);
  const high = Math.min(1, Math.ceil(20 * Math.max(...ends)) / 20);
  const left = 24 + characterWidth * Math.max(...rows.map(attack => attackTitle(attack).length));
  const x = (value: number): number => left + ((value - low) / (high - low)) * (width - left - right);
  const floor = top + rows.length * step;
  const every = high - low > 0.31 ? 0.1 : 0.05;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / every - 1e-9) * every; tick <= high + 1e-9; tick += every)
    ticks.push(Number(tick.toFixed(2)));
  const grid = ticks
    .map(tick => {
      const at = x(tick).toFixed(1);
      return `<line class="grid" x1="${at}" y1="${top - 8}" x2="${at}" y2="${floor}"/><text class="tick" x="${at}" y="${floor + 18}" text-anchor="middle">${tick}</text>`;
    })
    .join('');
  const half = x(0.5).toFixed(1);
  const body = rows.map((attack, index) => line(attack, top + index * step + 8, left, x)).join('');
  const described = rows
    .map(attack => `${attackTitle(attack)} ${area(attack.auc.value)} (${range(attack.auc)})`)
    .join('; ');
  return `<figure><figcaption>How well each attack tells the two sides apart: AUC with 95 % interval</figcaption><svg viewBox="0 0 ${width} ${floor + 44}" role="img" aria-label="${escapeHtml(`AUC by attack. ${described}.`)}"><title>AUC by attack</title>${grid}<line class="chance" x1="${half}" y1="${top - 8}" x2="${half}" y2="${floor}"/>${body}<text class="label" x="${(left + width - right) / 2}" y="${floor + 38}" text-anchor="middle">AUC (½ is a coin toss)</text></svg></figure>`;
}

function line(attack: AttackResult, y: number, left: number, x: (value: number) => number): string {
  const kind = attack.level === 'person' ? ' person' : '';
  const { value, low, high } = attack.auc;
  return `<text class="tick" x="${left - 12}" y="${y + 4}" text-anchor="end">${escapeHtml(attackTitle(attack))}</text><line class="ci${kind}" x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y}" y2="${y}"/><circle class="point${kind}" cx="${x(value).toFixed(1)}" cy="${y}" r="4"><title>${escapeHtml(`${attackTitle(attack)}: ${area(value)} (${range(attack.auc)})`)}</title></circle>`;
}
