import 'monaco-editor/languages/features/css/css.worker';
import { sayStarted } from './started.ts';

sayStarted();
