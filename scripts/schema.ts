// Writes docs/epsilint.schema.json from the configuration's own schema: `node --import tsx scripts/schema.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchema } from '../server/workspace/configuration/published';

writeFileSync(join(__dirname, '..', 'docs', 'epsilint.schema.json'), publishedSchema());
