import type { TablesDB } from 'node-appwrite';
import type { ColumnConfig, TableConfig } from './config.ts';

/** Asks for a column to be made; it can be used once its status is `available`. */
export async function createColumn(tables: TablesDB, table: TableConfig, column: ColumnConfig): Promise<void> {
  const { array, ...base } = { ...common(table, column), array: column.array };
  switch (column.type) {
    case 'varchar':
      await tables.createVarcharColumn({ ...base, ...textDefault(column.default), array, size: column.size });
      return;
    case 'string':
      await tables.createStringColumn({ ...base, ...textDefault(column.default), array, size: column.size });
      return;
    case 'text':
      await tables.createTextColumn({ ...base, ...textDefault(column.default), array });
      return;
    case 'mediumtext':
      await tables.createMediumtextColumn({ ...base, ...textDefault(column.default), array });
      return;
    case 'longtext':
      await tables.createLongtextColumn({ ...base, ...textDefault(column.default), array });
      return;
    case 'integer':
      await tables.createIntegerColumn({ ...base, ...integerFields(column), array });
      return;
    case 'boolean':
      await tables.createBooleanColumn({ ...base, ...booleanDefault(column.default), array });
      return;
    case 'datetime':
      await tables.createDatetimeColumn({ ...base, ...textDefault(column.default), array });
      return;
  }
}

/** Changes what can be changed of a column without touching its data. */
export async function updateColumn(tables: TablesDB, table: TableConfig, column: ColumnConfig): Promise<void> {
  const base = common(table, column);
  switch (column.type) {
    case 'varchar':
      await tables.updateVarcharColumn({ ...base, ...textDefault(column.default), size: column.size });
      return;
    case 'string':
      await tables.updateStringColumn({ ...base, ...textDefault(column.default), size: column.size });
      return;
    case 'text':
      await tables.updateTextColumn({ ...base, ...textDefault(column.default) });
      return;
    case 'mediumtext':
      await tables.updateMediumtextColumn({ ...base, ...textDefault(column.default) });
      return;
    case 'longtext':
      await tables.updateLongtextColumn({ ...base, ...textDefault(column.default) });
      return;
    case 'integer':
      await tables.updateIntegerColumn({ ...base, ...integerFields(column) });
      return;
    case 'boolean':
      await tables.updateBooleanColumn({ ...base, ...booleanDefault(column.default) });
      return;
    case 'datetime':
      await tables.updateDatetimeColumn({ ...base, ...textDefault(column.default) });
      return;
  }
}

interface CommonFields {
  databaseId: string;
  tableId: string;
  key: string;
  required: boolean;
}

function common(table: TableConfig, { key, required }: ColumnConfig): CommonFields {
  return { databaseId: table.databaseId, tableId: table.$id, key, required };
}

function textDefault(value: string | null | undefined): { xdefault?: string } {
  return typeof value === 'string' ? { xdefault: value } : {};
}

function booleanDefault(value: boolean | null | undefined): { xdefault?: boolean } {
  return typeof value === 'boolean' ? { xdefault: value } : {};
}

function integerFields(column: { min?: number | null; max?: number | null; default?: number | null }): {
  min?: number;
  max?: number;
  xdefault?: number;
} {
  return {
    ...(typeof column.min === 'number' ? { min: column.min } : {}),
    ...(typeof column.max === 'number' ? { max: column.max } : {}),
    ...(typeof column.default === 'number' ? { xdefault: column.default } : {}),
  };
}
