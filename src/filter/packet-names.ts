// tshark's names of a packet's own facts → ours: of PDUs and of messages alike.

export const PACKET_NAMES: Readonly<Record<string, string>> = {
  'frame.number': 'frameNumber',
  'frame.time_relative': 'timeEnd',
  'frame.time': 'absoluteTime',
  'frame.time_epoch': 'absoluteTime',
  'tcp.stream': 'connection',
  'tcp.srcport': 'sourcePort',
  'tcp.dstport': 'destinationPort',
  'tcp.port': 'port',
  'ip.src': 'source',
  'ip.dst': 'destination',
  'ip.addr': 'address',
  'ip.src_host': 'source',
  'ip.dst_host': 'destination',
  'ip.host': 'address',
  'ipv6.src': 'source',
  'ipv6.dst': 'destination',
  'ipv6.addr': 'address',
};
