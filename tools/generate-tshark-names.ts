// Asks tshark which of its SCSI fields stand for the same bits as ours, over the capture of all
// samples (test/support/scsi-samples.ts), and writes src/wire/scsi/tables/tshark-names.ts.
// Run by hand where tshark is installed; test/wire/scsi-tshark.test.ts compares.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFile } from '../test/support/capture.js';
import { judge } from '../test/support/scsi-judge.js';
import { scsiSampleCapture } from '../test/support/scsi-samples.js';

const OUT = join(
  dirname(fileURLToPath(import.meta.url)),
  '../src/wire/scsi/tables/tshark-names.ts',
);

async function main(): Promise<void> {
  const { names } = await judge(temporaryFile(scsiSampleCapture(), 'scsi.pcap'));
  const rows = [...names].map(([name, ours]) => `${name}|${[...ours].sort().join(',')}`).sort();
  const head =
    '// Made by tools/generate-tshark-names.ts: do not edit.\n// tshark’s field|our names\n';
  writeFileSync(OUT, `${head}\nexport const TSHARK_NAME_ROWS = \`\n${rows.join('\n')}\n\`;\n`);
}

void main();
