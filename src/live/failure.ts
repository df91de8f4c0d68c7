// Why a capturing program ended, told by what it said on stderr, and what helps.

import type { Command } from './programs.js';

export type FailureKind = 'rights' | 'interface' | 'filter' | 'gone' | 'other';

export interface Failure {
  readonly kind: FailureKind;
  readonly text: string;
}

const RIGHTS = /permission|operation not permitted|not permitted|EACCES|must be root/i;
const NO_INTERFACE =
  /no such device|there is no device named|isn't up|is not up|no such interface|device not configured|no interfaces on which/i;
const BAD_FILTER = /filter expression|invalid capture filter|syntax error|unknown host/i;
const WENT_DOWN = /interface (?:went down|disappeared)|network is down|is no longer attached/i;

/** `said`: its stderr. `how`: `exit code 1`, `signal SIGKILL`. */
export function failureOf(command: Command, on: string, said: string, how: string): Failure {
  if (command.program === 'ssh') return sshFailure(command, said, how);
  const name = JSON.stringify(on);
  if (WENT_DOWN.test(said)) {
    return { kind: 'gone', text: `the interface ${name} went down or disappeared` };
  }
  if (BAD_FILTER.test(said)) {
    return {
      kind: 'filter',
      text: `${command.name} does not understand the capture filter (${firstWords(said)}): man pcap-filter has its language`,
    };
  }
  if (NO_INTERFACE.test(said)) return noInterface(on);
  if (RIGHTS.test(said)) return { kind: 'rights', text: rightsText(command, name) };
  return { kind: 'other', text: `${command.name} ended (${how}): ${firstWords(said)}` };
}

export function noInterface(on: string): Failure {
  const text = `there is no interface ${JSON.stringify(on)} to capture on, or it is down: sanscope interfaces lists them`;
  return { kind: 'interface', text };
}

function rightsText(command: Command, name: string): string {
  const group =
    command.name === 'dumpcap'
      ? 'sudo usermod -a -G wireshark $USER and log in again (where dumpcap is of that group), or '
      : '';
  return (
    `${command.name} may not capture on ${name}: ${group}` +
    `sudo setcap cap_net_raw,cap_net_admin+eip ${command.program}, or ` +
    'sudo tcpdump --immediate-mode -U -w - tcp port 3260 | sanscope live -'
  );
}

function sshFailure(command: Command, said: string, how: string): Failure {
  if (/permission denied \(|host key verification|too many authentication/i.test(said)) {
    const text = `${command.name} is refused (${firstWords(said)}): it must work without a password, ssh-add or ssh-copy-id help`;
    return { kind: 'rights', text };
  }
  if (/could not resolve|connection refused|timed out|no route/i.test(said)) {
    return { kind: 'other', text: `${command.name}: ${firstWords(said)}` };
  }
  if (RIGHTS.test(said)) {
    const text = `tcpdump on the other side may not capture (${command.name}): log in as root, or give it setcap cap_net_raw+eip there`;
    return { kind: 'rights', text };
  }
  return { kind: 'other', text: `${command.name} ended (${how}): ${firstWords(said)}` };
}

/** The line that says most: not what it reports of its beginning. */
function firstWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const telling = lines.find((line) => line !== '' && !BEGINNING.test(line));
  return telling ?? 'it said nothing';
}

const BEGINNING =
  /^(?:Capturing on|File:|tcpdump: (?:listening on|verbose|\d+ packets? captured)|dropped privs|Packets|\d+ packets?|dumpcap: cap_set)/;
