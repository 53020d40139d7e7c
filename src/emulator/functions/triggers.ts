import type { Caller } from '../caller.ts';
import { GUEST } from '../caller.ts';
import type { ServerEvent } from '../events.ts';
import { isDue, parseCron } from './cron.ts';
import type { Cron } from './cron.ts';
import type { FunctionDoc } from './model.ts';
import type { Call } from './execute.ts';

const MINUTE_MS = 60_000;
/** Functions hear the older names of databases only, as on the real server. */
const UNHEARD = 'tablesdb.';

export interface TriggerPorts {
  functions: () => FunctionDoc[];
  run: (definition: FunctionDoc, call: Call) => void;
  userAgent: string;
}

interface Armed {
  definition: FunctionDoc;
  events: ReadonlySet<string>;
  cron: Cron | undefined;
}

/** Runs functions because something happened or because it is time. */
export class Triggers {
  readonly #ports: TriggerPorts;
  #armed: readonly Armed[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: TriggerPorts) {
    this.#ports = ports;
  }

  /** To be called when functions have changed. */
  refresh(): void {
    this.#armed = this.#ports
      .functions()
      .filter(({ enabled }) => enabled)
      .map((definition) => ({
        definition,
        events: new Set(definition.events),
        cron: definition.schedule === '' ? undefined : parseCron(definition.schedule),
      }));
  }

  /** Runs the functions that wait for one of the names of the event. */
  onEvent({ events, payload, by }: ServerEvent): void {
    if (!this.#armed.some((armed) => armed.events.size > 0)) return;
    const names = events.filter((name) => !name.startsWith(UNHEARD));
    for (const { definition, events: wanted } of this.#armed) {
      if (wanted.size === 0 || !names.some((name) => wanted.has(name))) continue;
      const headers = { 'user-agent': this.#ports.userAgent, 'content-type': 'application/json' };
      const event = names[0] ?? '';
      this.#ports.run(definition, {
        ...background(by ?? GUEST),
        headers,
        trigger: 'event',
        event,
        body: JSON.stringify(payload),
      });
    }
  }

  /** Runs the functions that are due in the minute of this time. */
  onMinute(time: Date): void {
    for (const { definition, cron } of this.#armed) {
      if (!cron || !isDue(cron, time)) continue;
      const headers = { 'user-agent': this.#ports.userAgent };
      this.#ports.run(definition, { ...background(GUEST), headers, trigger: 'schedule', body: '' });
    }
  }

  /** Looks at the schedules at the beginning of each minute. Minutes in which the machine slept are left out. */
  start(after = 0): void {
    const next = Math.max(Math.floor(Date.now() / MINUTE_MS), after) + 1;
    this.#timer = setTimeout(
      () => {
        const minute = Math.max(next, Math.floor(Date.now() / MINUTE_MS)); // timers may come early as well as late
        this.start(minute);
        this.onMinute(new Date(minute * MINUTE_MS));
      },
      next * MINUTE_MS - Date.now(),
    );
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#armed = [];
  }
}

function background(caller: Caller): Pick<Call, 'method' | 'path' | 'caller' | 'ip'> {
  return { method: 'POST', path: '/', caller, ip: '' };
}
