import { html, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { ProjectSession } from '../session/api.ts';
import type { Steps } from '../session/history/workbench.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { authorOf, avatarOf, nameOf } from './authors.ts';
import { nextFrame, SPEEDS, stepFrom, trackOf, type Stride } from './playback.ts';
import { exactWords, momentWords } from './words.ts';

/** The track is drawn of at most so many parts. */
const MOST_PARTS = 400;

/** Another moment is to be shown. */
export class ScrubEvent extends CustomEvent<{ readonly position: number; readonly playing: boolean }> {
  constructor(position: number, playing: boolean) {
    super('scrub', { detail: { position, playing }, bubbles: true });
  }
}

/**
 * A history as a line to move along and to play.
 *
 * @event scrub – another moment is to be shown
 */
export class Scrubber extends LightElement {
  static override properties = {
    session: { attribute: false },
    steps: { attribute: false },
    position: { attribute: false },
    speed: { state: true },
    playing: { state: true },
  };

  declare session: ProjectSession;
  declare steps: Steps;
  declare position: number;
  declare private speed: number;
  declare playing: boolean;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private track: ReturnType<typeof trackOf> = [];

  constructor() {
    super();
    this.position = 0;
    this.speed = SPEEDS[1];
    this.playing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  /** Begins at the beginning when it is at the end. */
  toggle(): void {
    if (this.playing) {
      this.stop();
      this.send(this.position);
      return;
    }
    this.playing = true;
    if (this.position >= this.steps.times.length) this.send(0);
    this.schedule(this.position >= this.steps.times.length ? 0 : this.position);
  }

  step(stride: Stride, forward: boolean): void {
    this.stop();
    this.send(stepFrom(this.steps, this.position, stride, forward));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('steps')) this.track = trackOf(this.steps);
  }

  protected override render(): TemplateResult {
    const { times, by, authors } = this.steps;
    const { position } = this;
    const author = position === 0 ? null : (authors[by[position - 1] ?? 0] ?? null);
    const who = authorOf(this.session, author);
    const time = times[position - 1];
    const said = time === undefined ? 'The beginning' : `${nameOf(who)}, ${momentWords(time, Date.now())}`;
    return html`<div class="scrub" data-testid="scrubber">
      <button
        class="icon-button scrub-play"
        aria-label=${this.playing ? 'Pause' : 'Play'}
        title=${this.playing ? 'Pause (Space)' : 'Play (Space)'}
        data-testid="play"
        @click=${() => this.toggle()}
      >
        ${icon(this.playing ? 'pause' : 'play')}
      </button>
      <div class="scrub-line">
        <div class="scrub-track" aria-hidden="true">
          ${this.track.slice(0, MOST_PARTS).map(
            ({ author: id, from, to }) =>
              html`<i
                style=${styleMap({
                  left: `${from * 100}%`,
                  width: `${(to - from) * 100}%`,
                  '--person': authorOf(this.session, id).color,
                })}
              ></i>`,
          )}
        </div>
        <input
          type="range"
          min="0"
          max=${times.length}
          step="1"
          aria-label="Moment of the history"
          aria-valuetext=${said}
          data-testid="scrub-range"
          .value=${String(position)}
          @input=${this.scrub}
        />
      </div>
      <span class="scrub-said" title=${time === undefined ? '' : exactWords(time)} data-testid="scrub-said">
        ${avatarOf(who)} <span>${said}</span>
      </span>
      <select aria-label="Speed" data-testid="scrub-speed" @change=${this.chooseSpeed}>
        ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === this.speed}>${speed}×</option>`)}
      </select>
    </div>`;
  }

  private schedule(position: number): void {
    const frame = nextFrame(this.steps, position, this.speed);
    if (frame === null) {
      this.stop();
      this.send(position);
      return;
    }
    this.timer = setTimeout(() => {
      this.send(frame.position);
      this.schedule(frame.position);
    }, frame.delay);
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.playing = false;
  }

  private send(position: number): void {
    this.dispatchEvent(new ScrubEvent(position, this.playing));
  }

  private readonly scrub = (event: Event): void => {
    this.stop();
    this.send(Number((event.target as HTMLInputElement).value));
  };

  private readonly chooseSpeed = (event: Event): void => {
    this.speed = Number((event.target as HTMLSelectElement).value);
  };
}

customElements.define('cw-scrubber', Scrubber);

declare global {
  interface HTMLElementTagNameMap {
    'cw-scrubber': Scrubber;
  }
  interface HTMLElementEventMap {
    scrub: ScrubEvent;
  }
}
