/** The names of what lies in a data folder. */
export const DATABASE_FILE = 'cowrite.db';
export const FILES_FOLDER = 'files';
export const LOCK_FILE = 'in-use.lock';
