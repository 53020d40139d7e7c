import 'monaco-editor/languages/features/json/json.worker';
import { sayStarted } from './started.ts';

sayStarted();
