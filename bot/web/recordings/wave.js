// One recording to hear and to see: its waveform, the place that is being played, and a chosen stretch of it.

const COLOURS = { wave: "--brand", stretch: "--warn-edge", chosen: "--key-down", played: "--danger" };

const LINE_RATE = 8000;

export class Wave {
  constructor(canvas, told) {
    this.canvas = canvas;
    this.told = told; // called when the chosen stretch changes
    this.sound = null;
    this.stretches = [];
    this.chosen = null;
    this.source = null;
    this.startedAt = 0;
    this.dragFrom = null;
    canvas.addEventListener("pointerdown", (event) => this.drag(event, true));
    canvas.addEventListener("pointermove", (event) => this.dragFrom !== null && this.drag(event, false));
    canvas.addEventListener("pointerup", () => (this.dragFrom = null));
  }

  /** Show a sound (ArrayBuffer of a WAV file) with the stretches in which numbers are said; the first one is chosen. */
  async show(file, stretches) {
    this.clear();
    this.sound = await this.context.decodeAudioData(file);
    this.stretches = stretches;
    this.choose(stretches[0] ?? null);
  }

  /** Show line audio (Int16Array, 8 kHz). */
  showLine(samples) {
    this.clear();
    if (samples.length > 0) {
      this.sound = this.context.createBuffer(1, samples.length, LINE_RATE);
      this.sound.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    }
    this.draw();
  }

  clear() {
    this.stop();
    this.context ??= new AudioContext();
    this.sound = null;
    this.stretches = [];
    this.chosen = null;
  }

  get seconds() {
    return this.sound?.duration ?? 0;
  }

  get playing() {
    return this.source !== null;
  }

  /** Where it is being played, in seconds. */
  get at() {
    return this.playing ? Math.min(this.context.currentTime - this.startedAt, this.seconds) : 0;
  }

  async play() {
    this.stop();
    if (!this.sound) return;
    const sound = this.sound;
    await this.context.resume();
    if (sound !== this.sound || this.playing) return;
    const source = this.context.createBufferSource();
    source.buffer = sound;
    source.connect(this.context.destination);
    source.onended = () => {
      if (this.source === source) this.source = null;
      this.draw();
    };
    this.source = source;
    this.startedAt = this.context.currentTime;
    source.start();
    this.follow();
  }

  stop() {
    const source = this.source;
    this.source = null;
    source?.stop();
  }

  choose(stretch) {
    this.chosen = stretch;
    this.told(stretch);
    this.draw();
  }

  drag(event, begins) {
    const box = this.canvas.getBoundingClientRect();
    const at = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * this.seconds;
    if (begins) {
      this.dragFrom = at;
      this.canvas.setPointerCapture(event.pointerId);
    }
    this.choose([Math.min(this.dragFrom, at), Math.max(this.dragFrom, at)]);
  }

  follow() {
    this.draw();
    if (this.playing) requestAnimationFrame(() => this.follow());
  }

  draw() {
    const { width, height } = this.canvas;
    const pen = this.canvas.getContext("2d");
    const style = getComputedStyle(document.body);
    const colour = (name) => style.getPropertyValue(COLOURS[name]);
    pen.clearRect(0, 0, width, height);
    if (!this.sound) return;
    const x = (second) => (second / this.seconds) * width;
    pen.fillStyle = colour("chosen");
    if (this.chosen) pen.fillRect(x(this.chosen[0]), 0, x(this.chosen[1]) - x(this.chosen[0]), height);
    pen.fillStyle = colour("stretch");
    for (const [begin, end] of this.stretches) pen.fillRect(x(begin), height - 12, x(end) - x(begin), 12);
    pen.fillStyle = colour("wave");
    const samples = this.sound.getChannelData(0);
    const each = samples.length / width;
    for (let column = 0; column < width; column++) {
      let peak = 0;
      for (let i = Math.floor(column * each); i < (column + 1) * each; i++) peak = Math.max(peak, Math.abs(samples[i]));
      pen.fillRect(column, (height / 2) * (1 - peak), 1, Math.max(1, peak * height));
    }
    pen.fillStyle = colour("played");
    if (this.playing) pen.fillRect(x(this.at), 0, 3, height);
  }
}
