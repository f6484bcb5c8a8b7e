import { randomUUID } from 'node:crypto';
import { ShadowError } from '../../../../audit-core/shadows/engine';
import { type HttpAnswer, send } from './http';

/** What Ray says of a job (ray.job_submission.JobStatus). */
export type JobStatus = 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';

export interface JobRequest {
  readonly entrypoint: string;
  readonly workingDirectory: string;
  readonly modules: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Ray's job submission over HTTP (the dashboard's REST interface, `/api/jobs/`). The only network use of this program: one address, configured. */
export class RayClient {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly address: string,
    env: Readonly<Record<string, string | undefined>>,
    private readonly signal: AbortSignal,
    /** Milliseconds before a refused job is handed in again for the first time; then twice as long each time. */
    private readonly patience = 2000,
  ) {
    this.headers = headersOf(env);
  }

  /** Uploads a package once; answers its address for a runtime environment. */
  async upload(name: string, bytes: Uint8Array): Promise<string> {
    const path = `/api/packages/gcs/${name}`;
    const held = await this.send('GET', path, undefined, [404]);
    if (held.status === 404) await this.send('PUT', path, bytes);
    return `gcs://${name}`;
  }

  /** Hands a job in under its name. A cluster that has just started, or lost a node, refuses for a while: it is asked again for a minute. */
  async submit(id: string, job: JobRequest): Promise<void> {
    const body = {
      submission_id: id,
      entrypoint: job.entrypoint,
      runtime_env: {
        working_dir: job.workingDirectory,
        py_modules: job.modules,
        env_vars: job.environment,
      },
      metadata: { name: 'epsilint' },
    };
    for (let wait = this.patience; ; wait *= 2) {
      const last = wait > 16 * this.patience;
      const answer = await this.send('POST', '/api/jobs/', body, last ? [] : busy);
      if (answer.status < 300) break;
      // What was refused may have begun all the same.
      const held = await this.send('GET', `/api/jobs/${id}`, undefined, [404, ...busy]);
      if (held.status < 300) break;
      await new Promise(resolve => setTimeout(resolve, wait));
      this.signal.throwIfAborted();
    }
  }

  async status(id: string): Promise<JobStatus> {
    const answer = await this.send('GET', `/api/jobs/${encodeURIComponent(id)}`);
    const { status } = json(answer) as { status?: JobStatus };
    return status ?? 'PENDING';
  }

  async logs(id: string): Promise<string> {
    const answer = await this.send('GET', `/api/jobs/${encodeURIComponent(id)}/logs`, undefined, [404, 500]);
    if (answer.status !== 200) return '';
    const { logs } = json(answer) as { logs?: unknown };
    return typeof logs === 'string' ? logs : '';
  }

  /**
   * Stops a job; a job that has ended is no error. Works after the signal: that is when it is needed. A job that was being handed in
   * at that moment is known only a little later, and is asked for again.
   */
  async stop(id: string): Promise<void> {
    const address = `${this.address}/api/jobs/${encodeURIComponent(id)}/stop`;
    for (let tries = 0; tries < 5; tries++) {
      const answer = await send('POST', address, this.headers, new Uint8Array(0), { seconds: 10 }).catch(() => null);
      if (answer?.status !== 404) return;
      await new Promise(resolve => setTimeout(resolve, this.patience / 2));
    }
  }

  private async send(
    method: string,
    path: string,
    body?: object | Uint8Array,
    allowed: readonly number[] = [],
  ): Promise<HttpAnswer> {
    const bytes =
      body === undefined ? null : body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const type = bytes && !(body instanceof Uint8Array) ? { 'content-type': 'application/json' } : {};
    let answer: HttpAnswer;
    try {
      const limits = { signal: this.signal, seconds: 120 };
      answer = await send(method, `${this.address}${path}`, { ...this.headers, ...type }, bytes, limits);
    } catch {
      if (this.signal.aborted) throw this.signal.reason;
      throw new ShadowError(
        `Ray does not answer at ${this.address}; check the address of its dashboard and try again.`,
      );
    }
    if (answer.status >= 300 && !allowed.includes(answer.status)) {
      if (answer.body.includes('No available agent'))
        throw new ShadowError(
          `Ray at ${this.address} has no agent that takes jobs: its head runs, the job agents of its nodes do not. Try again when they do.`,
        );
      throw new ShadowError(
        `Ray at ${this.address} refused (${method} ${path.split('/').slice(0, 4).join('/')}: ${answer.status}).`,
      );
    }
    return answer;
  }
}

/** A name for a job, known before it is handed in, so that it can be stopped at any moment. */
export const newJobName = (): string => `epsilint-${randomUUID()}`;

/** Answers of a server that may answer better later. */
const busy = [500, 502, 503, 504];

function json({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ShadowError('Ray answered with something that is not JSON; is this the address of its dashboard?');
  }
}

/** The dashboard's address from the setting or `RAY_ADDRESS`: `http://head:8265`; of `ray://head:10001` and `head:6379` the host counts. */
export function dashboardAddress(
  configured: string | null,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const text = (configured ?? env.RAY_API_SERVER_ADDRESS ?? env.RAY_ADDRESS ?? '').trim();
  if (text === '' || text === 'auto' || text === 'local') return null;
  if (/^https?:\/\//.test(text)) return text.replace(/\/+$/, '');
  const host = /^(?:ray:\/\/)?(\[[^\]]+\]|[^:/]+)(?::\d+)?\/?$/.exec(text)?.[1];
  return host === undefined ? null : `http://${host}:8265`;
}

/** Headers that the cluster asks for: `RAY_JOB_HEADERS` (JSON) and `RAY_AUTH_TOKEN`, as Ray's own client reads them. */
function headersOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (env.RAY_AUTH_TOKEN) headers.authorization = `Bearer ${env.RAY_AUTH_TOKEN}`;
  if (!env.RAY_JOB_HEADERS) return headers;
  try {
    const given = JSON.parse(env.RAY_JOB_HEADERS) as Record<string, unknown>;
    for (const [name, value] of Object.entries(given)) headers[name] = String(value);
  } catch {
    throw new ShadowError('RAY_JOB_HEADERS is not valid JSON.');
  }
  return headers;
}
