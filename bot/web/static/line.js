// The line to the hotline: one WebSocket for one call (docs/browser-protocol.md).

const ASK_SECONDS = 3; // how often we ask whether the server is there
const LOST_SECONDS = 10; // nothing came for so long: the line is dead
const STALLED_BYTES = 32_000; // 2 s of our sound still unsent: what is older than that helps nobody
const SILENCE = new ArrayBuffer(1600); // 100 ms

const REFUSED = [4429, 4503];

/**
 * A line. Callbacks: answered(), sound(ArrayBuffer), clear(), caption(kind, text), state(name), ended(why, text), once;
 * why is "hangup" (the hotline hung up, and its last sound is still to be played: then call `close`), "refused", "failed",
 * "unreachable", "restart" or "lost".
 */
export class Line {
  constructor(callbacks) {
    this.callbacks = callbacks;
    this.open = false;
    this.over = false;
    this.heardAt = performance.now();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/call`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => (this.open = true);
    this.socket.onmessage = (event) => this.received(event.data);
    this.socket.onclose = (event) => this.closed(event.code);
    this.asking = setInterval(() => this.ask(), ASK_SECONDS * 1000);
    this.silence = null;
  }

  received(message) {
    this.heardAt = performance.now();
    if (message instanceof ArrayBuffer) {
      this.callbacks.sound(message);
      return;
    }
    const told = JSON.parse(message);
    if (told.type === "answered") this.callbacks.answered();
    else if (told.type === "clear") this.callbacks.clear();
    else if (told.type === "caption") this.callbacks.caption(told.kind, told.text);
    else if (told.type === "state") this.callbacks.state(told.state);
    else if (told.type === "refused") this.end("refused", told.text);
    else if (told.type === "end") this.end(told.reason === "failed" ? "failed" : "hangup");
  }

  closed(code) {
    if (REFUSED.includes(code)) this.end("refused", "");
    else if (code === 1012) this.end("restart");
    else if (code === 1011) this.end("failed");
    else this.end(this.open ? "lost" : "unreachable");
    this.close();
  }

  ask() {
    if (performance.now() - this.heardAt > LOST_SECONDS * 1000) {
      this.end(this.open ? "lost" : "unreachable");
      this.close();
    } else {
      this.tell({ type: "alive" });
    }
  }

  end(why, text = "") {
    if (this.over) return;
    this.over = true;
    this.callbacks.ended(why, text);
  }

  tell(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  key(key) {
    this.tell({ type: "key", key });
  }

  text(text) {
    this.tell({ type: "text", text });
  }

  /** Whether what we send is heard by a microphone: without one our silence is not the caller's. */
  microphone(on) {
    this.tell({ type: "microphone", on });
  }

  sound(frame) {
    if (this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < STALLED_BYTES) {
      this.socket.send(frame);
    }
  }

  /** Without sound in this browser somebody must still send the call's time: silence, 100 ms at a time. */
  soundNothing() {
    this.silence = setInterval(() => this.sound(SILENCE), 100);
  }

  hangUp() {
    this.over = true;
    this.tell({ type: "hang_up" });
    this.close();
  }

  close() {
    this.over = true;
    clearInterval(this.asking);
    clearInterval(this.silence);
    this.socket.close(1000);
  }
}
