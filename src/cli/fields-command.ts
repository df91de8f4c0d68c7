// The part of `sanscope fields` in the command line's table (commands.ts).

import { type CommandEntry, jsonFlag } from './flag.js';

export const FIELDS_COMMAND: CommandEntry = {
  name: 'fields',
  about: 'every field of PDUs, commands and their data: what -Y may ask and JSON shows',
  argument: {
    name: '[words...]',
    about: 'only fields whose name (or name in tshark) has one of these words in it',
  },
  flags: [jsonFlag('NDJSON: one JSON object a field')],
  examples: [
    ['sanscope fields lba', 'what the fields with an LBA are called'],
    ['sanscope fields --json | jq -r .name', 'for completion in a shell'],
  ],
};
