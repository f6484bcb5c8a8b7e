import type { EngineName, RaySettings } from '../workspace/shadows/shadow-audit';
import { UsageError } from './io';

/** The words of the command line about reference models. */
export interface ShadowOptions {
  readonly models: number;
  readonly engine: EngineName;
  readonly python: string | null;
  readonly workers: number | null;
  readonly timeLimit: number | null;
  readonly seed: number;
  readonly ray: Partial<RaySettings>;
}

const engines: readonly EngineName[] = ['embedded', 'process', 'ray'];

interface Values {
  readonly shadows?: string | undefined;
  readonly engine?: string | undefined;
  readonly python?: string | undefined;
  readonly workers?: string | undefined;
  readonly 'time-limit'?: string | undefined;
  readonly seed?: string | undefined;
  readonly 'ray-address'?: string | undefined;
  readonly 'ray-cpus'?: string | undefined;
  readonly 'ray-gpus'?: string | undefined;
  readonly 'ray-folder'?: string | undefined;
  readonly quick?: boolean | undefined;
  readonly scores?: string | undefined;
}

/** null where no reference models are asked for. */
export function parseShadows(values: Values): ShadowOptions | null {
  const engine = values.engine ?? 'embedded';
  if (!engines.includes(engine as EngineName))
    throw new UsageError(`--engine ${engine} is not one of ${engines.join(', ')}.`);
  if (values.shadows === undefined) {
    if (values.engine !== undefined) throw new UsageError('--engine wants --shadows K: how many reference models.');
    return null;
  }
  if (values.scores !== undefined)
    throw new UsageError('--scores brings its reference models; --shadows trains new ones. Give one of them.');
  if (values.quick) throw new UsageError('--quick audits the checkpoint alone; leave it out with --shadows.');
  const models = whole('--shadows', values.shadows, 8, 1024);
  if (models % 2 === 1)
    throw new UsageError('--shadows wants an even number: every person is in exactly half of the models.');
  return {
    models,
    engine: engine as EngineName,
    python: values.python ?? null,
    workers: values.workers === undefined ? null : whole('--workers', values.workers, 1, 1024),
    timeLimit: values['time-limit'] === undefined ? null : whole('--time-limit', values['time-limit'], 1, 30 * 86400),
    seed: values.seed === undefined ? 0 : whole('--seed', values.seed, 0, 2 ** 31 - 1),
    ray: {
      ...(values['ray-address'] !== undefined && { address: values['ray-address'] }),
      ...(values['ray-cpus'] !== undefined && { cpus: share('--ray-cpus', values['ray-cpus']) }),
      ...(values['ray-gpus'] !== undefined && { gpus: share('--ray-gpus', values['ray-gpus']) }),
      ...(values['ray-folder'] !== undefined && { folder: values['ray-folder'] }),
    },
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new UsageError(`${name} ${text}: a whole number from ${least} to ${most} is needed.`);
  return value;
}

/** Ray gives out parts of a processor too. */
function share(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1024))
    throw new UsageError(`${name} ${text}: a number from 0 to 1024 is needed.`);
  return value;
}
