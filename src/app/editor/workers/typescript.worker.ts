import 'monaco-editor/languages/features/typescript/ts.worker';
import { sayStarted } from './started.ts';

sayStarted();
