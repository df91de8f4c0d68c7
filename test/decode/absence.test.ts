// What is said to be cut, missing or more than is kept is so: every PDU of shipped captures, whole ones
// and those that snaplen cut.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { pduParts } from '../../src/decode/octets.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { DIGEST_UNKNOWN } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { hexLines } from '../../src/view/hex-lines.js';
import { treeLines } from '../../src/view/tree-lines.js';
import { walkTree } from '../../src/wire/tree.js';

async function everyPdu(file: string, take: (facts: PduFacts) => void): Promise<number> {
  let count = 0;
  const reader = new PduReader({
    details: true,
    take: (facts) => {
      count++;
      take(facts);
    },
  });
  await analyse([file], { taskSink: reader, pduSink: reader, look: reader.look });
  return count;
}

/** Bytes that the capture does not hold, of the PDU's data; -1: of what else belongs to it. */
function lacks({ pdu, joined }: PduFacts): number {
  if (pdu.headerCaptured < 48 || pdu.ahsKept < pdu.ahsLength || !pdu.complete) return -1;
  if (pdu.headerDigest === DIGEST_UNKNOWN || pdu.dataDigest === DIGEST_UNKNOWN) return -1;
  if (joined !== undefined && joined.there < joined.end) return -1;
  return pdu.dataMissing + pdu.dataCut;
}

for (const file of [
  'tgt-mixed-load.pcap.gz',
  'tgt-mixed-load-snaplen160.pcap.gz',
  'istgt-many-r2ts.pcap.gz',
  'tgt-mid-stream.pcap.gz',
]) {
  test(`${file}: nothing whole is called cut or missing, nothing absent is called hidden`, async () => {
    let said = 0;
    const count = await everyPdu(`captures/${file}`, (facts) => {
      const { pdu } = facts;
      const lacking = lacks(facts);
      for (const node of walkTree(facts.tree())) {
        if (node.kind === 'truncated') {
          said++;
          assert.not.equal(lacking, 0, `frame ${pdu.frame}: ${node.label} ${node.meaning}`);
          if (node.label === 'cut') assert.ok(pdu.dataCut > 0 || lacking < 0);
          if (node.label === 'missing') assert.ok(pdu.dataMissing > 0 || lacking < 0);
        }
        if (node.kind === 'limit' && lacking > 0) {
          assert.ok(pdu.dataKept + lacking < pdu.dataSegmentLength, `frame ${pdu.frame}`);
        }
      }
      const words = [
        ...treeLines(facts.tree(), { showSecrets: false }),
        ...hexLines(pduParts(facts, false)),
      ].map((cells) => cells.map((one) => one.text).join(''));
      const hides = words.some((line) => line.includes('hidden'));
      if (hides && lacking >= 0) assert.ok(lacking < pdu.dataSegmentLength, `frame ${pdu.frame}`);
      const uncaptured = words.some((line) => /not captured/.test(line));
      if (uncaptured && lacking >= 0) assert.ok(lacking > 0 || facts.task?.commandSeen === false);
    });
    assert.ok(count > 100);
    assert.is(said > 0, /snaplen|mid-stream/.test(file));
  });
}

test.run();
