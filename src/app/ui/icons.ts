/** The icons of the app: Lucide, bundled. Nothing is ever loaded from another host. */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';
import { html, type TemplateResult } from 'lit';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronDown from 'lucide-static/icons/chevron-down.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import chevronUp from 'lucide-static/icons/chevron-up.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleDashed from 'lucide-static/icons/circle-dashed.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import cloudOff from 'lucide-static/icons/cloud-off.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import ellipsis from 'lucide-static/icons/ellipsis.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import eyeOff from 'lucide-static/icons/eye-off.svg?raw';
import file from 'lucide-static/icons/file.svg?raw';
import fileCode from 'lucide-static/icons/file-code.svg?raw';
import filePlus from 'lucide-static/icons/file-plus.svg?raw';
import folder from 'lucide-static/icons/folder.svg?raw';
import folderOpen from 'lucide-static/icons/folder-open.svg?raw';
import folderPlus from 'lucide-static/icons/folder-plus.svg?raw';
import bookmark from 'lucide-static/icons/bookmark.svg?raw';
import historyIcon from 'lucide-static/icons/history.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import blame from 'lucide-static/icons/user-pen.svg?raw';
import hardDrive from 'lucide-static/icons/hard-drive.svg?raw';
import loader from 'lucide-static/icons/loader-circle.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import messageSquare from 'lucide-static/icons/message-square.svg?raw';
import messageSquarePlus from 'lucide-static/icons/message-square-plus.svg?raw';
import messageSquareDiff from 'lucide-static/icons/message-square-diff.svg?raw';
import monitor from 'lucide-static/icons/monitor.svg?raw';
import moon from 'lucide-static/icons/moon.svg?raw';
import panelLeft from 'lucide-static/icons/panel-left.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import redo from 'lucide-static/icons/redo-2.svg?raw';
import refresh from 'lucide-static/icons/refresh-cw.svg?raw';
import rotateCcw from 'lucide-static/icons/rotate-ccw.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import share from 'lucide-static/icons/user-plus.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const ICONS = {
  'arrow-left': arrowLeft,
  blame,
  bookmark,
  check,
  'chevron-down': chevronDown,
  'chevron-right': chevronRight,
  'chevron-up': chevronUp,
  'circle-alert': circleAlert,
  'circle-check': circleCheck,
  'circle-dashed': circleDashed,
  'cloud-off': cloudOff,
  copy,
  download,
  ellipsis,
  eye,
  'eye-off': eyeOff,
  file,
  'file-code': fileCode,
  'file-plus': filePlus,
  folder,
  'folder-open': folderOpen,
  'folder-plus': folderPlus,
  'hard-drive': hardDrive,
  history: historyIcon,
  loader,
  lock,
  'log-out': logOut,
  'message-square': messageSquare,
  'message-square-diff': messageSquareDiff,
  'message-square-plus': messageSquarePlus,
  monitor,
  moon,
  'panel-left': panelLeft,
  pause,
  pencil,
  play,
  plus,
  redo,
  refresh,
  'rotate-ccw': rotateCcw,
  settings,
  share,
  sun,
  trash,
  'triangle-alert': triangleAlert,
  undo,
  upload,
  x,
} as const;

export type IconName = keyof typeof ICONS;

/** An icon that says nothing to assistive technology: what it sits in has the label. */
export function icon(name: IconName, slot?: string): TemplateResult {
  return slot === undefined
    ? html`<span class="icon" aria-hidden="true">${unsafeSVG(ICONS[name])}</span>`
    : html`<span class="icon" slot=${slot} aria-hidden="true">${unsafeSVG(ICONS[name])}</span>`;
}

/** The names that Web Awesome's own components use, in our icons. */
const SYSTEM: Readonly<Record<string, IconName>> = {
  check: 'check',
  xmark: 'x',
  'circle-xmark': 'x',
  'chevron-down': 'chevron-down',
  'chevron-right': 'chevron-right',
  'chevron-left': 'arrow-left',
  eye: 'eye',
  'eye-slash': 'eye-off',
  user: 'share',
  copy: 'copy',
};

/** Makes Web Awesome's components take every icon from the bundle; to be called before the first of them is used. */
export function useBundledIcons(): void {
  const known: Readonly<Record<string, string>> = ICONS;
  const resolver = (name: string): string => {
    const svg = known[SYSTEM[name] ?? name] ?? file;
    return `data:image/svg+xml,${encodeURIComponent(svg.slice(svg.indexOf('<svg')))}`;
  };
  registerIconLibrary('default', { resolver });
  registerIconLibrary('system', { resolver });
}
