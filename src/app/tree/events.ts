import type { NodeKind } from '../../core/tree.ts';

/** What the user asked the tree for; a controller does it. */
export type TreeAction =
  /** `edit`: the user wants to type in it, not to go on in the tree. */
  | { readonly kind: 'open'; readonly id: string; readonly edit: boolean }
  | { readonly kind: 'create'; readonly node: NodeKind; readonly parent: string | null; readonly path: string }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'move'; readonly id: string; readonly parent: string | null }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'restore'; readonly id: string }
  | { readonly kind: 'download'; readonly id: string }
  | { readonly kind: 'import'; readonly files: readonly File[]; readonly parent: string | null };

export class TreeActionEvent extends CustomEvent<TreeAction> {
  constructor(action: TreeAction) {
    super('tree-action', { detail: action, bubbles: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'tree-action': TreeActionEvent;
  }
}
