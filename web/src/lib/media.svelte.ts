/** Whether a media query holds, as something that pages can follow. */
export class Media {
  matches = $state(false);

  constructor(query: string) {
    const list = matchMedia(query);
    this.matches = list.matches;
    list.addEventListener('change', () => (this.matches = list.matches));
  }
}

/** There is no room for a column beside the talk. */
export const narrow = new Media('(max-width: 1000px)');
