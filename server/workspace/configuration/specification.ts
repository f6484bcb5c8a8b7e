import { parse as parseToml } from 'smol-toml';
import { type AuditEntry, auditEntry } from './schema';
import { nearest } from './suggest';

/** A specification that is no audit entry; one sentence. */
export class SpecificationError extends Error {}

/**
 * One audit entry from a file of its own: TOML or JSON with the keys of an `[[audit]]` entry at the top, or one `[[audit]]` (also under
 * `tool.epsilint`). null: the text is something else (a model that is stored as JSON).
 */
export function readSpecification(text: string, kind: 'toml' | 'json'): AuditEntry | null {
  let root: unknown;
  try {
    root = kind === 'json' ? JSON.parse(text.replace(/^\ufeff/, '')) : parseToml(text.replace(/^\ufeff/, ''));
  } catch {
    if (kind === 'json') return null;
    throw new SpecificationError('The specification is not valid TOML.');
  }
  const keys = Object.keys(auditEntry.shape);
  const section = sectionOf(root);
  // A model stored as JSON shares no key with an audit entry.
  if (kind === 'json' && !keys.some(key => isRecord(section) && key in section)) return null;
  const parsed = auditEntry.safeParse(section);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const meant = nearest(key, keys);
    throw new SpecificationError(
      `Unknown key "${key}" in the specification; ${meant ? `did you mean "${meant}"?` : `known keys: ${keys.join(', ')}.`}`,
    );
  }
  const name = issue?.path.map(String).join('.') ?? '';
  throw new SpecificationError(`${name ? `"${name}": ` : ''}${issue?.message ?? 'The specification cannot be used'}.`);
}

function sectionOf(root: unknown): unknown {
  if (!isRecord(root)) return root;
  const tool = isRecord(root.tool) && isRecord(root.tool.epsilint) ? root.tool.epsilint : root;
  if (!Array.isArray(tool.audit)) return tool === root ? root : {};
  if (tool.audit.length !== 1)
    throw new SpecificationError(
      `The file has ${tool.audit.length} audits; name the script or checkpoint of one of them instead.`,
    );
  return tool.audit[0];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
