import * as z from 'zod';
import { ConfigurationFile } from './schema';

/** The published JSON schema of the configuration, as text of `docs/epsilint.schema.json`. */
export function publishedSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(ConfigurationFile, { target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'Epsilint', ...schema }, null, 2)}\n`;
}
