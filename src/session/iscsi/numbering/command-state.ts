// What is remembered of a session's CmdSNs beside its window (RFC 7143 4.2.2.1).

export class CommandNumbers {
  /** Commands whose CmdSN was never seen, less those that showed by their data or status. */
  unseen = 0;
}
