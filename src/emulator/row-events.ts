import { rowEvent } from './events.ts';
import type { RowAction } from './events.ts';
import type { JsonObject } from './json.ts';
import { readers } from './row-service.ts';
import type { RowScope } from './row-service.ts';
import type { Row } from './row-store.ts';
import { internalName, presentRow } from './row-style.ts';

/** Tells those who may read the row, after the commit. */
export function publishRow(scope: RowScope, action: RowAction, row: Row, extra?: JsonObject): () => void {
  const { context, caller, table, style } = scope;
  const at = { databaseId: table.databaseId, tableId: table.tableId, rowId: row.id };
  return () => {
    const payload = presentRow(table, row, style);
    if (extra) Object.assign(payload, extra);
    context.publish(rowEvent(at, action, payload, readers(table, row), caller));
  };
}

/** Events of bulk requests show the internal name of the table. */
export function bulkExtra(scope: RowScope): JsonObject {
  return { $collection: internalName(scope.table) };
}
