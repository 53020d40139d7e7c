import type { ReactiveControllerHost } from 'lit';
import type { Tree } from '../../core/tree.ts';
import { TreeActionEvent } from './events.ts';
import { moveProblem } from './paths.ts';

const NODE_TYPE = 'application/x-cowrite-node';

type Host = ReactiveControllerHost & HTMLElement & { readonly tree: Tree; readonly readOnly: boolean };

/** Dragging in the tree: rows into folders, and files from outside into the project. */
export class TreeDragging {
  /** Where something would be dropped: a folder, `null` for the top, `undefined` while nothing is dragged. */
  target: string | null | undefined = undefined;
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  start(event: DragEvent, id: string): void {
    event.dataTransfer?.setData(NODE_TYPE, id);
  }

  readonly over = (event: DragEvent): void => {
    const types = event.dataTransfer?.types ?? [];
    if (this.host.readOnly || (!types.includes(NODE_TYPE) && !types.includes('Files'))) return;
    event.preventDefault();
    this.show(this.folderAt(event));
  };

  readonly leave = (event: DragEvent): void => {
    if (event.relatedTarget instanceof Node && this.host.contains(event.relatedTarget)) return;
    this.show(undefined);
  };

  readonly drop = (event: DragEvent): void => {
    this.show(undefined);
    if (this.host.readOnly || !event.dataTransfer) return;
    event.preventDefault();
    const parent = this.folderAt(event);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) {
      this.host.dispatchEvent(new TreeActionEvent({ kind: 'import', files, parent }));
      return;
    }
    const id = event.dataTransfer.getData(NODE_TYPE);
    const node = this.host.tree.byId.get(id);
    if (!node || node.parent === parent || moveProblem(this.host.tree, node, parent) !== null) return;
    this.host.dispatchEvent(new TreeActionEvent({ kind: 'move', id, parent }));
  };

  private show(target: string | null | undefined): void {
    if (target === this.target) return;
    this.target = target;
    this.host.requestUpdate();
  }

  /** The folder under the pointer, or that of the file under it. */
  private folderAt(event: DragEvent): string | null {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-id]') : null;
    const node = this.host.tree.byId.get(row?.dataset['id'] ?? '');
    return node?.kind === 'folder' ? node.id : (node?.parent ?? null);
  }
}
