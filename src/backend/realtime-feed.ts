import { deletedBy } from '../core/deletion.ts';
import { shownName } from '../core/names.ts';
import type { Feed, FeedListener, ProjectInfo } from '../core/ports.ts';
import { PRESENCE_TABLE, toPresenceRow } from './presence-table.ts';
import { equal } from './queries.ts';
import { RealtimeSocket, type SocketOptions } from './realtime-socket.ts';
import { PROJECTS_TABLE } from './projects.ts';
import { asRow, DATABASE_ID, textOf, type Row } from './tables.ts';
import { toUpdateRow, UPDATES_TABLE } from './update-log.ts';

const UPDATES_CHANNEL = `tablesdb.${DATABASE_ID}.tables.${UPDATES_TABLE}.rows.create`;
const PROJECT_CHANNEL = `tablesdb.${DATABASE_ID}.tables.${PROJECTS_TABLE}.rows`;
const MEMBERS_CHANNEL = 'memberships';
const PRESENCE_CHANNEL = `tablesdb.${DATABASE_ID}.tables.${PRESENCE_TABLE}.rows`;

/**
 * Announcements of one project over Appwrite Realtime. For updates only creations are asked for, so compaction, which
 * deletes rows, reaches nobody.
 */
export class RealtimeFeed implements Feed {
  private readonly options: SocketOptions;
  private readonly sockets = new Set<RealtimeSocket>();

  constructor(options: SocketOptions) {
    this.options = options;
  }

  open(project: string, listener: FeedListener): () => void {
    const queries = [equal('project', project)];
    const socket = new RealtimeSocket(
      this.options,
      [
        { channels: [UPDATES_CHANNEL], queries },
        { channels: [PRESENCE_CHANNEL], queries },
        { channels: [`${PROJECT_CHANNEL}.${project}`], queries: [] },
        { channels: [MEMBERS_CHANNEL], queries: [equal('teamId', project)] },
      ],
      {
        live: () => listener.live(),
        down: (reason) => listener.down(reason),
        event: (events, payload) => dispatch(events, payload, listener),
      },
    );
    this.sockets.add(socket);
    return () => {
      this.sockets.delete(socket);
      socket.close();
    };
  }

  nudge(): void {
    for (const socket of this.sockets) socket.nudge();
  }
}

/** `events[0]` is the most specific: `databases.cowrite.tables.updates.rows.<id>.create`. */
function dispatch(events: readonly string[], payload: unknown, listener: FeedListener): void {
  const [first = ''] = events;
  if (first.startsWith('teams.')) return dispatchMember(payload, listener);
  const row = asRow(payload);
  const [, , , table, , , action] = first.split('.');
  if (row === null) return;
  if (table === UPDATES_TABLE && action === 'create') listener.update(toUpdateRow(row));
  if (table === PROJECTS_TABLE) listener.project(toProjectInfo(row));
  if (table !== PRESENCE_TABLE) return;
  if (action === 'delete') listener.presenceGone(row.$id);
  else listener.presence(toPresenceRow(row));
}

function toProjectInfo(row: Row): ProjectInfo {
  const deleted = row['archived'] === true;
  return {
    name: shownName(textOf(row, 'name')),
    deleted,
    by: deleted ? deletedBy(row.$permissions) : null,
    at: row.$updatedAt,
  };
}

/** A membership is no row: it has no permissions. */
function dispatchMember(payload: unknown, listener: FeedListener): void {
  const { userId } = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  listener.members?.({ user: typeof userId === 'string' ? userId : '' });
}
