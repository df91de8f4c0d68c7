// Writes schema/*.json from src/export/schema.ts: node --import tsx tools/schema.ts

import { writeFileSync } from 'node:fs';
import { SCHEMAS, schemaText } from '../src/export/schema.js';

for (const [name, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(new URL(`../schema/${schemaFile(name)}`, import.meta.url), schemaText(schema));
}

/** `sanscope/timeline/1` → `timeline-1.json`. */
function schemaFile(name: string): string {
  return `${name.split('/').slice(1).join('-')}.json`;
}
