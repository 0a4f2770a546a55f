// The handset, on the browser's audio thread: what the microphone hears becomes telephone frames (20 ms, 8 kHz, 16 bit),
// and telephone frames become what the loudspeaker plays. It runs at whatever rate the sound card has.
//
// Messages in:  ArrayBuffer (320 bytes, a frame to play), "clear" (throw away what is not yet played), "interrupt" (and
// the rest of this sentence that is still on its way), "finish" (say "finished" once everything was played).
// Messages out: ArrayBuffer (a frame heard), "sounding" and "quiet" (the loudspeaker), "finished".

const LINE_RATE = 8000;
const FRAME_SAMPLES = 160;

/** Changes the rate of a stream of samples: a windowed sinc, so that nothing above the lower rate's half folds down. */
class Resampler {
  static CROSSINGS = 24; // of zero, each side of the kernel
  static PASSED = 0.92; // of the lower rate's half
  static STEPS = 64; // kernel values kept for each input sample; between them it is a straight line

  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * Resampler.PASSED;
    this.half = Math.ceil(Resampler.CROSSINGS / cutoff);
    this.kernel = new Float32Array(this.half * Resampler.STEPS + 2);
    for (let i = 0; i < this.half * Resampler.STEPS; i++) {
      const t = i / Resampler.STEPS;
      const x = Math.PI * cutoff * t;
      const u = Math.PI * (t / this.half);
      const blackman = 0.42 + 0.5 * Math.cos(u) + 0.08 * Math.cos(2 * u);
      this.kernel[i] = cutoff * (x === 0 ? 1 : Math.sin(x) / x) * blackman;
    }
    this.samples = new Float32Array(this.half * 2 + 4096);
    this.length = this.half; // silence before the first sample
    this.at = this.half; // where the next output sample lies
  }

  /** Take in samples; `emit` gets each sample at the new rate. */
  push(input, emit) {
    this.samples.set(input, this.length);
    this.length += input.length;
    while (this.at + this.half < this.length) {
      emit(this.valueAt(this.at));
      this.at += this.step;
    }
    const done = Math.floor(this.at) - this.half;
    this.samples.copyWithin(0, done, this.length);
    this.length -= done;
    this.at -= done;
  }

  valueAt(at) {
    let sum = 0;
    const last = Math.floor(at + this.half - 1e-9);
    for (let i = Math.ceil(at - this.half + 1e-9); i <= last; i++) {
      const place = Math.abs(i - at) * Resampler.STEPS;
      const step = Math.floor(place);
      sum += this.samples[i] * (this.kernel[step] + (this.kernel[step + 1] - this.kernel[step]) * (place - step));
    }
    return sum;
  }
}

/** Frames that came and wait to be played: just enough of them to hide the network's unevenness. */
class Waiting {
  static FEWEST = 3; // 60 ms
  static MOST = 8; // 160 ms: beyond that an interruption would be felt
  static KEPT = 250; // 5 s that came at once after a stalled network; what was said is not thrown away
  static ON_ITS_WAY = 8; // 160 ms: what was sent before the hotline knew of an interruption
  static LATE = 10; // 200 ms: a frame that comes so soon after we ran dry was late; later ones are a new beginning

  constructor() {
    this.target = Waiting.FEWEST;
    this.clear();
  }

  clear() {
    this.frames = [];
    this.filling = true;
    this.waited = 0;
    this.dry = Infinity;
    this.unwanted = 0;
  }

  interrupt() {
    this.clear();
    this.unwanted = Waiting.ON_ITS_WAY;
  }

  add(frame) {
    if (this.unwanted > 0) {
      this.unwanted = isQuiet(frame) ? 0 : this.unwanted - 1;
      return;
    }
    if (this.filling && this.frames.length === 0 && this.dry < Waiting.LATE) {
      this.target = Math.min(Waiting.MOST, this.target + 1);
    }
    // Behind the line after a stall: catch up in the pauses of speech.
    if (this.frames.length > this.target + 1 && isQuiet(frame)) return;
    if (this.frames.length === Waiting.KEPT) this.frames.shift();
    this.frames.push(frame);
  }

  /** The frame to play now; null for 20 ms of nothing. */
  next(atOnce) {
    if (this.filling) {
      if (this.frames.length > 0) this.waited++;
      else this.dry++;
      if (this.frames.length < this.target && this.waited <= this.target && !atOnce) return null;
      this.filling = false;
      this.waited = 0;
    }
    if (this.frames.length > 0) return this.frames.shift();
    this.filling = true;
    this.dry = 0;
    return null;
  }
}

function isQuiet(frame) {
  return frame.every((sample) => sample > -40 && sample < 40);
}

class Handset extends AudioWorkletProcessor {
  constructor() {
    super();
    this.down = new Resampler(sampleRate, LINE_RATE);
    this.up = new Resampler(LINE_RATE, sampleRate);
    this.silence = new Float32Array(FRAME_SAMPLES);
    this.heard = new Int16Array(FRAME_SAMPLES);
    this.heardSamples = 0;
    this.waiting = new Waiting();
    this.ready = new Float32Array(16384); // played next, at the sound card's rate
    this.readyFrom = 0;
    this.readyTo = 0;
    this.sounding = false;
    this.quietFrames = 0;
    this.finishing = 0;
    this.port.onmessage = (event) => this.told(event.data);
  }

  told(message) {
    if (message === "finish") {
      this.finishing = 1;
    } else if (message === "clear" || message === "interrupt") {
      this.waiting[message]();
      this.readyFrom = this.readyTo = 0;
    } else {
      this.waiting.add(new Int16Array(message));
    }
  }

  process(inputs, outputs) {
    const speaker = outputs[0][0];
    this.hear(inputs[0][0] ?? this.silence.subarray(0, speaker.length));
    this.play(speaker);
    return true;
  }

  hear(samples) {
    this.down.push(samples, (sample) => {
      this.heard[this.heardSamples++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      if (this.heardSamples === FRAME_SAMPLES) {
        this.port.postMessage(this.heard.buffer, [this.heard.buffer]);
        this.heard = new Int16Array(FRAME_SAMPLES);
        this.heardSamples = 0;
      }
    });
  }

  play(speaker) {
    while (this.readyTo - this.readyFrom < speaker.length) this.prepareFrame();
    speaker.set(this.ready.subarray(this.readyFrom, this.readyFrom + speaker.length));
    this.readyFrom += speaker.length;
  }

  prepareFrame() {
    this.ready.copyWithin(0, this.readyFrom, this.readyTo);
    this.readyTo -= this.readyFrom;
    this.readyFrom = 0;
    const frame = this.waiting.next(this.finishing > 0);
    this.tellIfSounding(frame);
    // Two more frames of silence push the last sound out of the resampler and the sound card.
    if (this.finishing > 0 && frame === null && ++this.finishing === 4) this.port.postMessage("finished");
    this.up.push(frame === null ? this.silence : Float32Array.from(frame, (sample) => sample / 32768), (sample) => {
      this.ready[this.readyTo++] = sample;
    });
  }

  tellIfSounding(frame) {
    const quiet = frame === null || isQuiet(frame);
    this.quietFrames = quiet ? this.quietFrames + 1 : 0;
    const sounding = quiet ? this.sounding && this.quietFrames < 25 : true; // pauses within speech: up to 0.5 s
    if (sounding !== this.sounding) this.port.postMessage(sounding ? "sounding" : "quiet");
    this.sounding = sounding;
  }
}

registerProcessor("handset", Handset);
