// Asks tshark for its fields of iSCSI and SCSI and writes those that no filter here knows:
// src/filter/tables/tshark-only.ts. By hand where tshark is installed, after
// tools/generate-tshark-names.ts.

import { writeFileSync } from 'node:fs';
import { packed } from '../src/filter/tshark-only.js';
import { tsharkOnly } from '../test/support/tshark-only.js';

const OUT = new URL('../src/filter/tables/tshark-only.ts', import.meta.url);
const HEAD = '// Made by tools/generate-tshark-only.ts: do not edit.\n// prefix: what follows it\n';

writeFileSync(OUT, `${HEAD}\nexport const TSHARK_ONLY = \`\n${packed(tsharkOnly())}\`;\n`);
