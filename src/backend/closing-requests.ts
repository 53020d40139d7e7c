import type { RowAddress, RowWrite } from './tables.ts';

/** Browsers send at most 64 KiB in requests that outlive their page; the rest is left for headers. */
const MAX_BODY_CHARS = 60_000;

/** Requests that the browser finishes when the page is gone; those of the SDK end with it. */
export class ClosingRequests {
  private readonly endpoint: string;
  private readonly project: string;

  constructor(endpoint: string, project: string) {
    this.endpoint = endpoint;
    this.project = project;
  }

  /** Creates a row, if it is small enough; nobody hears of the answer. */
  create({ databaseId, tableId, rowId, data, permissions }: RowWrite): void {
    const body = JSON.stringify({ rowId, data, permissions });
    if (body.length > MAX_BODY_CHARS) return;
    this.send('POST', `/tablesdb/${databaseId}/tables/${tableId}/rows`, body).catch(() => {
      // Offline, or too many bytes at once: the row stays in the outbox of this device.
    });
  }

  async delete({ databaseId, tableId, rowId }: RowAddress): Promise<void> {
    await this.send('DELETE', `/tablesdb/${databaseId}/tables/${tableId}/rows/${rowId}`);
  }

  private send(method: string, path: string, body?: string): Promise<Response> {
    const headers: Record<string, string> = { 'X-Appwrite-Project': this.project };
    // Where cookies do not reach the server, the SDK keeps the session here.
    const fallback = localStorage.getItem('cookieFallback');
    if (fallback) headers['X-Fallback-Cookies'] = fallback;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const request: RequestInit = { method, headers, credentials: 'include', keepalive: true };
    return fetch(this.endpoint + path, body === undefined ? request : { ...request, body });
  }
}
