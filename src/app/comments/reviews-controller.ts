import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ProjectSession } from '../session/api.ts';
import { ProjectReviews } from './project-reviews.ts';

interface Wanted {
  readonly session: ProjectSession | null;
  /** Node id of the open file. */
  readonly file: string | null;
}

/** Keeps the comments of a project open as long as its host shows it. */
export class ReviewsController implements ReactiveController {
  private readonly wanted: () => Wanted;
  private open: ProjectReviews | null = null;

  constructor(host: ReactiveControllerHost, wanted: () => Wanted) {
    this.wanted = wanted;
    host.addController(this);
  }

  get reviews(): ProjectReviews | null {
    return this.open;
  }

  hostUpdate(): void {
    const { session, file } = this.wanted();
    if (session !== (this.open?.session ?? null)) {
      this.open?.close();
      this.open = session === null ? null : new ProjectReviews(session);
    }
    this.open?.show(file);
  }

  hostDisconnected(): void {
    this.open?.close();
    this.open = null;
  }
}
