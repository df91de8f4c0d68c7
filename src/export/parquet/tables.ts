// The tables of `export --parquet`, in the order in which they are put in their places: `sessions` comes
// last, so that a capture that is listed there is whole.

import type { Column } from './columns.js';
import { COMMAND_COLUMNS } from './command-columns.js';
import { INTERVAL_COLUMNS } from './interval-columns.js';
import { PDU_COLUMNS } from './pdu-columns.js';
import { CONNECTION_COLUMNS, SESSION_COLUMNS } from './session-columns.js';
import { EVENT_COLUMNS, FINDING_COLUMNS, INCIDENT_COLUMNS } from './story-columns.js';

export const TABLES = {
  commands: {
    about: 'a row a command, in the order in which they ended',
    columns: COMMAND_COLUMNS,
  },
  pdus: { about: 'a row a PDU of iSCSI (only with `--pdus`)', columns: PDU_COLUMNS },
  intervals: {
    about: 'a row a LUN and interval (`--interval`) in which it had to do or commands were open',
    columns: INTERVAL_COLUMNS,
  },
  events: {
    about: 'what happens seldom: logins, logouts, task management, rejects, …',
    columns: EVENT_COLUMNS,
  },
  findings: { about: 'what is wrong, with its proof', columns: FINDING_COLUMNS },
  incidents: {
    about: 'findings that belong together: a cause and what followed',
    columns: INCIDENT_COLUMNS,
  },
  connections: { about: 'a row a TCP connection of a session', columns: CONNECTION_COLUMNS },
  sessions: { about: 'a row a session (I_T nexus)', columns: SESSION_COLUMNS },
} as const satisfies Record<string, { about: string; columns: readonly Column<never>[] }>;
