// How capturing programs are called, and what is understood of what they say.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countersOf } from '../../src/live/counters.js';
import { failureOf } from '../../src/live/failure.js';
import { captureCommand, sshCommand } from '../../src/live/programs.js';

const WISH = { interface: 'eth0', filter: 'tcp port 3260', snaplen: 0, bufferMiB: 64 };
const TCPDUMP = { name: 'tcpdump', program: '/usr/bin/tcpdump', args: [] };
const DUMPCAP = { name: 'dumpcap', program: '/usr/bin/dumpcap', args: [] };

test('the command lines are those that were measured', () => {
  const { args } = captureCommand('tcpdump', WISH, '');
  assert.equal(
    args.join(' '),
    '--immediate-mode -U -n -i eth0 -s 0 -B 65536 -w - -- tcp port 3260',
  );
  const dumpcap = captureCommand('dumpcap', { ...WISH, snaplen: 160 }, '');
  assert.equal(dumpcap.args.join(' '), '-q -P -i eth0 -B 64 -s 160 -f tcp port 3260 -w -');
  const all = captureCommand('tcpdump', { ...WISH, filter: '' }, '');
  assert.is(all.args.at(-1), '-');
});

test('ssh gets BatchMode, and words that its shell leaves as they are', () => {
  const plain = sshCommand('array1', { filter: 'tcp port 3260' });
  assert.equal(
    [plain.program, ...plain.args].join(' '),
    "ssh -o BatchMode=yes array1 -- tcpdump --immediate-mode -U -s0 -B 32768 -w - 'tcp port 3260'",
  );
  const nasty = sshCommand('array1', { filter: "x'; rm -rf ~ #", interface: '$(id)' });
  assert.is(nasty.args.at(-1), `'x'\\''; rm -rf ~ #'`);
  assert.ok(nasty.args.includes("'$(id)'"));
  assert.throws(() => sshCommand('-oProxyCommand=id', { filter: '' }), /no host name/);
});

test('the counters of both programs are read, also when tcpdump told them before its end', () => {
  const dumpcap =
    "Packets captured: 12\nPackets received/dropped on interface 'Loopback: lo': 12/3 " +
    '(pcap:2/dumpcap:1/flushed:0/ps_ifdrop:0) (80.0%)\n';
  assert.equal(countersOf(dumpcap), { received: 12, dropped: 3 });
  const end = '40 packets captured\n44 packets received by filter\n3 packets dropped by kernel\n';
  assert.equal(countersOf(end), { received: 44, dropped: 3 });
  const before =
    'tcpdump: 1 packet captured, 1 packet received by filter, 9 packets dropped by kernel\n';
  assert.equal(countersOf(before), { received: 1, dropped: 9 });
  assert.equal(countersOf(before + end), { received: 44, dropped: 3 });
  assert.equal(countersOf(`${end}2 packets dropped by interface\n`)?.dropped, 5);
  assert.is(countersOf('tcpdump: listening on lo, link-type EN10MB'), undefined);
});

test('what tcpdump told of its counters on the way is not why it ended', () => {
  const said =
    'tcpdump: listening on lo\ntcpdump: 0 packets captured, 0 packets received by filter, ' +
    '0 packets dropped by kernel\ntcpdump: pcap_loop: recvmsg failed';
  assert.match(failureOf(TCPDUMP, 'lo', said, 'exit code 1').text, /recvmsg failed/);
});

test('what they say when they fail becomes a sentence with the command that helps', () => {
  const cases: [typeof TCPDUMP, string, string, RegExp][] = [
    [
      TCPDUMP,
      'tcpdump: eth9: No such device exists\n(No such device exists)',
      'interface',
      /sanscope interfaces/,
    ],
    [
      DUMPCAP,
      'Capturing on \'eth9\'\ndumpcap: There is no device named "eth9".',
      'interface',
      /sanscope interfaces/,
    ],
    [
      TCPDUMP,
      "tcpdump: lo: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)",
      'rights',
      /setcap .*tcpdump.*\bsudo tcpdump/,
    ],
    [
      DUMPCAP,
      'dumpcap: You do not have permission to capture on device "lo".',
      'rights',
      /wireshark.*setcap/,
    ],
    [TCPDUMP, "tcpdump: can't parse filter expression: syntax error", 'filter', /man pcap-filter/],
    [
      DUMPCAP,
      'dumpcap: Invalid capture filter "tcp prt" for interface \'lo\'.',
      'filter',
      /Invalid capture filter/,
    ],
    [TCPDUMP, 'tcpdump: pcap_loop: The interface disappeared', 'gone', /went down or disappeared/],
    [TCPDUMP, 'tcpdump: listening on lo\nsomething new', 'other', /exit code 1\): something new/],
    [
      { ...TCPDUMP, name: 'ssh a', program: 'ssh' },
      'a: Permission denied (publickey,password).',
      'rights',
      /without a password/,
    ],
    [
      { ...TCPDUMP, name: 'ssh a', program: 'ssh' },
      'ssh: Could not resolve hostname a: Name or service not known',
      'other',
      /Could not resolve/,
    ],
  ];
  for (const [command, said, kind, help] of cases) {
    const failure = failureOf(command, 'eth9', said, 'exit code 1');
    assert.is(failure.kind, kind, said);
    assert.match(failure.text, help);
    assert.not.match(failure.text, /\n/);
  }
});

test.run();
