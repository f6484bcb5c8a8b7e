import { basename } from 'node:path';
import type { Target } from '../../protocol';
import { pathOf, type Session } from '../session';

/** `epsilint/targets`: what could be audited, best first: the checkpoints of open scripts, then files in the folders. */
export async function targets(session: Session): Promise<Target[]> {
  const out: Target[] = [];
  const seen = new Set<string>();
  const modules = new Set<string>();
  for (const document of session.documents.all()) {
    const analysed = await session.analysed(document.uri);
    if (!analysed || modules.has(analysed.module.uri)) continue;
    modules.add(analysed.module.uri);
    const script = basename(pathOf(analysed.module.uri) ?? analysed.module.uri);
    for (const place of analysed.analysis.checkpoints) {
      if (place.path === null || seen.has(place.path)) continue;
      seen.add(place.path);
      out.push({
        label: basename(place.path),
        description: `${place.kind === 'save' ? 'saved' : 'loaded'} by ${script}`,
        target: { uri: document.uri, checkpoint: place.path },
      });
    }
  }
  if (session.trusted)
    for (const path of await session.host.findCheckpoints(session.folders))
      if (!seen.has(path)) out.push({ label: basename(path), description: path, target: { checkpoint: path } });
  return out;
}
