import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

export const DEFAULT_PORT = 4321;
export const DEFAULT_DATA = '.cowrite';
/** As the server wants it: shorter ones could be guessed. */
const MIN_API_KEY = 16;

export const HELP = `Usage: npm start -- [options]

Runs Cowrite on this machine: the app and its embedded Appwrite-compatible server on one port.

  --port N         port to listen on (default ${DEFAULT_PORT})
  --host H         address to listen on (default localhost; 0.0.0.0 opens it to the network)
  --platform HOST  another host name under which browsers may use it; repeatable (this machine's addresses always may)
  --data DIR       folder for everything that is stored (default ${DEFAULT_DATA}/)
  --fresh          delete what is stored in that folder first
  --no-demo        do not create the demo project on the first start
  --api-key KEY    key of the server API, 16 characters or more (default: env COWRITE_API_KEY, else made up and kept in the data folder)
  --log FORMAT     json: everything that happens, one JSON object a line (default text: only problems)
  --limits KIND    appwrite: enforce the rate limits that Appwrite has by default (default off)
  --dev            develop Cowrite: hot reload of the app, no build
  --help           show this

To use an Appwrite of your own (Cloud or self-hosted):

  npm run setup:appwrite -- --endpoint URL --project ID --key KEY [--dry-run]

  --endpoint URL   for example https://fra.cloud.appwrite.io/v1 (default: env APPWRITE_ENDPOINT)
  --project ID     id of the Appwrite project (default: env APPWRITE_PROJECT_ID)
  --key KEY        API key of that project (default: env APPWRITE_API_KEY)
  --dry-run        only say what would be done

  npm run deploy:functions   (the same options): only the Functions, for a project that is set up

To keep what is stored, also while Cowrite is running, and to get it back:

  npm run backup -- [--data DIR] --out FILE
  npm run restore -- --in FILE --data DIR

  --out FILE       the backup to write
  --in FILE        the backup to read; DIR must be empty or not exist

To see what each document costs in storage and whether everything that is stored is sound (exit code 1 if not):

  npm run doctor -- [--data DIR] [--repair] [--json]
  npm run doctor -- --endpoint URL --project ID [--key KEY] [--repair] [--json]

  --repair         put right what can be; without it nothing is changed, and a server may be using DIR
  --json           one object, on the last line, instead of a text
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  platform: { type: 'string', multiple: true },
  data: { type: 'string' },
  fresh: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  'api-key': { type: 'string' },
  log: { type: 'string' },
  limits: { type: 'string' },
  dev: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  'setup-appwrite': { type: 'boolean' },
  endpoint: { type: 'string' },
  project: { type: 'string' },
  key: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'functions-only': { type: 'boolean' },
  backup: { type: 'boolean' },
  restore: { type: 'boolean' },
  out: { type: 'string' },
  in: { type: 'string' },
  doctor: { type: 'boolean' },
  repair: { type: 'boolean' },
  json: { type: 'boolean' },
};

const FOR_SETUP = ['endpoint', 'project', 'key', 'dry-run', 'functions-only'];
const FOR_SERVING = ['port', 'host', 'platform', 'fresh', 'no-demo', 'api-key', 'log', 'limits', 'dev'];
const FOR_COPIES = ['out', 'in'];
const FOR_DOCTOR = ['repair', 'json'];

/**
 * Reads the command line and the environment into one command:
 * `{kind:'help'}`, or of kind `serve`, `setup`, `backup`, `restore` or `doctor`. Throws a Problem that says what is wrong.
 */
export function parseOptions(args, env) {
  refuseSwallowed(env);
  const given = parse(args);
  if (given.help) return { kind: 'help' };
  if (given.doctor) return doctorCommand(given, env);
  refuse(given, FOR_DOCTOR, 'is for `npm run doctor`');
  if (given['setup-appwrite']) {
    refuse(given, [...FOR_SERVING, ...FOR_COPIES, 'data'], 'does not go with the set-up of an Appwrite');
    return setupCommand(given, env);
  }
  refuse(given, FOR_SETUP, 'is for `npm run setup:appwrite`');
  if (given.backup) {
    refuse(given, [...FOR_SERVING, 'in'], 'does not go with a backup');
    return { kind: 'backup', data: text('data', given.data) ?? DEFAULT_DATA, out: needed('out', given.out, 'backup') };
  }
  if (given.restore) {
    refuse(given, [...FOR_SERVING, 'out'], 'does not go with restoring a backup');
    return { kind: 'restore', in: needed('in', given.in, 'restore'), data: needed('data', given.data, 'restore') };
  }
  refuse(given, FOR_COPIES, 'is for `npm run backup` and `npm run restore`');
  return {
    kind: 'serve',
    port: port(given.port),
    host: given.host,
    platforms: (given.platform ?? []).map(platform),
    data: text('data', given.data) ?? DEFAULT_DATA,
    fresh: given.fresh === true,
    demo: given['no-demo'] !== true,
    apiKey: apiKey(text('api-key', given['api-key']) ?? (env.COWRITE_API_KEY || undefined)),
    log: logFormat(given.log),
    limits: limits(given.limits),
    dev: given.dev === true,
  };
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    if (typeof error?.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS')) {
      throw new Problem(
        `${error.message.split('. ')[0].replace(/\.$/, '')}.\nRun \`npm start -- --help\` for the options.`,
      );
    }
    throw error;
  }
}

function setupCommand(given, env) {
  const setup = {
    kind: 'setup',
    endpoint: given.endpoint || env.APPWRITE_ENDPOINT,
    project: given.project || env.APPWRITE_PROJECT_ID,
    key: given.key || env.APPWRITE_API_KEY,
    dryRun: given['dry-run'] === true,
    functionsOnly: given['functions-only'] === true,
  };
  const missing = ['endpoint', 'project', 'key'].filter((name) => !setup[name]);
  if (missing.length > 0) {
    throw new Problem(
      `The set-up needs ${missing.map((name) => `--${name}`).join(', ')}.\n` +
        'Usage: npm run setup:appwrite -- --endpoint URL --project ID --key KEY',
    );
  }
  return { ...setup, endpoint: endpointUrl(setup.endpoint) };
}

function doctorCommand(given, env) {
  const others = [...FOR_SERVING, ...FOR_COPIES, 'dry-run', 'functions-only', 'setup-appwrite', 'backup', 'restore'];
  refuse(given, others, 'does not go with `npm run doctor`');
  const how = { repair: given.repair === true, json: given.json === true };
  if (given.endpoint === undefined) {
    refuse(given, ['project', 'key'], 'needs --endpoint');
    return { kind: 'doctor', patient: { data: text('data', given.data) ?? DEFAULT_DATA }, ...how };
  }
  refuse(given, ['data'], 'does not go with --endpoint');
  const access = {
    endpoint: endpointUrl(given.endpoint),
    project: given.project || env.APPWRITE_PROJECT_ID,
    key: given.key || env.APPWRITE_API_KEY,
  };
  if (!access.project) throw new Problem('--project is missing: the id of the project at the endpoint.');
  if (!access.key) throw new Problem('The API key is missing: set APPWRITE_API_KEY, or name it with --key.');
  return { kind: 'doctor', patient: access, ...how };
}

function endpointUrl(value) {
  if (/^https?:\/\/.+/.test(value)) return value.replace(/\/+$/, '');
  throw new Problem(`--endpoint must be a URL like https://fra.cloud.appwrite.io/v1, not "${value}".`);
}

function port(value) {
  if (value === undefined) return DEFAULT_PORT;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65535) {
    throw new Problem(`--port must be a number from 0 to 65535 (0 lets the system choose), not "${value}".`);
  }
  return number;
}

/** A host name as browsers know it; of an address, the host alone counts. */
function platform(value) {
  const host = /^(?:https?:\/\/)?((?:\*\.)?[\w.-]+|\[[\da-f:]+\])(?::\d+)?\/?$/i.exec(value)?.[1];
  if (host !== undefined) return host.replaceAll(/[[\]]/g, '').toLowerCase();
  throw new Problem(`--platform must be a host name like cowrite.example, not "${value}".`);
}

function apiKey(value) {
  if (value === undefined || value.length >= MIN_API_KEY) return value;
  throw new Problem(`The API key (--api-key or COWRITE_API_KEY) needs ${MIN_API_KEY} characters or more.`);
}

function logFormat(value = 'text') {
  if (value === 'text' || value === 'json') return value;
  throw new Problem(`--log must be json or text, not "${value}".`);
}

function needed(name, value, script) {
  if (value) return value;
  const usage = { backup: '[--data DIR] --out FILE', restore: '--in FILE --data DIR' }[script];
  throw new Problem(`--${name} is missing.\nUsage: npm run ${script} -- ${usage}`);
}

function limits(value = 'off') {
  if (value !== 'off' && value !== 'appwrite') throw new Problem(`--limits must be off or appwrite, not "${value}".`);
  return value;
}

function text(name, value) {
  if (value === '') throw new Problem(`--${name} needs a value.`);
  return value;
}

function refuse(given, names, reason) {
  const found = names.find((name) => given[name] !== undefined);
  if (found !== undefined) throw new Problem(`--${found} ${reason}.\nRun \`npm start -- --help\` for the options.`);
}

/** `npm start --port 5000` hands the option to npm, not to us: say so instead of ignoring it. */
function refuseSwallowed(env) {
  if (env.npm_lifecycle_event !== 'start' && env.npm_lifecycle_event !== 'dev') return;
  const swallowed = ['port', 'data', 'fresh'].find((name) => env[`npm_config_${name}`] !== undefined);
  if (swallowed !== undefined) {
    throw new Problem(
      `npm took --${swallowed} for itself. Put -- before the options: npm ${env.npm_lifecycle_event === 'start' ? 'start' : 'run dev'} -- --${swallowed} …`,
    );
  }
}
