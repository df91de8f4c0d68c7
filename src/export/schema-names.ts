// What sanscope's JSON is called: one dialect in all of it (docs/JSON.md), version 2.

export const TIMELINE_SCHEMA = 'sanscope/timeline/2';
export const COMMANDS_SCHEMA = 'sanscope/commands/2';
export const COMMAND_SCHEMA = 'sanscope/command/2';
export const SESSIONS_SCHEMA = 'sanscope/sessions/2';
export const LUNS_SCHEMA = 'sanscope/luns/2';
export const PDUS_SCHEMA = 'sanscope/pdus/2';
export const LOGIN_SCHEMA = 'sanscope/login/2';
export const POINTS_SCHEMA = 'sanscope/points/2';
export const DIFF_SCHEMA = 'sanscope/diff/2';
export const FIELDS_SCHEMA = 'sanscope/fields/2';
export const INTERFACES_SCHEMA = 'sanscope/interfaces/2';
export const CONFIG_SCHEMA = 'sanscope/config/2';
export const DISCOVERY_SCHEMA = 'sanscope/discovery/2';
export const DOCTOR_SCHEMA = 'sanscope/doctor/2';
export const EXPLAIN_SCHEMA = 'sanscope/explain/2';
