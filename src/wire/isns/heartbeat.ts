// Payload of a Name Service Heartbeat (RFC 4171 section 5.6.5.14).

import { field } from '../field.js';

export const HEARTBEAT_BYTES = 32;
/** Behind it, for each backup server: its address and its ports. */
export const BACKUP_BYTES = 20;

export const heartbeat = {
  serverAddress: field('serverAddress', 0, 0, 128),
  tcpPort: field('tcpPort', 16, 0, 16),
  udpPort: field('udpPort', 18, 0, 16),
  interval: field('interval', 20, 0, 32, { unit: 'seconds' }),
  counter: field('counter', 24, 0, 32),
  reserved28: field('reserved28', 28, 0, 16, { reserved: true }),
  backupServers: field('backupServers', 30, 0, 16),
} as const;
