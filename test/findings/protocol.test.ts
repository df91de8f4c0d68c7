// Rules of the protocol that one side breaks (rows 4 to 6 and 10 to 12 of the field guide's table): each
// broken once, and once just kept.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FieldValue } from '../support/build.js';
import { Dialogue, type Pairs } from '../support/dialogue.js';
import { found, MS } from '../support/found.js';

type Fields = Record<string, FieldValue>;

/** What both sides offer and answer, so that nothing is left to defaults. */
const AGREED: Pairs = [
  ['InitialR2T', 'Yes'],
  ['ImmediateData', 'Yes'],
  ['MaxBurstLength', '4096'],
  ['FirstBurstLength', '1024'],
  ['MaxOutstandingR2T', '1'],
  ['DataPDUInOrder', 'Yes'],
  ['DataSequenceInOrder', 'Yes'],
  ['ErrorRecoveryLevel', '0'],
  ['MaxRecvDataSegmentLength', '2048'],
];

class Script {
  readonly d: Dialogue;
  now: number;
  tag = 0;

  constructor(more: Pairs = [], of: ConstructorParameters<typeof Dialogue>[0] = {}) {
    this.d = new Dialogue(of);
    const keys = new Map([...AGREED, ...more]);
    const agreed = [...keys] as unknown as Pairs;
    this.now = this.d.login(0, agreed, agreed) + MS;
    this.d.midStream();
  }

  command(fields: Fields, bytes = 0): this {
    this.tag = this.d.nextTag();
    const command = { initiatorTaskTag: this.tag, lun: this.d.options.lun, ...fields };
    const data = bytes > 0 ? new Uint8Array(bytes) : undefined;
    this.d.say('scsi-command', command, this.now, { data, advance: 'cmdSN' });
    return this.next();
  }

  read(length: number): this {
    return this.command({ read: 1, expectedDataTransferLength: length, cdb: '2800' });
  }

  write(length: number, bytes = 0, fields: Fields = {}): this {
    const of = { write: 1, expectedDataTransferLength: length, cdb: '2a00', ...fields };
    return this.command(of, bytes);
  }

  dataIn(bufferOffset: number, length: number, fields: Fields = {}): this {
    const of = { initiatorTaskTag: this.tag, bufferOffset, statSN: 0, ...fields };
    this.d.say('data-in', of, this.now, { data: new Uint8Array(length) });
    return this.next();
  }

  dataOut(bufferOffset: number, length: number, fields: Fields = {}): this {
    const of = { initiatorTaskTag: this.tag, bufferOffset, ...fields };
    this.d.say('data-out', of, this.now, { data: new Uint8Array(length) });
    return this.next();
  }

  r2t(bufferOffset: number, desiredDataTransferLength: number, fields: Fields = {}): this {
    const of = { initiatorTaskTag: this.tag, bufferOffset, desiredDataTransferLength, ...fields };
    this.d.say('r2t', { targetTransferTag: 7, ...of }, this.now);
    return this.next();
  }

  status(fields: Fields = {}): this {
    const of = { initiatorTaskTag: this.tag, ...fields };
    this.d.say('scsi-response', of, this.now, { advance: 'statSN' });
    return this.next();
  }

  private next(): this {
    this.now += MS;
    return this;
  }
}

const start = (more: Pairs = []) => new Script(more);
const twoReads = (statSN: number) =>
  start().read(512).dataIn(0, 512).status().read(0).status({ statSN });

/** Finding, what breaks its rule, what comes near and does not. */
const CASES: readonly [id: string, breaks: () => Script, keeps: () => Script][] = [
  [
    'statsn-gap',
    () => twoReads(5).read(0).status({ statSN: 6 }),
    () => twoReads(3).read(0).status({ statSN: 4 }),
  ],
  ['statsn-repeated', () => twoReads(2), () => twoReads(3)],
  [
    'statsn-never-sent',
    () =>
      start()
        .read(0)
        .status()
        .command({ read: 1, expectedDataTransferLength: 512, expStatSN: 9 })
        .dataIn(0, 512)
        .status(),
    () =>
      start()
        .read(0)
        .status()
        .command({ read: 1, expectedDataTransferLength: 512, expStatSN: 3 })
        .dataIn(0, 512)
        .status(),
  ],
  [
    'datasn-gap',
    () => start().read(1024).dataIn(0, 512, { final: 0 }).dataIn(512, 512, { dataSN: 2 }).status(),
    () => start().read(1024).dataIn(0, 512, { final: 0 }).dataIn(512, 512, { dataSN: 1 }).status(),
  ],
  [
    'r2tsn-gap',
    () =>
      start()
        .write(1024)
        .r2t(0, 1024, { r2tSN: 1 })
        .dataOut(0, 1024, { targetTransferTag: 7 })
        .status(),
    () =>
      start()
        .write(1024)
        .r2t(0, 1024, { r2tSN: 0 })
        .dataOut(0, 1024, { targetTransferTag: 7 })
        .status(),
  ],
  [
    'offset-hole',
    () => start().read(1536).dataIn(0, 512, { final: 0 }).dataIn(1024, 512, { dataSN: 1 }).status(),
    () => start().read(1536).dataIn(0, 512, { final: 0 }).dataIn(512, 1024, { dataSN: 1 }).status(),
  ],
  [
    'data-out-order',
    () =>
      start()
        .write(1024)
        .r2t(0, 1024)
        .dataOut(512, 512, { targetTransferTag: 7, final: 0 })
        .dataOut(0, 512, { targetTransferTag: 7, dataSN: 1 })
        .status(),
    () =>
      start()
        .write(1024)
        .r2t(0, 1024)
        .dataOut(0, 512, { targetTransferTag: 7, final: 0 })
        .dataOut(512, 512, { targetTransferTag: 7, dataSN: 1 })
        .status(),
  ],
  [
    'r2t-order',
    () =>
      start()
        .write(2048)
        .r2t(1024, 1024)
        .dataOut(1024, 1024, { targetTransferTag: 7 })
        .r2t(0, 1024, { r2tSN: 1, targetTransferTag: 8 })
        .dataOut(0, 1024, { targetTransferTag: 8 })
        .status(),
    () =>
      start()
        .write(2048)
        .r2t(0, 1024)
        .dataOut(0, 1024, { targetTransferTag: 7 })
        .r2t(1024, 1024, { r2tSN: 1, targetTransferTag: 8 })
        .dataOut(1024, 1024, { targetTransferTag: 8 })
        .status(),
  ],
  [
    'r2ts-out-of-turn',
    () =>
      start([['MaxOutstandingR2T', '2']])
        .write(2048)
        .r2t(0, 1024)
        .r2t(1024, 1024, { r2tSN: 1, targetTransferTag: 8 })
        .dataOut(1024, 1024, { targetTransferTag: 8 })
        .dataOut(0, 1024, { targetTransferTag: 7 })
        .status(),
    () =>
      start([['MaxOutstandingR2T', '2']])
        .write(2048)
        .r2t(0, 1024)
        .r2t(1024, 1024, { r2tSN: 1, targetTransferTag: 8 })
        .dataOut(0, 1024, { targetTransferTag: 7 })
        .dataOut(1024, 1024, { targetTransferTag: 8 })
        .status(),
  ],
  [
    'expdatasn-mismatch',
    () => start().read(512).dataIn(0, 512).status({ expDataSN: 2 }),
    () => start().read(512).dataIn(0, 512).status({ expDataSN: 1 }),
  ],
  [
    'expdatasn-unset',
    () => start().read(512).dataIn(0, 512).status({ expDataSN: 0 }),
    () => start().read(512).dataIn(0, 512).status({ expDataSN: 1 }),
  ],
  [
    'r2t-exceeded',
    () => start().write(2048).r2t(0, 1024).dataOut(0, 2048, { targetTransferTag: 7 }).status(),
    () => start().write(2048).r2t(0, 2048).dataOut(0, 2048, { targetTransferTag: 7 }).status(),
  ],
  [
    'r2t-not-met',
    () => start().write(1024).r2t(0, 1024).dataOut(0, 512, { targetTransferTag: 7 }).status(),
    () => start().write(1024).r2t(0, 1024).dataOut(0, 1024, { targetTransferTag: 7 }).status(),
  ],
  [
    'data-beyond-command',
    () => start().read(512).dataIn(0, 516).status(),
    () => start().read(516).dataIn(0, 516).status(),
  ],
  [
    'first-burst-exceeded',
    () =>
      start()
        .write(2048, 1028)
        .r2t(1028, 1020)
        .dataOut(1028, 1020, { targetTransferTag: 7 })
        .status(),
    () =>
      start()
        .write(2048, 1024)
        .r2t(1024, 1024)
        .dataOut(1024, 1024, { targetTransferTag: 7 })
        .status(),
  ],
  [
    'unsolicited-not-allowed',
    () =>
      start([['ImmediateData', 'No']])
        .write(512, 512)
        .status(),
    () => start().write(512, 512).status(),
  ],
  [
    'max-burst-exceeded',
    () => start().write(8192).r2t(0, 4100).status(),
    () => start().write(8192).r2t(0, 4096).status(),
  ],
  [
    'data-in-burst-too-long',
    () =>
      start()
        .read(6144)
        .dataIn(0, 2048, { final: 0 })
        .dataIn(2048, 2048, { final: 0, dataSN: 1 })
        .dataIn(4096, 2048, { dataSN: 2 })
        .status(),
    () =>
      start()
        .read(6144)
        .dataIn(0, 2048, { final: 0 })
        .dataIn(2048, 2048, { final: 1, dataSN: 1 })
        .dataIn(4096, 2048, { dataSN: 2 })
        .status(),
  ],
  [
    'r2ts-too-many',
    () =>
      start().write(2048).r2t(0, 1024).r2t(1024, 1024, { r2tSN: 1, targetTransferTag: 8 }).status(),
    () =>
      start([['MaxOutstandingR2T', '2']])
        .write(2048)
        .r2t(0, 1024)
        .r2t(1024, 1024, { r2tSN: 1, targetTransferTag: 8 })
        .status(),
  ],
  [
    'segment-too-long',
    () => start().read(2052).dataIn(0, 2052).status(),
    () => start().read(2048).dataIn(0, 2048).status(),
  ],
  [
    'cmdsn-hole',
    () => start().read(0).status().command({ cmdSN: 4 }).status(),
    () => start().read(0).status().command({ cmdSN: 2 }).status(),
  ],
];

for (const [id, breaks, keeps] of CASES) {
  test(`${id}: broken, and just kept`, () => {
    const [finding] = found([breaks().d], id);
    assert.ok(finding, 'not found where it is broken');
    assert.is(finding.frames.length, 1);
    assert.ok(finding.fromNs !== undefined && finding.fromNs > 0);
    assert.ok(finding.proof.length > 0);
    assert.equal(found([keeps().d], id), []);
  });
}

test('a target that leaves ExpDataSN unset is told once, however many sessions it has', () => {
  const session = (i: number): Dialogue =>
    new Script([], { initiatorPort: 40_000 + i, isid: `00023d00000${i}`, tsih: i + 1 })
      .read(512)
      .dataIn(0, 512)
      .status({ expDataSN: 0 }).d;
  const all = found([1, 2, 3].map(session), 'expdatasn-unset');
  assert.is(all.length, 1);
  assert.match(all[0].title, /^3 times: .*, in 3 sessions with /);
  assert.is(all[0].frames.length, 3);
  assert.is(all[0].session, undefined);
  assert.is(found([session(1)], 'expdatasn-unset')[0].session, 0);
});

test.run();
