// FCIP Special Frame (RFC 3821 section 7.1, figure 9), behind the seven words of encapsulation: the
// first frame each way on a new TCP connection. It says who speaks, and is echoed.

import { field, reserved } from '../field.js';

export const specialFrame = {
  reserved0: reserved(0, 0, 16),
  reservedComplement: field('reservedComplement', 2, 0, 16),
  sourceFabricName: field('sourceFabricName', 4, 0, 64),
  sourceEntityId: field('sourceEntityId', 12, 0, 64),
  connectionNonce: field('connectionNonce', 20, 0, 64),
  usageClassF: field('usageClassF', 28, 0, 1, { section: '7.1' }),
  usageClass2: field('usageClass2', 28, 1, 1, { section: '7.1' }),
  usageClass3: field('usageClass3', 28, 2, 1, { section: '7.1' }),
  usageClass4: field('usageClass4', 28, 3, 1, { section: '7.1' }),
  reserved28b4: reserved(28, 4, 4),
  reserved29: reserved(29, 0, 8),
  connectionUsageCode: field('connectionUsageCode', 30, 0, 16),
  destinationFabricName: field('destinationFabricName', 32, 0, 64),
  keepAliveTimeout: field('keepAliveTimeout', 40, 0, 32, { unit: 'ms' }),
  reserved44: reserved(44, 0, 16),
  reserved44Complement: field('reserved44Complement', 46, 0, 16),
} as const;
