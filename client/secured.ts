/**
 * A page with a content security policy of its own: nothing from the network, styles as written, pictures from data
 * addresses, and only the scripts that the page came with, by nonce.
 */
export function secured(html: string, cspSource: string, nonce: string): string {
  const policy = [
    `default-src 'none'`,
    `img-src data: ${cspSource}`,
    `style-src 'unsafe-inline' ${cspSource}`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const scripts = html.replace(/<script(?![^>]*\bnonce=)/gi, `<script nonce="${nonce}"`);
  const without = scripts.replace(/<meta[^>]*http-equiv=["']Content-Security-Policy["'][^>]*>/gi, '');
  return /<head[^>]*>/i.test(without) ? without.replace(/<head[^>]*>/i, head => `${head}${meta}`) : `${meta}${without}`;
}
