import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One HTTP request. Not `fetch`: it marks its requests as a browser's (`sec-fetch-mode`), and Ray's dashboard refuses to be written to by
 * browsers. Rejects when nothing answers within `seconds`, or on abort.
 */
export function send(
  method: string,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | null,
  { signal, seconds }: { readonly signal?: AbortSignal; readonly seconds: number },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.byteLength) } : {};
    const asked = (address.startsWith('https:') ? secure : plain)(
      address,
      { method, headers: { ...headers, ...length }, timeout: seconds * 1000, ...(signal && { signal }) },
      answer => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }));
        answer.on('error', reject);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
}
