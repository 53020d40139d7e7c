/**
 * The program of a worker thread that holds one function: plain JavaScript, so that it runs from whatever file the
 * server was built into. It loads the bundle once, then answers requests, several at a time.
 */
export const WORKER_SOURCE = String.raw`
const { parentPort, workerData } = require('node:worker_threads');

let loading;
function load() {
  loading ??= import(workerData.url).then((module) => {
    const handler = typeof module.default === 'function' ? module.default : module.default?.default;
    if (typeof handler !== 'function') throw new Error('The bundle has no default export that is a function');
    return handler;
  });
  return loading;
}

const isText = (type) => type === '' || /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded))/.test(type);

function makeRequest({ body, headers, method, path, query, scheme, host, port }) {
  const bytes = Buffer.from(body);
  const type = headers['content-type'] ?? '';
  return {
    headers, method, scheme, host, port, path,
    queryString: query,
    query: Object.fromEntries(new URLSearchParams(query)),
    url: scheme + '://' + host + (port === (scheme === 'https' ? 443 : 80) ? '' : ':' + port) + path + (query ? '?' + query : ''),
    get bodyText() { return bytes.toString('utf8'); },
    get bodyRaw() { return bytes.toString('utf8'); },
    get bodyBinary() { return bytes; },
    get bodyJson() { return bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8')); },
    get body() {
      if (type.startsWith('application/json')) return this.bodyJson;
      return isText(type) ? this.bodyText : bytes;
    },
  };
}

const response = {
  send: (body, statusCode = 200, headers = {}) => ({ body, statusCode, headers }),
  text: (body, statusCode = 200, headers = {}) => ({ body, statusCode, headers }),
  binary: (body, statusCode = 200, headers = {}) => ({ body, statusCode, headers }),
  json: (value, statusCode = 200, headers = {}) => ({ body: JSON.stringify(value), statusCode, headers: { 'content-type': 'application/json', ...headers } }),
  empty: () => ({ body: '', statusCode: 204, headers: {} }),
  redirect: (url, statusCode = 301, headers = {}) => ({ body: '', statusCode, headers: { location: url, ...headers } }),
};

const line = (parts) => parts.map((part) => (typeof part === 'string' ? part : part instanceof Error ? part.stack : JSON.stringify(part))).join(' ');

const PLAIN = 'text/plain; charset=utf-8';

function shown(result) {
  if (!result || typeof result.statusCode !== 'number') {
    throw 'Return statement missing. return context.res.empty() if no response is expected.';
  }
  const { statusCode } = result;
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) {
    throw 'Invalid status code: ' + statusCode + '. It must be a whole number from 100 to 599.';
  }
  const given = Object.entries(result.headers ?? {});
  const headers = Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
  headers['content-type'] ??= PLAIN;
  const body = typeof result.body === 'string' ? result.body : Buffer.from(result.body ?? '').toString('utf8');
  return { statusCode, headers, body };
}

async function answer(request) {
  const logs = [];
  const errors = [];
  const log = (...parts) => { logs.push(line(parts)); };
  const error = (...parts) => { errors.push(line(parts)); };
  const done = (result) => ({ ...result, logs: logs.join('\n'), errors: errors.join('\n') });
  try {
    const handler = await load();
    return done(shown(await handler({ req: makeRequest(request), res: response, log, error })));
  } catch (cause) {
    errors.push(cause instanceof Error ? cause.stack : String(cause));
    return done({ body: '', statusCode: 500, headers: { 'content-type': PLAIN } });
  }
}

parentPort.on('message', ({ id, request }) => {
  answer(request).then((result) => parentPort.postMessage({ id, result }));
});
`;
