/** Escapes text for HTML and SVG. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

/** A mapping from data to pixels along one axis. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

export function linearScale(
  low: number,
  high: number,
  from: number,
  to: number,
  ticks: readonly number[],
  label: (value: number) => string = String,
): Scale {
  const at = (value: number): number =>
    from + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (to - from);
  return { at, ticks: ticks.map(value => ({ value, label: label(value) })) };
}

/** Decades from `low` to 1; values below `low` sit on the edge. */
export function logScale(low: number, from: number, to: number): Scale {
  const bottom = Math.log10(low);
  const at = (value: number): number =>
    from + ((Math.max(bottom, Math.log10(Math.max(value, 1e-300))) - bottom) / -bottom) * (to - from);
  const ticks: { value: number; label: string }[] = [];
  for (let power = Math.ceil(bottom - 1e-9); power <= 0; power++) {
    const value = 10 ** power;
    ticks.push({ value, label: power >= -2 ? `${100 * value} %` : `${Number((100 * value).toPrecision(1))} %` });
  }
  return { at, ticks };
}

const px = (value: number): string => value.toFixed(1);

export const polyline = (points: readonly (readonly [number, number])[], className: string): string =>
  `<polyline class="${className}" fill="none" points="${points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')}"/>`;

export const polygon = (points: readonly (readonly [number, number])[], className: string): string =>
  `<polygon class="${className}" points="${points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')}"/>`;

export const bar = (x: number, y: number, width: number, height: number, className: string): string =>
  `<rect class="${className}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(Math.max(0, height))}"/>`;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const frame: Frame = { width: 640, height: 400, left: 72, right: 28, top: 36, bottom: 48 };

/** Average width of a character of the tick labels, in units of the picture. */
export const characterWidth = 6.6;

/** A chart with axes, gridlines and a legend; `description` is what a screen reader says. */
export function chart(options: {
  readonly title: string;
  readonly description: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly body: string;
  readonly legend: readonly { readonly label: string; readonly className: string }[];
}): string {
  const { width, height, left, right, top, bottom } = frame;
  const floor = height - bottom;
  const grid = [
    ...options.x.ticks.map(({ value, label }) => {
      const x = px(options.x.at(value));
      return `<line class="grid" x1="${x}" y1="${top}" x2="${x}" y2="${floor}"/><text class="tick" x="${x}" y="${floor + 18}" text-anchor="middle">${escapeHtml(label)}</text>`;
    }),
    ...options.y.ticks.map(({ value, label }) => {
      const y = options.y.at(value);
      return `<line class="grid" x1="${left}" y1="${px(y)}" x2="${width - right}" y2="${px(y)}"/><text class="tick" x="${left - 8}" y="${px(y + 4)}" text-anchor="end">${escapeHtml(label)}</text>`;
    }),
  ].join('');
  // One row above the plot: inside it, some curve always runs through it.
  let at = left;
  const legend = options.legend
    .map(({ label, className }) => {
      const key = `<g transform="translate(${px(at)},18)"><line class="${className} key" x1="0" x2="22" y1="-4" y2="-4"/><text class="tick" x="28">${escapeHtml(label)}</text></g>`;
      at += 52 + characterWidth * label.length;
      return key;
    })
    .join('');
  return `<figure><figcaption>${escapeHtml(options.title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(options.description)}"><title>${escapeHtml(options.title)}</title>${grid}<line class="axis" x1="${left}" y1="${floor}" x2="${width - right}" y2="${floor}"/><line class="axis" x1="${left}" y1="${top}" x2="${left}" y2="${floor}"/>${options.body}${legend}<text class="label" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(options.xLabel)}</text><text class="label" transform="translate(14,${(top + floor) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(options.yLabel)}</text></svg></figure>`;
}
