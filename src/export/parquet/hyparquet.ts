// The only importer of hyparquet-writer: what we take of it, also of its parts.

import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writeColumn } from 'hyparquet-writer/src/column.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';

export {
  ByteWriter,
  ParquetWriter,
  snappyCompress,
  writeColumn,
  writePageHeader,
  writeRleBitPackedHybrid,
};

export type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];
export type Chunk = ReturnType<typeof writeColumn>['chunk'];
export type Encoding = NonNullable<Parameters<typeof writeColumn>[0]['column']['encoding']>;
export type Statistics = NonNullable<NonNullable<Chunk['meta_data']>['statistics']>;
