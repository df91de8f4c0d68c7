// What is left of a session that is forgotten: who it was, when it was and how it ended, in some 250 bytes. All
// else is empty, and the same for all of them. Nothing is written to it: it is over.

import type { Session } from './model.js';
import { newSessionStory } from './new-story.js';

/** Characters kept of a name: iSCSI's have 223 octets at most (RFC 7143 4.2.7.1). */
const NAME_MAX = 256;
/** Names and addresses that are kept once, whoever has them. */
const NAMES_MAX = 65_536;

const NOTHING = newSessionStory(-1, 'iscsi', 0);

export class Remnant implements Session {
  readonly forgotten = true;
  readonly id: number;
  readonly protocol: Session['protocol'];
  readonly isid: string;
  readonly tsih: number;
  readonly initiatorName: string;
  readonly targetName: string;
  readonly targetPortalGroupTag: number;
  readonly type: Session['type'];
  readonly initiatorAddress: string;
  readonly targetAddress: string;
  readonly loginSeen: boolean;
  readonly startedNs: number;
  readonly endedNs: number;
  readonly ended: string;
  readonly tasks: number;
  readonly tasksEnded: number;
  readonly reinstatedBy: number;
  readonly reinstates: number;

  /** `names`: those of the remnants before it. */
  constructor(story: Session, names: Map<string, string>) {
    const once = (text: string): string => own(text, names);
    this.id = story.id;
    this.protocol = story.protocol;
    this.isid = story.isid;
    this.tsih = story.tsih;
    this.initiatorName = once(story.initiatorName);
    this.targetName = once(story.targetName);
    this.targetPortalGroupTag = story.targetPortalGroupTag;
    this.type = story.type;
    this.initiatorAddress = once(story.initiatorAddress);
    this.targetAddress = once(story.targetAddress);
    this.loginSeen = story.loginSeen;
    this.startedNs = story.startedNs;
    this.endedNs = story.endedNs;
    this.ended = story.ended;
    this.tasks = story.tasks;
    this.tasksEnded = story.tasksEnded;
    this.reinstatedBy = story.reinstatedBy;
    this.reinstates = story.reinstates;
  }

  get parameters(): Session['parameters'] {
    return NOTHING.parameters;
  }

  get connections(): Session['connections'] {
    return NOTHING.connections;
  }

  get discovered(): Session['discovered'] {
    return NOTHING.discovered;
  }

  get luns(): Session['luns'] {
    return NOTHING.luns;
  }

  get reportedLuns(): Session['reportedLuns'] {
    return NOTHING.reportedLuns;
  }

  get reportedLunsChanges(): Session['reportedLunsChanges'] {
    return NOTHING.reportedLunsChanges;
  }

  get events(): Session['events'] {
    return NOTHING.events;
  }

  get eventsDropped(): number {
    return 0;
  }

  get nopOut(): Session['nopOut'] {
    return NOTHING.nopOut;
  }

  get nopIn(): Session['nopIn'] {
    return NOTHING.nopIn;
  }

  get window(): Session['window'] {
    return NOTHING.window;
  }

  get sequence(): Session['sequence'] {
    return NOTHING.sequence;
  }
}

/** In the place of those of which nothing is kept: they are counted. */
export const GONE: Session = new Remnant(NOTHING, new Map());

/** The same text, without the login that it was cut from. */
function own(text: string, names: Map<string, string>): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const copy = Buffer.from(text.slice(0, NAME_MAX)).toString();
  if (names.size < NAMES_MAX) names.set(copy, copy);
  return copy;
}
