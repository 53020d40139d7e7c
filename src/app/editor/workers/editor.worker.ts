import 'monaco-editor/editor/editor.worker';
import { sayStarted } from './started.ts';

sayStarted();
