import type { LineEnding } from '../../core/text.ts';
import { freeName } from '../../core/tree.ts';
import type { ProjectSession } from '../session/api.ts';
import type { TreeAction } from '../tree/events.ts';
import { readImport } from '../tree/import.ts';
import { childrenOf, planCreation } from '../tree/paths.ts';
import type { Toast } from '../ui/events.ts';

export interface TreeActionEnvironment {
  readonly session: () => ProjectSession | null;
  /** `edit`: the focus goes into the editor. */
  readonly openFile: (id: string, edit: boolean) => void;
  readonly download: (name: string, text: string, ending: LineEnding) => void;
  readonly toast: (toast: Toast) => void;
}

/** Does what the user asks of the tree, and tells them when it cannot be done or how to undo it. */
export class TreeActions {
  private readonly environment: TreeActionEnvironment;
  /** Ends the toasts that offer to undo a deletion, by the id of what was deleted. */
  private readonly undoable = new Map<string, AbortController>();

  constructor(environment: TreeActionEnvironment) {
    this.environment = environment;
  }

  /** Resolves when it is done or the user has been told why not. */
  async run(action: TreeAction): Promise<void> {
    const session = this.environment.session();
    if (!session) return;
    try {
      await this.perform(session, action);
    } catch (error) {
      this.environment.toast({ message: error instanceof Error ? error.message : String(error), tone: 'danger' });
    }
  }

  /** The project is left: what could be undone in it cannot be any more. */
  leave(): void {
    for (const id of this.undoable.keys()) this.forget(id);
  }

  private async perform(session: ProjectSession, action: TreeAction): Promise<void> {
    switch (action.kind) {
      case 'open':
        return this.environment.openFile(action.id, action.edit);
      case 'create':
        return this.create(session, action);
      case 'rename':
        return session.rename(action.id, action.name);
      case 'move':
        return this.move(session, action.id, action.parent);
      case 'delete':
        return this.delete(session, action.id);
      case 'restore':
        session.restore(action.id);
        return this.forget(action.id);
      case 'download':
        return this.download(session, action.id);
      case 'import':
        return this.import(session, action.files, action.parent);
    }
  }

  private create(session: ProjectSession, { node, parent, path }: Extract<TreeAction, { kind: 'create' }>): void {
    const plan = planCreation(session.tree.value, parent, node, path);
    if (!plan.ok) throw new Error(plan.problem);
    let folder = plan.parent;
    for (const name of plan.folders) folder = session.createFolder(name, folder);
    if (node === 'folder') session.createFolder(plan.name, folder);
    else this.environment.openFile(session.createFile(plan.name, folder), true);
  }

  private move(session: ProjectSession, id: string, parent: string | null): void {
    const before = session.tree.value.byId.get(id);
    session.move(id, parent);
    if (!before) return;
    const place = parent === null ? 'the top' : `“${session.tree.value.byId.get(parent)?.path ?? ''}”`;
    this.environment.toast({
      message: `“${before.shownName}” was moved to ${place}.`,
      action: { label: 'Undo', run: () => void this.run({ kind: 'move', id, parent: before.parent }) },
    });
  }

  private delete(session: ProjectSession, id: string): void {
    const node = session.tree.value.byId.get(id);
    session.delete(id);
    if (!node) return;
    const controller = new AbortController();
    this.undoable.set(id, controller);
    this.environment.toast({
      until: controller.signal,
      message: `“${node.shownName}” is deleted.`,
      action: { label: 'Undo', run: () => void this.run({ kind: 'restore', id }) },
      duration: 12_000,
    });
  }

  private forget(id: string): void {
    this.undoable.get(id)?.abort();
    this.undoable.delete(id);
  }

  private async download(session: ProjectSession, id: string): Promise<void> {
    const text = await session.readText(id);
    const node = session.tree.value.byId.get(id);
    if (node) this.environment.download(node.shownName, text, node.lineEnding);
  }

  private async import(session: ProjectSession, files: readonly File[], parent: string | null): Promise<void> {
    const created: { readonly id: string; readonly name: string }[] = [];
    for (const file of files) {
      const imported = await readImport(file);
      if (this.environment.session() !== session) return;
      if (!imported.ok) {
        this.environment.toast({ message: imported.problem, tone: 'danger', duration: 12_000 });
        continue;
      }
      const name = freeName(childrenOf(session.tree.value, parent), imported.name);
      created.push({ id: session.createFile(name, parent, imported.content), name });
    }
    const [first] = created;
    if (first === undefined) return;
    if (created.length === 1) this.environment.openFile(first.id, false);
    this.environment.toast({
      message: created.length === 1 ? `“${first.name}” was imported.` : `${created.length} files were imported.`,
      tone: 'success',
    });
  }
}
