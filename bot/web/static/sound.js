// The caller's ear and mouth: loudspeaker, microphone, and the sounds of the keys.

const FRAME_BYTES = 320;
const LONGEST_TAIL = 3500; // ms; the server waits a little longer than this

const KEY_TONES = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477],
  4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477],
  "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
};
const SECRET_TONES = [620, 620]; // one and the same for every digit of a password

/** Why there is no microphone: "insecure", "refused", "none" or "busy". */
export class NoMicrophone extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Whether this page may use sound at all: browsers lend it to secure pages only. */
export function soundIsAllowed() {
  return window.isSecureContext && "AudioWorkletNode" in window;
}

/** Sound while a call lasts. Callbacks: heard(ArrayBuffer of 20 ms), sounding(boolean), microphoneLost(). */
export class Sound {
  /** Must be called in a click: browsers start sound only then. */
  static async start(callbacks) {
    const context = new AudioContext({ latencyHint: "interactive" });
    try {
      await Promise.all([context.resume(), context.audioWorklet.addModule("/static/handset-worklet.js")]);
      return new Sound(context, callbacks);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  constructor(context, callbacks) {
    this.context = context;
    this.callbacks = callbacks;
    this.stream = null;
    this.handset = new AudioWorkletNode(context, "handset", {
      channelCount: 1,
      channelCountMode: "explicit",
      outputChannelCount: [1],
    });
    this.finished = new Promise((resolve) => (this.tellFinished = resolve));
    this.handset.port.onmessage = (event) => this.told(event.data);
    this.handset.connect(context.destination);
  }

  told(message) {
    if (message === "finished") this.tellFinished();
    else if (message === "sounding" || message === "quiet") this.callbacks.sounding(message === "sounding");
    else this.callbacks.heard(message);
  }

  /** Connect the microphone. Throws NoMicrophone. */
  async openMicrophone() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
    } catch (error) {
      const reasons = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "busy" };
      throw new NoMicrophone(reasons[error.name] ?? "none");
    }
    if (this.context.state === "closed") {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    this.stream = stream;
    stream.getAudioTracks()[0].addEventListener("ended", () => {
      this.stream = null;
      this.callbacks.microphoneLost();
    });
    this.context.createMediaStreamSource(stream).connect(this.handset);
  }

  get hasMicrophone() {
    return this.stream !== null;
  }

  mute(muted) {
    this.stream?.getAudioTracks().forEach((track) => (track.enabled = !muted));
  }

  play(frames) {
    for (let at = 0; at + FRAME_BYTES <= frames.byteLength; at += FRAME_BYTES) {
      const frame = frames.slice(at, at + FRAME_BYTES);
      this.handset.port.postMessage(frame, [frame]);
    }
  }

  clear() {
    this.handset.port.postMessage("clear");
  }

  /** The caller interrupts: what is here, and what is still on its way, is not played. */
  interrupt() {
    this.handset.port.postMessage("interrupt");
  }

  /** Resolves when everything that came has been played; a sound card that stands still is not waited for. */
  playedOut() {
    this.handset.port.postMessage("finish");
    return Promise.race([this.finished, new Promise((resolve) => setTimeout(resolve, LONGEST_TAIL))]);
  }

  keyTone(key, secret) {
    const now = this.context.currentTime;
    const volume = this.context.createGain();
    volume.gain.setValueAtTime(0, now);
    volume.gain.linearRampToValueAtTime(0.06, now + 0.005);
    volume.gain.setValueAtTime(0.06, now + 0.09);
    volume.gain.linearRampToValueAtTime(0, now + 0.1);
    volume.connect(this.context.destination);
    for (const frequency of secret ? SECRET_TONES : KEY_TONES[key]) {
      const tone = this.context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(volume);
      tone.start(now);
      tone.stop(now + 0.11);
    }
  }

  async close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context.state !== "closed") await this.context.close();
  }
}

/** How loud a frame is, 0 (silence) to 1, as the ear takes it: -60 dB is 0. */
export function loudnessOf(frame) {
  let sum = 0;
  const samples = new Int16Array(frame);
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length / 32768 ** 2 + 1e-9);
  return Math.max(0, Math.min(1, (decibels + 60) / 50));
}
