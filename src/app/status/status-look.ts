import type { Status } from '../../core/status.ts';
import type { IconName } from '../ui/icons.ts';

/** How a status is shown. Green means: every edit is stored on the server, and nothing else does. */
export interface StatusLook {
  readonly icon: IconName;
  readonly tone: 'green' | 'blue' | 'amber' | 'red' | 'quiet';
  readonly label: string;
}

export function statusLook(status: Status): StatusLook {
  switch (status) {
    case 'saved':
      return { icon: 'circle-check', tone: 'green', label: 'Saved' };
    case 'saving':
      return { icon: 'loader', tone: 'blue', label: 'Saving' };
    case 'connecting':
      return { icon: 'loader', tone: 'quiet', label: 'Connecting' };
    case 'catching-up':
      return { icon: 'loader', tone: 'blue', label: 'Catching up' };
    case 'offline':
      return { icon: 'cloud-off', tone: 'amber', label: 'Offline' };
    case 'read-only':
      return { icon: 'lock', tone: 'quiet', label: 'Read only' };
    case 'not-on-this-device':
      return { icon: 'hard-drive', tone: 'amber', label: 'Not on this device' };
    case 'deleted':
      return { icon: 'trash', tone: 'quiet', label: 'Deleted' };
    case 'failed':
      return { icon: 'circle-alert', tone: 'red', label: 'Not saved' };
  }
}

/** Coming and going of these says nothing that a person has to hear. */
export function isWorthSaying(status: Status): boolean {
  switch (status) {
    case 'saving':
    case 'connecting':
    case 'catching-up':
      return false;
    case 'saved':
    case 'offline':
    case 'read-only':
    case 'not-on-this-device':
    case 'deleted':
    case 'failed':
      return true;
  }
}
