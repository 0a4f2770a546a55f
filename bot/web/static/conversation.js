// What was said and heard, and what the caller should write down.

const ECHO_SECONDS = 5; // within this time the hotline repeats a written text as "heard"

export class Conversation {
  constructor({ captions, partial, notes, notesPart }) {
    this.captions = captions;
    this.partial = partial;
    this.notes = notes;
    this.notesPart = notesPart;
    this.written = null;
    this.following = true; // the end is in sight: it stays in sight
    captions.addEventListener("scroll", () => {
      this.following = captions.scrollHeight - captions.scrollTop - captions.clientHeight < 40;
    });
    new ResizeObserver(() => this.follow()).observe(captions); // a note above takes room
  }

  /** A new call: the old one's words go, its notes stay. */
  begin() {
    this.captions.replaceChildren();
    this.following = true;
    this.partial.textContent = "";
    this.written = null;
  }

  show(kind, text) {
    if (kind === "partial") this.partial.textContent = text;
    else if (kind === "note") this.note(text);
    else if (kind === "heard") this.heard(text);
    else if (kind === "said") this.add("said", "热线", text);
  }

  /** The caller wrote this; the hotline will confirm it as heard, perhaps with a number masked. */
  wrote(text) {
    this.written = { element: this.add("heard", "我", text), until: performance.now() + ECHO_SECONDS * 1000 };
  }

  heard(text) {
    this.partial.textContent = "";
    const written = this.written;
    this.written = null;
    if (written && performance.now() < written.until) written.element.textContent = text;
    else this.add("heard", "我", text);
  }

  add(kind, who, text) {
    const entry = document.createElement("p");
    entry.className = kind;
    const speaker = document.createElement("span");
    speaker.className = "who";
    speaker.textContent = who;
    const words = document.createElement("span");
    words.className = "words";
    words.textContent = text;
    entry.append(speaker, words);
    this.captions.append(entry);
    this.follow();
    return words;
  }

  follow() {
    if (this.following) this.captions.scrollTop = this.captions.scrollHeight;
  }

  note(text) {
    const entry = document.createElement("li");
    entry.textContent = text;
    this.notes.append(entry);
    this.notesPart.hidden = false;
  }
}
