// The JSON Schemas of what sanscope writes.

import { TIMELINE_JSON_SCHEMA } from './timeline/schema.js';
import type { Schema } from './timeline/schema-words.js';

/** Every schema by its name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  'sanscope/timeline/1': TIMELINE_JSON_SCHEMA,
};

export function schemaText(schema: Schema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
