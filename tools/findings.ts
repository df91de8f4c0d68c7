// Writes docs/FINDINGS.md from the rules: node --import tsx tools/findings.ts

import { writeFileSync } from 'node:fs';
import { findingsText } from '../test/support/findings-text.js';

writeFileSync(new URL('../docs/FINDINGS.md', import.meta.url), findingsText());
