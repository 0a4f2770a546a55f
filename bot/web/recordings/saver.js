// What a person does goes to the disk at once: one step after the other, in order, again if the service was not there.

const AGAIN_AFTER = 2000; // ms

export class Saver {
  constructor(told) {
    this.told = told; // ("saving" | "saved" | "failed")
    this.texts = new Map(); // place → the newest text that is not yet on the disk
    this.line = Promise.resolve();
    addEventListener("pagehide", () => {
      for (const [place, text] of this.texts) this.post(place, { text }, true).catch(() => {});
    });
    addEventListener("beforeunload", (event) => this.texts.size > 0 && event.preventDefault());
  }

  /** A text was typed; several that wait become one. Resolves with the recording as it is kept. */
  text(place, text) {
    this.texts.set(place, text);
    this.told("saving");
    return this.inTurn(async () => {
      const newest = this.texts.get(place);
      if (newest === undefined) return null; // went with another one
      const { kept } = await this.untilThere(place, { text: newest });
      if (this.texts.get(place) === newest) this.texts.delete(place);
      if (this.texts.size === 0) this.told("saved");
      return kept;
    });
  }

  /** Any other step, after all texts. Resolves with {kept} or, if it is refused, {refused: why}. */
  step(place, asked) {
    this.told("saving");
    return this.inTurn(async () => {
      const answer = await this.untilThere(place, asked);
      if (this.texts.size === 0) this.told("saved");
      return answer;
    });
  }

  inTurn(work) {
    const done = this.line.then(work);
    this.line = done.catch(() => {});
    return done;
  }

  async untilThere(place, asked) {
    for (;;) {
      try {
        const answer = await this.post(place, asked);
        if (answer.ok) return { kept: await answer.json() };
        if (answer.status === 409) return { refused: (await answer.json()).told };
      } catch {
        // the service is away
      }
      this.told("failed");
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    }
  }

  post(place, asked, keepalive = false) {
    return fetch(`recordings/${place}`, { method: "POST", body: JSON.stringify(asked), keepalive });
  }
}
