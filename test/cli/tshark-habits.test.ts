// What the hands of a tshark user type: read as ours, or answered by a sentence that names our way.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromTshark } from '../../src/cli/tshark-habits.js';
import { sanscope } from '../support/program.js';

const CHAP = fileURLToPath(new URL('../../captures/tgt-chap.pcap', import.meta.url));

test('options of tshark become our line', () => {
  for (const [given, ours] of [
    ['-r a.pcap', 'a.pcap'],
    ['-ra.pcap', 'a.pcap'],
    ['report --read-file=a.pcap --json', 'report --json a.pcap'],
    ['-n -r a.pcap -T fields -e frame.number', 'pdus -T fields -e frame.number a.pcap'],
    ['-r a.pcap -V -c 3', 'pdus -V -c 3 a.pcap'],
    ['-i eth0 -w out.pcap', 'live -i eth0 -w out.pcap'],
    ['-r a.pcap -Y write -w out.pcapng', 'slice -Y write -o out.pcapng a.pcap'],
    ['commands -Y write -w out.pcapng a.pcap', 'commands -Y write -w out.pcapng a.pcap'],
    ['-nr a.pcap -c 3', 'pdus -c 3 a.pcap'],
    ['-nVr a.pcap', 'pdus -V a.pcap'],
    ['-nlra.pcap -Y write', 'pdus -Y write a.pcap'],
    ['-nqi eth0', 'live -q -i eth0'],
    ['sessions -n3 a.pcap', 'sessions -n3 a.pcap'],
    ['-D', 'interfaces'],
    ['--list-interfaces', 'interfaces'],
    ['-v', '--version'],
    ['-r a.pcap -Y iscsi.opcode==1', 'pdus -Y iscsi.opcode==1 a.pcap'],
    ['--read-file a.pcap --display-filter=write', 'pdus -Y write a.pcap'],
    ['a.pcap -Y write', 'a.pcap -Y write'],
    ['report -Y write -r a.pcap', 'report -Y write a.pcap'],
    ['-2 -n -r a.pcap -c 3', 'pdus -c 3 a.pcap'],
    ['-i eth0 -a duration:10 -w out.pcap', 'live -i eth0 --duration 10s -w out.pcap'],
    ['-i eth0 -a packets:5 -P', 'live -i eth0 -c 5'],
    ['-T fields -e session -r a.pcap', 'pdus -T fields -e session a.pcap'],
    ['a.pcap', 'a.pcap'],
    ['sessions -n 3 a.pcap', 'sessions -n 3 a.pcap'],
    ['live -i eth0 -w out.pcap', 'live -i eth0 -w out.pcap'],
  ]) {
    assert.is(fromTshark(given.split(' ')).join(' '), ours, given);
  }
});

test('others are answered by our way', () => {
  for (const [line, says] of [
    ['-z scsi,srt,0', /-z scsi,srt,0 is tshark’s: sanscope report FILE/],
    ['-zio,stat,1', /report --json FILE has the load over time/],
    ['-o tcp.desegment:TRUE', /there are no protocol preferences/],
    ['-d tcp.port==3261,iscsi', /--port N takes a port for iSCSI/],
    ['-t ad', /-e frame\.time/],
    ['-G fields', /sanscope fields lists/],
    ['-a duration:10', /--duration 10s/],
    ['-T pdml', /-T pdml is tshark’s: -T json/],
    ['-T ek', /-T ek is tshark’s: -T ndjson/],
    ['-z fc,srt', /report FILE/],
    ['-z flow,tcp,network', /sanscope command FILE/],
    ['-R write', /-Y FILTER filters here/],
    ['-I', /does not come by radio/],
    ['--export-objects http,x', /pdus -x FILE/],
    ['--enable-heuristic x', /found by their bytes/],
    ['--linktype EN10MB', /any link type/],
    ['--fliter x', /Did you mean --filter/],
  ] as const) {
    const run = sanscope(['-q', ...line.split(' '), '-r', CHAP]);
    assert.is(run.status, 2, line);
    assert.match(run.stderr, says);
    assert.is(run.stderr.trim().split('\n').length, 1, run.stderr);
  }
});

function lines(...args: string[]): string[] {
  const { status, stdout, stderr } = sanscope(args);
  assert.is(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

test('-T fields prints what is asked for, as -E wants it', () => {
  const asked = ['-r', CHAP, '-T', 'fields', '-e', 'frame.number', '-e', 'iscsi.opcode'];
  assert.equal(lines(...asked, '-c', '2'), ['4\t0x03', '6\t0x23']);
  assert.equal(lines(...asked, '-c', '1', '-E', 'header=y', '-E', 'separator=,', '-E', 'quote=d'), [
    'frame.number,iscsi.opcode',
    '"4","0x03"',
  ]);
  assert.equal(
    lines('pdus', '-Y', 'status', '-c', '1', '-T', 'fields', '-e', 'latency', '-e', 'name', CHAP),
    ['19000\tSCSI Response,Response'],
  );
  const keys = ['-Y', 'iscsi.keyvalue', '-T', 'fields', '-e', 'iscsi.keyvalue', '-c', '1'];
  assert.is(lines('pdus', ...keys, '-E', 'occurrence=l', CHAP)[0], 'AuthMethod=CHAP,None');
  const marked = lines(...asked, '-c', '1', '-E', 'bom=y', '-E', 'header=y');
  assert.equal(marked, ['\ufeffframe.number\tiscsi.opcode', '4\t0x03']);
  assert.match(sanscope(['pdus', '-T', 'fields', CHAP]).stderr, /needs -e NAME/);
  for (const name of ['frame.len', '_ws.col.Info', 'eth.src']) {
    const { stderr } = sanscope(['pdus', '-T', 'fields', '-e', name, CHAP]);
    assert.match(stderr, /it is a field of packets, and here is a line a PDU/);
  }
  const wrong = sanscope(['pdus', '-T', 'fields', '-e', 'iscsi.opcoed', CHAP]);
  assert.match(
    wrong.stderr,
    /-e iscsi\.opcoed: there is no such field; did you mean iscsi\.opcode/,
  );
});

test('-T json is one array, -T ndjson a line a PDU; secrets stay hidden in fields', () => {
  const all = JSON.parse(lines('-r', CHAP, '-T', 'json').join('\n')) as unknown[];
  const each = lines('-r', CHAP, '-T', 'ndjson').map((line) => JSON.parse(line) as unknown);
  assert.ok(all.length > 10);
  assert.equal(all, each);
  assert.equal(JSON.parse(lines('pdus', '-T', 'json', '-Y', 'frame > 1000', CHAP).join('')), []);
  const keys = lines('pdus', '-T', 'fields', '-e', 'iscsi.keyvalue', CHAP).join('\n');
  assert.match(keys, /CHAP_R=\(hidden\)/);
});

test('-r with -w keeps the packets of what the filter finds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
  try {
    const out = join(folder, 'kept.pcapng');
    const run = sanscope(['-r', CHAP, '-Y', 'operation == "INQUIRY"', '-w', out]);
    assert.is(run.status, 0, run.stderr);
    assert.ok(lines('pdus', out).some((line) => line.includes('INQUIRY')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
