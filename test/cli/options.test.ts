import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/start/options.mjs';

const KEY = 'k'.repeat(16);
const OTHER_KEY = 'o'.repeat(16);

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([], {})).toEqual({
      kind: 'serve',
      port: 4321,
      host: undefined,
      platforms: [],
      data: '.cowrite',
      fresh: false,
      demo: true,
      apiKey: undefined,
      log: 'text',
      limits: 'off',
      dev: false,
    });
  });

  it('reads every option', () => {
    const args = ['--port', '0', '--host', '0.0.0.0', '--data=x', '--fresh', '--no-demo', '--api-key', KEY];
    args.push('--platform', 'Cowrite.example', '--platform=https://[fd00::1]:4321/', '--platform', '*.x.example');
    expect(
      parseOptions([...args, '--log', 'json', '--limits', 'appwrite', '--dev'], { COWRITE_API_KEY: OTHER_KEY }),
    ).toEqual({
      kind: 'serve',
      port: 0,
      host: '0.0.0.0',
      platforms: ['cowrite.example', 'fd00::1', '*.x.example'],
      data: 'x',
      fresh: true,
      demo: false,
      apiKey: KEY,
      log: 'json',
      limits: 'appwrite',
      dev: true,
    });
    expect(parseOptions([], { COWRITE_API_KEY: OTHER_KEY })).toMatchObject({ apiKey: OTHER_KEY });
    expect(() => parseOptions([], { COWRITE_API_KEY: 'short' })).toThrow('16 characters');
    expect(parseOptions(['--port', 'x', '--help'], {})).toEqual({ kind: 'help' });
  });

  it('reads the set-up from options or the environment', () => {
    const wanted = {
      kind: 'setup',
      endpoint: 'https://x.example/v1',
      project: 'p',
      key: 'k',
      dryRun: false,
      functionsOnly: false,
    };
    const args = ['--setup-appwrite', '--endpoint', 'https://x.example/v1/', '--project', 'p', '--key', 'k'];
    expect(parseOptions(args, {})).toEqual(wanted);
    const env = { APPWRITE_ENDPOINT: 'https://x.example/v1', APPWRITE_PROJECT_ID: 'p', APPWRITE_API_KEY: 'k' };
    expect(parseOptions(['--setup-appwrite', '--dry-run'], env)).toEqual({ ...wanted, dryRun: true });
    const functionsOnly = parseOptions(['--setup-appwrite', '--functions-only'], env);
    expect(functionsOnly).toEqual({ ...wanted, functionsOnly: true });
  });

  it('reads what is to be backed up and restored', () => {
    expect(parseOptions(['--backup', '--out', 'f'], {})).toEqual({ kind: 'backup', data: '.cowrite', out: 'f' });
    const args = ['--restore', '--in', 'f', '--data', 'd'];
    expect(parseOptions(args, {})).toEqual({ kind: 'restore', in: 'f', data: 'd' });
  });

  it('reads what the doctor is to look at', () => {
    const how = { kind: 'doctor', repair: false, json: false };
    expect(parseOptions(['--doctor'], {})).toEqual({ ...how, patient: { data: '.cowrite' } });
    const here = parseOptions(['--doctor', '--data', 'd', '--repair', '--json'], {});
    expect(here).toEqual({ kind: 'doctor', patient: { data: 'd' }, repair: true, json: true });
    const args = ['--doctor', '--endpoint', 'https://x.example/v1/', '--project', 'p'];
    const patient = { endpoint: 'https://x.example/v1', project: 'p', key: 'k' };
    expect(parseOptions(args, { APPWRITE_API_KEY: 'k' })).toEqual({ ...how, patient });
    expect(() => parseOptions(args, {})).toThrow('APPWRITE_API_KEY');
  });

  it.each([
    [['--repair'], 'npm run doctor'],
    [['--doctor', '--out', 'f'], '--out'],
    [['--doctor', '--project', 'p'], '--endpoint'],
    [['--doctor', '--endpoint', 'x', '--project', 'p', '--key', 'k'], 'must be a URL'],
    [['--prot', '1'], '--prot'],
    [['--api-key', 'k'.repeat(15)], '16 characters'],
    [['--platform', 'a host'], '"a host"'],
    [['--backup', '--out', 'f', '--platform', 'h'], '--platform'],
    [['extra'], 'extra'],
    [['--port'], '--port'],
    [['--port', '1.5'], '"1.5"'],
    [['--port', '70000'], '"70000"'],
    [['--data', ''], '--data'],
    [['--limits', 'some'], '"some"'],
    [['--key', 'k'], 'setup:appwrite'],
    [['--setup-appwrite', '--project', 'p'], '--endpoint, --key'],
    [['--setup-appwrite', '--endpoint', 'x', '--project', 'p', '--key', 'k'], 'must be a URL'],
    [['--setup-appwrite', '--port', '1'], '--port'],
    [['--log', 'xml'], '"xml"'],
    [['--out', 'f'], 'npm run backup'],
    [['--backup'], '--out'],
    [['--backup', '--out', 'f', '--port', '1'], '--port'],
    [['--restore', '--in', 'f'], '--data'],
  ])('says what is wrong with %j', (args, named) => {
    expect(() => parseOptions(args, {})).toThrow(named);
  });

  it('notices options that npm took for itself', () => {
    const env = { npm_lifecycle_event: 'start', npm_config_port: 'true' };
    expect(() => parseOptions(['5000'], env)).toThrow('npm start -- --port');
  });
});
