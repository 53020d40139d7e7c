import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

export const DEFAULT_PORT = 4321;
export const DEFAULT_DATA = '.cowrite';

export const HELP = `Usage: npm start -- [options]

Runs Cowrite on this machine: the app and its embedded Appwrite-compatible server on one port.

  --port N         port to listen on (default ${DEFAULT_PORT})
  --host H         address to listen on (default localhost; 0.0.0.0 opens it to the network)
  --data DIR       folder for everything that is stored (default ${DEFAULT_DATA}/)
  --fresh          delete what is stored in that folder first
  --no-demo        do not create the demo project on the first start
  --api-key KEY    key of the server API (default: env COWRITE_API_KEY, else made up and kept in the data folder)
  --dev            develop Cowrite: hot reload of the app, no build
  --help           show this

To use an Appwrite of your own (Cloud or self-hosted):

  npm run setup:appwrite -- --endpoint URL --project ID --key KEY [--dry-run]

  --endpoint URL   for example https://fra.cloud.appwrite.io/v1 (default: env APPWRITE_ENDPOINT)
  --project ID     id of the Appwrite project (default: env APPWRITE_PROJECT_ID)
  --key KEY        API key of that project (default: env APPWRITE_API_KEY)
  --dry-run        only say what would be done
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  fresh: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  'api-key': { type: 'string' },
  dev: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  'setup-appwrite': { type: 'boolean' },
  endpoint: { type: 'string' },
  project: { type: 'string' },
  key: { type: 'string' },
  'dry-run': { type: 'boolean' },
};

const FOR_SETUP = ['endpoint', 'project', 'key', 'dry-run'];
const FOR_SERVING = ['port', 'host', 'data', 'fresh', 'no-demo', 'api-key', 'dev'];

/**
 * Reads the command line and the environment into one command:
 * `{kind:'help'}`, `{kind:'serve', …}` or `{kind:'setup', …}`. Throws a Problem that says what is wrong.
 */
export function parseOptions(args, env) {
  refuseSwallowed(env);
  const given = parse(args);
  if (given.help) return { kind: 'help' };
  if (given['setup-appwrite']) {
    refuse(given, FOR_SERVING, 'does not go with the set-up of an Appwrite');
    return setupCommand(given, env);
  }
  refuse(given, FOR_SETUP, 'is for `npm run setup:appwrite`');
  return {
    kind: 'serve',
    port: port(given.port),
    host: given.host,
    data: text('data', given.data) ?? DEFAULT_DATA,
    fresh: given.fresh === true,
    demo: given['no-demo'] !== true,
    apiKey: text('api-key', given['api-key']) ?? (env.COWRITE_API_KEY || undefined),
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
  };
  const missing = ['endpoint', 'project', 'key'].filter((name) => !setup[name]);
  if (missing.length > 0) {
    throw new Problem(
      `The set-up needs ${missing.map((name) => `--${name}`).join(', ')}.\n` +
        'Usage: npm run setup:appwrite -- --endpoint URL --project ID --key KEY',
    );
  }
  if (!/^https?:\/\/.+/.test(setup.endpoint)) {
    throw new Problem(`--endpoint must be a URL like https://fra.cloud.appwrite.io/v1, not "${setup.endpoint}".`);
  }
  return { ...setup, endpoint: setup.endpoint.replace(/\/+$/, '') };
}

function port(value) {
  if (value === undefined) return DEFAULT_PORT;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65535) {
    throw new Problem(`--port must be a number from 0 to 65535 (0 lets the system choose), not "${value}".`);
  }
  return number;
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
