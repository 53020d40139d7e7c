import 'monaco-editor/languages/features/html/html.worker';
import { sayStarted } from './started.ts';

sayStarted();
