import type { editor } from 'monaco-editor/editor';
import type { FileSession } from '../session/api.ts';
import type { Monaco } from './binding/types.ts';

/** The editor while it shows a file, for those who draw something into it. Index n of the model is index n of the text. */
export interface EditorContext {
  readonly file: FileSession;
  readonly editor: editor.IStandaloneCodeEditor;
  readonly model: editor.ITextModel;
  readonly monaco: Monaco;
}

/** The editor shows a file, or none any more (`null`): what was drawn into it is to be taken back. */
export class EditorContextEvent extends CustomEvent<EditorContext | null> {
  constructor(context: EditorContext | null) {
    super('editor-context', { detail: context, bubbles: true });
  }
}
