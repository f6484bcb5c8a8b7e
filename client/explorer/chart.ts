import { LineChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { figure } from '../budget-model';

use([LineChart, ScatterChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, SVGRenderer]);

export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [value: number, epsilon: number | null])[];
  readonly now: readonly [value: number, epsilon: number | null];
  readonly target: number;
}

/** A colour of the editor's theme; it changes with the theme, so it is asked for at each drawing. */
const colour = (name: string, otherwise: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim() || otherwise;

/** The curve of ε on logarithmic axes, drawn as SVG: sharp at any zoom, and exported as it is. */
export class Chart {
  private readonly chart;

  constructor(private readonly element: HTMLElement) {
    this.chart = init(element, null, { renderer: 'svg' });
    new ResizeObserver(() => this.chart.resize()).observe(element);
  }

  draw({ label, points, now, target }: Curve): void {
    const text = colour('foreground', '#333');
    const faint = colour('descriptionForeground', '#777');
    const grid = colour('editorWidget-border', '#ccc');
    const axis = { axisLine: { lineStyle: { color: faint } }, axisLabel: { color: text, formatter: figure } };
    const split = { splitLine: { lineStyle: { color: grid } } };
    this.chart.setOption(
      {
        animation: false,
        aria: { enabled: true, label: { description: `ε over ${label}; the values stand in the table below.` } },
        grid: { left: 56, right: 24, top: 28, bottom: 44 },
        tooltip: {
          trigger: 'axis',
          backgroundColor: colour('editorHoverWidget-background', '#fff'),
          borderColor: colour('editorHoverWidget-border', '#999'),
          textStyle: { color: text },
          valueFormatter: (value: unknown) => `ε = ${figure(typeof value === 'number' ? value : null)}`,
        },
        xAxis: {
          type: 'log',
          name: label,
          nameLocation: 'middle',
          nameGap: 28,
          nameTextStyle: { color: text },
          min: 'dataMin',
          max: 'dataMax',
          ...axis,
          ...split,
        },
        yAxis: { type: 'log', name: 'ε', nameTextStyle: { color: text }, ...axis, ...split },
        series: [
          {
            type: 'line',
            name: 'ε',
            data: points.filter(([, epsilon]) => epsilon !== null && epsilon > 0),
            showSymbol: false,
            lineStyle: { width: 2, color: colour('charts-blue', '#1a85ff') },
            itemStyle: { color: colour('charts-blue', '#1a85ff') },
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { type: 'dashed', color: colour('charts-green', '#388a34') },
              label: { formatter: `target ε = ${figure(target)}`, color: text, position: 'insideEndTop' },
              data: [{ yAxis: target }],
            },
          },
          {
            type: 'scatter',
            name: 'now',
            symbolSize: 11,
            data: now[1] === null ? [] : [[now[0], now[1]]],
            itemStyle: { color: colour('charts-red', '#e51400'), borderColor: text, borderWidth: 1 },
            tooltip: { show: false },
          },
        ],
      },
      { notMerge: true },
    );
  }

  /** The picture as a file of its own, on the editor's ground. */
  svg(): string {
    const drawn = this.element.querySelector('svg');
    if (!drawn) return '';
    const copy = drawn.cloneNode(true) as SVGSVGElement;
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    ground.setAttribute('width', '100%');
    ground.setAttribute('height', '100%');
    ground.setAttribute('fill', colour('editor-background', '#fff'));
    copy.prepend(ground);
    return new XMLSerializer().serializeToString(copy);
  }

  /** The picture as a PNG of twice its size on the screen, as a data address. */
  async png(): Promise<string> {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(this.svg())}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * this.element.clientWidth;
    canvas.height = 2 * this.element.clientHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png');
  }
}
