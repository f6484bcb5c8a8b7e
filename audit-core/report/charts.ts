import type { AuditResult, Charts } from '../audit/result';
import { published } from './published';
import { bar, chart, frame, linearScale, logScale, polygon, polyline } from './svg';
import { area, attackNames, percent, range } from './words';

const { width, height, left, right, top, bottom } = frame;
const plot = { left, right: width - right, top, bottom: height - bottom };

/** The ROC on log axes with the band of the first attack. */
export function rocChart(charts: Charts, result: AuditResult): string {
  const first = charts.roc[0];
  if (!first || first.points.length === 0) return '';
  const low = 10 ** Math.floor(Math.log10(first.points[0]!.fpr) + 1e-9);
  const x = logScale(low, plot.left, plot.right);
  const y = logScale(low, plot.bottom, plot.top);
  const band = [
    ...first.points.map(({ fpr, high }) => [x.at(fpr), y.at(high)] as const),
    ...first.points.toReversed().map(({ fpr, low: lower }) => [x.at(fpr), y.at(lower)] as const),
  ];
  const lines = charts.roc.map(({ points }, index) =>
    polyline(
      points.map(({ fpr, tpr }) => [x.at(fpr), y.at(tpr)] as const),
      `line s${index}`,
    ),
  );
  const marks = (result.attacks[0]?.tpr ?? []).map(({ fpr, tpr, low: lower, high }) => {
    const at = x.at(fpr).toFixed(1);
    return `<line class="whisker" x1="${at}" x2="${at}" y1="${y.at(lower).toFixed(1)}" y2="${y.at(high).toFixed(1)}"/><circle class="dot" cx="${at}" cy="${y.at(tpr).toFixed(1)}" r="3.5"><title>TPR ${percent(tpr)} at FPR ≤ ${percent(fpr)}</title></circle>`;
  });
  const chance = polyline([[x.at(low), y.at(low)] as const, [x.at(1), y.at(1)] as const], 'chance');
  const headline = result.attacks[0];
  return chart({
    title: 'Members found (TPR) against non-members accused (FPR), log axes',
    description: headline
      ? `ROC curve. AUC ${area(headline.auc.value)}, 95 percent interval ${range(headline.auc)}. ${headline.tpr.map(({ fpr, tpr }) => `True positive rate ${percent(tpr)} at false positive rate ${percent(fpr)}`).join('; ')}.`
      : 'ROC curve.',
    x,
    y,
    xLabel: 'False positive rate',
    yLabel: 'True positive rate',
    body: `${polygon(band, 'band')}${chance}${lines.join('')}${marks.join('')}`,
    legend: [
      ...charts.roc.map(({ name }, index) => ({ label: attackNames[name] ?? name, className: `line s${index}` })),
      { label: 'Coin toss', className: 'chance' },
    ],
  });
}

/** Score distributions of the two sides. */
export function distributionChart(charts: Charts): string {
  const { distribution } = charts;
  if (!distribution) return '';
  const { edges, members, nonMembers } = distribution;
  const [low, high] = [edges[0]!, edges.at(-1)!];
  const highest = Math.max(...members, ...nonMembers, 1e-9);
  const x = linearScale(low, high, plot.left, plot.right, ticksOf(low, high, 6));
  const y = linearScale(0, highest, plot.bottom, plot.top, ticksOf(0, highest, 4), percent);
  const bars = (shares: readonly number[], className: string): string =>
    shares
      .map((share, index) =>
        bar(
          x.at(edges[index]!),
          y.at(share),
          x.at(edges[index + 1]!) - x.at(edges[index]!),
          plot.bottom - y.at(share),
          className,
        ),
      )
      .join('');
  return chart({
    title: 'How sure the model is of the right answer',
    description:
      'Histogram of logit-scaled confidence for members and non-members; where the two differ, membership shows.',
    x,
    y,
    xLabel: 'Logit-scaled confidence in the label',
    yLabel: 'Share of records',
    body: bars(nonMembers, 'bar b0') + bars(members, 'bar b1'),
    legend: [
      { label: 'Members', className: 'line k1' },
      { label: 'Non-members', className: 'line k0' },
    ],
  });
}

/** Survival of people over exposure, the null and the seven published sets as shares. */
export function survivalChart(charts: Charts, result: AuditResult): string {
  const { survival } = charts;
  if (!survival || !result.exposure) return '';
  const x = linearScale(0.5, 1, plot.left, plot.right, [0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  const floor = 1e-4;
  const y = logScale(floor, plot.bottom, plot.top);
  const line = (counts: readonly number[], total: number, className: string): string =>
    polyline(
      counts.flatMap((count, index) =>
        count / total >= floor ? [[x.at(survival.auc[index]!), y.at(count / total)] as const] : [],
      ),
      className,
    );
  const bars = [0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
  const sets = published.map(({ people, counts, name }) => ({
    name,
    points: counts.flatMap((count, index) =>
      count / people >= floor ? [[x.at(bars[index]!), y.at(count / people)] as const] : [],
    ),
  }));
  const others = sets.map(({ name, points }) => `<g><title>${name}</title>${polyline(points, 'other')}</g>`).join('');
  const edge = (counts: readonly number[]) =>
    counts.map((count, index) => [x.at(survival.auc[index]!), y.at(count / survival.total)] as const);
  const band = polygon([...edge(survival.high), ...edge(survival.low).toReversed()], 'null-band');
  return chart({
    title: 'Share of people whose largest record AUC reaches the bar',
    description: `Survival curve. ${result.exposure.survival.map(({ threshold, people }) => `${people} at ${threshold} or above`).join('; ')}.`,
    x,
    y,
    xLabel: 'Largest record AUC of a person',
    yLabel: 'Share of people',
    body: `${band}${others}${namesOf(sets)}${line(survival.null, survival.total, 'chance')}${line(survival.people, survival.total, 'line s0')}`,
    legend: [
      { label: 'This model', className: 'line s0' },
      { label: 'By chance, with 95 % of permuted masks', className: 'chance' },
      { label: 'Published sets', className: 'other' },
    ],
  });
}

/** The names of the published sets where their curves end, apart from each other. */
function namesOf(
  sets: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[],
): string {
  const ends = sets.flatMap(({ name, points }) => (points.length > 0 ? [{ name, at: points.at(-1)! }] : []));
  const placed: { x: number; y: number }[] = [];
  return ends
    .sort((a, b) => a.at[1] - b.at[1])
    .map(({ name, at: [endX, endY] }) => {
      const before = endX > plot.right - 90;
      let at = endY + (before ? -5 : 4);
      while (placed.some(other => Math.abs(other.x - endX) < 90 && Math.abs(other.y - at) < 11)) at += 11;
      placed.push({ x: endX, y: at });
      const place = before ? `x="${(endX - 6).toFixed(1)}" text-anchor="end"` : `x="${(endX + 6).toFixed(1)}"`;
      return `<text class="name" ${place} y="${Math.min(at, plot.bottom - 3).toFixed(1)}">${name}</text>`;
    })
    .join('');
}

/** Round values between two ends, at most `count` steps apart. */
function ticksOf(low: number, high: number, count: number): number[] {
  const step = niceStep((high - low) / count);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)));
}

function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find(each => each * power >= raw) ?? 10) * power;
}
