import type { Diagnostic } from '../../core/history/diagnostics.ts';
import { COMPILER_OPTIONS } from '../editor/language-services.ts';
import { isTsx, languageForFile, monaco } from '../editor/monaco.ts';
import { hasWorker, startWorker, type WorkerKind } from '../editor/workers.ts';

/** More are not compared: a text with so many errors is broken as a whole. */
const MOST_DIAGNOSTICS = 2_000;

/** Tells the texts of all checkers apart. */
let checked = 0;

const ENDED = new Error('Checking was ended.');

/**
 * Says all that is wrong with a text, what only types tell included. It knows one file, so it takes much for unknown that
 * is not: of use where two texts are compared. In a worker of its own, that nothing else waits for; end it with `close`.
 */
export class Checker {
  private readonly kind: WorkerKind;
  private readonly suffix: string;
  private readonly stop = new AbortController();
  private readonly worker: Promise<Worker>;
  private readonly ended: Promise<never>;
  private readonly texts = new Set<monaco.editor.ITextModel>();
  private client: monaco.editor.MonacoWebWorker<Service> | null = null;

  /** `null`: there is none for files of this name. */
  static for(name: string): Checker | null {
    const language = languageForFile(name);
    const setup = SETUPS[language];
    return setup === undefined ? null : new Checker(setup, isTsx(name) ? '.tsx' : setup.suffix);
  }

  private constructor({ kind, data }: Setup, suffix: string) {
    this.kind = kind;
    this.suffix = suffix;
    this.ended = new Promise((_, reject) => {
      this.stop.signal.addEventListener('abort', () => reject(ENDED));
    });
    // Whoever waits for an answer hears of it; nobody else has to.
    this.ended.catch(() => undefined);
    this.worker = startWorker(kind, this.stop.signal).then((worker) => {
      // How Monaco's own services begin: one message that is left out, then what the service is to be made with.
      for (const message of ['ignore', data]) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
        worker.postMessage(message);
      }
      return worker;
    });
  }

  /** Whether it can work now: without a network its script has to be on this device. */
  isHere(): Promise<boolean> {
    return hasWorker(this.kind);
  }

  /** Waits for a network if it needs one to begin; rejects when it is closed before. */
  check(text: string): Promise<readonly Diagnostic[]> {
    // A worker that was ended does not answer any more.
    return Promise.race([this.ask(text), this.ended]);
  }

  /** Calling it twice is harmless. */
  close(): void {
    if (this.stop.signal.aborted) return;
    this.stop.abort(ENDED);
    this.client?.dispose();
    for (const text of this.texts) text.dispose();
    this.worker.then(
      (worker) => worker.terminate(),
      // It never began.
      () => undefined,
    );
  }

  private async ask(text: string): Promise<readonly Diagnostic[]> {
    const worker = await this.worker;
    this.stop.signal.throwIfAborted();
    const client = (this.client ??= monaco.editor.createWebWorker<Service>({ worker, keepIdleModels: true }));
    const uri = monaco.Uri.from({ scheme: 'inmemory', authority: 'check', path: `/${++checked}${this.suffix}` });
    // As plain text, so that the services of the editor leave it alone.
    const model = monaco.editor.createModel(text, 'plaintext', uri);
    model.setEOL(monaco.editor.EndOfLineSequence.LF);
    this.texts.add(model);
    try {
      const service = await client.withSyncedResources([uri]);
      this.stop.signal.throwIfAborted();
      const found =
        this.kind === 'typescript'
          ? await checkCode(service, uri.toString())
          : fromServer(await service.doValidation(uri.toString()), model);
      this.stop.signal.throwIfAborted();
      return found.sort((a, b) => a.from - b.from || a.to - b.to).slice(0, MOST_DIAGNOSTICS);
    } finally {
      this.texts.delete(model);
      model.dispose();
    }
  }
}

/** What is called of Monaco's services. */
interface Service {
  getSyntacticDiagnostics(file: string): Promise<readonly CodeDiagnostic[]>;
  getSemanticDiagnostics(file: string): Promise<readonly CodeDiagnostic[]>;
  doValidation(file: string): Promise<readonly ServerDiagnostic[]>;
}

interface CodeDiagnostic {
  readonly category: 0 | 1 | 2 | 3;
  readonly code: number;
  readonly start?: number;
  readonly length?: number;
  readonly messageText: string | { readonly messageText: string };
}

/** As the language server protocol has it; lines and characters count from 0. */
interface ServerDiagnostic {
  readonly range: { readonly start: ServerPosition; readonly end: ServerPosition };
  readonly severity?: number;
  readonly code?: string | number;
  readonly message: string;
}

interface ServerPosition {
  readonly line: number;
  readonly character: number;
}

interface Setup {
  readonly kind: WorkerKind;
  readonly suffix: string;
  /** What the service is made with. */
  readonly data: unknown;
}

function code(suffix: string): Setup {
  const compilerOptions = { ...COMPILER_OPTIONS, allowJs: true, checkJs: true, noEmit: true };
  return { kind: 'typescript', suffix, data: { compilerOptions, extraLibs: {}, inlayHintsOptions: {} } };
}

function styles(languageId: string): Setup {
  const lint = { duplicateProperties: 'warning', emptyRules: 'warning', hexColorLength: 'error' };
  const options = { validate: true, lint, data: { useDefaultDataProvider: true } };
  return { kind: 'css', suffix: `.${languageId}`, data: { languageId, options } };
}

const SETUPS: Readonly<Record<string, Setup>> = {
  typescript: code('.ts'),
  javascript: code('.js'),
  css: styles('css'),
  scss: styles('scss'),
  less: styles('less'),
  json: {
    kind: 'json',
    suffix: '.json',
    data: {
      languageId: 'json',
      languageSettings: { validate: true, allowComments: true, schemas: [] },
      enableSchemaRequest: false,
    },
  },
};

/** TypeScript has a code of its own for each of these where it has a guess what was meant. */
const WITH_GUESS: Readonly<Record<number, number>> = { 2551: 2339, 2552: 2304, 2724: 2305 };

async function checkCode(service: Service, file: string): Promise<Diagnostic[]> {
  const all = [await service.getSyntacticDiagnostics(file), await service.getSemanticDiagnostics(file)].flat();
  return all.flatMap(({ category, code: number, start = 0, length = 0, messageText }): Diagnostic[] => {
    // Suggestions and messages are no problems.
    if (category > 1) return [];
    const message = typeof messageText === 'string' ? messageText : messageText.messageText;
    const plain = WITH_GUESS[number];
    return [
      {
        severity: category === 1 ? 'error' : 'warning',
        // The guess depends on what else is there.
        message: plain === undefined ? message : message.replace(/ Did you mean [^]*$/, ''),
        code: String(plain ?? number),
        from: start,
        to: start + length,
      },
    ];
  });
}

function fromServer(found: readonly ServerDiagnostic[], model: monaco.editor.ITextModel): Diagnostic[] {
  const indexOf = ({ line, character }: ServerPosition): number =>
    model.getOffsetAt({ lineNumber: line + 1, column: character + 1 });
  return found
    .filter(({ severity = 1 }) => severity <= 2)
    .map(({ range, severity = 1, code: rule = '', message }) => ({
      severity: severity === 1 ? 'error' : 'warning',
      message,
      code: String(rule),
      from: indexOf(range.start),
      to: indexOf(range.end),
    }));
}
