// The page: a call from 拨打 to 挂断.

import { Conversation } from "./conversation.js";
import { Keypad, NOT_HERE } from "./keypad.js";
import { Line } from "./line.js";
import { NoMicrophone, Sound, loudnessOf, soundIsAllowed } from "./sound.js";

const part = (id) => document.getElementById(id);

const STATES = {
  idle: "未接通",
  asking: "请允许使用麦克风",
  calling: "正在接通",
  listening: "正在听您说",
  writing: "请按键或打字",
  speaking: "正在说",
  private: "请按键输入密码，内容保密",
  on_hold: "请稍候，不要挂断",
  over: "通话已结束",
};
const ANNOUNCED = ["asking", "private", "on_hold", "over"]; // to a screen reader; the others would talk into the call

const NO_MICROPHONE = {
  insecure:
    "这个页面不是安全连接（https），浏览器不提供麦克风和声音。您可以按键、打字并看字幕；要说话，请用 https 开头的地址打开本页。",
  refused: "浏览器没有得到使用麦克风的许可。您可以按键或打字；要说话，请点地址栏旁的图标允许麦克风，再重新拨打。",
  none: "没有找到麦克风。您可以按键或打字；要说话，请接好麦克风，再重新拨打。",
  busy: "麦克风正被其他程序使用。您可以按键或打字；要说话，请关闭其他程序，再重新拨打。",
  lost: "麦克风断开了。您可以继续按键或打字。",
  sound: "浏览器不能播放声音。您可以按键、打字并看字幕。",
};
const ENDED = {
  unreachable: "暂时连不上服务器。请检查网络，稍后重新拨打。",
  lost: "与服务器的连接断了，通话已结束。请检查网络，再重新拨打。",
  failed: "系统出现问题，通话已结束。请稍后重新拨打。",
  restart: "系统正在重新启动，通话已结束。请过一会儿重新拨打。",
  refused: "现在不能接通，请稍后再拨。",
};

class Phone {
  constructor() {
    this.attempt = null; // a new object for each call, so that what comes late for an old one is known as such
    this.line = null;
    this.sound = null;
    this.muted = false;
    this.sounding = false;
    this.conversation = new Conversation({
      captions: part("captions"),
      partial: part("partial"),
      notes: part("notes"),
      notesPart: part("notes-part"),
    });
    this.keypad = new Keypad({
      pad: part("pad"),
      name: part("keypad-name"),
      shown: part("pressed"),
      count: part("count"),
      box: part("text"),
      pressed: (key, secret) => this.pressed(key, secret),
      warn: () => this.problem(`${NOT_HERE}，不要写在文字框里。`),
    });
    part("call").addEventListener("click", () => this.call(true));
    part("call-silently").addEventListener("click", () => (this.attempt ? this.attempt.goOn() : this.call(false)));
    part("hang-up").addEventListener("click", () => this.hangUp());
    part("mute").addEventListener("click", () => this.mute(!this.muted));
    part("typing").addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.rest("idle");
    if (!window.isSecureContext) this.problem(NO_MICROPHONE.insecure);
  }

  /** Begin a call; by voice if the caller has a microphone and lends it, else by keys and text. */
  async call(byVoice) {
    const attempt = (this.attempt = {});
    const withoutWaiting = new Promise((resolve) => (attempt.goOn = resolve));
    this.problem("");
    this.conversation.begin();
    this.showButtons();
    const sound = await this.startSound();
    if (this.attempt !== attempt) return sound?.close(); // hung up meanwhile
    this.sound = sound;
    if (byVoice && sound !== null) {
      this.state("asking");
      await Promise.race([this.openMicrophone(sound), withoutWaiting]);
    }
    if (this.attempt === attempt) this.connect();
  }

  /** Null if this browser gives no sound here; the caller is told. */
  async startSound() {
    if (!soundIsAllowed()) {
      this.problem(NO_MICROPHONE.insecure);
      return null;
    }
    const callbacks = {
      heard: (frame) => this.heard(frame),
      sounding: (sounding) => this.soundChanged(sounding),
      microphoneLost: () => this.microphoneLost(),
    };
    try {
      return await Sound.start(callbacks);
    } catch {
      this.problem(NO_MICROPHONE.sound);
      return null;
    }
  }

  /** The caller may take long to allow it, even until the call goes on without. */
  async openMicrophone(sound) {
    try {
      await sound.openMicrophone();
      if (this.sound === sound && this.answeredYet) this.microphoneChanged();
    } catch (error) {
      if (!(error instanceof NoMicrophone)) throw error;
      if (this.sound === sound) this.problem(NO_MICROPHONE[error.reason]);
    }
  }

  connect() {
    this.state("calling");
    part("call-silently").hidden = true;
    const line = new Line({
      answered: () => this.answered(),
      sound: (frames) => this.sound?.play(frames),
      clear: () => this.sound?.clear(),
      caption: (kind, text) => this.conversation.show(kind, text),
      state: (name) => this.told(name),
      ended: (why, text) => this.ended(why, text),
    });
    this.line = line;
    if (this.sound === null) line.soundNothing();
  }

  answered() {
    this.began = performance.now();
    this.ticking = setInterval(() => this.showTime(), 500);
    this.keypad.activate(true);
    for (const id of ["text", "send"]) part(id).disabled = false;
    part("captions").setAttribute("aria-live", this.sound === null ? "polite" : "off");
    this.saidState = "listening";
    this.microphoneChanged();
    this.announce("已接通");
    if (!this.canBeHeard) part("text").focus();
  }

  get answeredYet() {
    return this.saidState !== null;
  }

  microphoneChanged() {
    const there = this.sound !== null && this.sound.hasMicrophone;
    part("mute").hidden = part("meter").hidden = !there;
    this.line.microphone(this.canBeHeard);
    this.showState();
  }

  get canBeHeard() {
    return this.sound !== null && this.sound.hasMicrophone && !this.muted;
  }

  /** What the hotline does, by its own word. */
  told(name) {
    if (!(name in STATES)) return;
    this.saidState = name;
    this.keypad.keepSecret(name === "private");
    if (part("problem").textContent.startsWith(NOT_HERE)) this.problem("");
    this.showState();
  }

  soundChanged(sounding) {
    this.sounding = sounding;
    if (this.answeredYet) this.showState();
  }

  showState() {
    let name = this.saidState;
    if (name === "listening" && this.sounding) name = "speaking";
    else if (name === "listening" && !this.canBeHeard) name = "writing";
    this.state(name);
  }

  heard(frame) {
    if (this.line === null) return;
    this.line.sound(frame);
    part("level").style.setProperty("--loudness", this.muted ? 0 : loudnessOf(frame).toFixed(2));
  }

  microphoneLost() {
    this.problem(NO_MICROPHONE.lost);
    if (this.answeredYet) this.microphoneChanged();
  }

  pressed(key, secret) {
    if (!secret) this.sound?.interrupt(); // a menu key ends the sentence; a password's digits do not
    this.sound?.keyTone(key, secret);
    this.line.key(key);
  }

  write() {
    const text = part("text").value.trim();
    if (this.keypad.secret) return this.problem(`${NOT_HERE}，不要写在文字框里。`);
    if (text === "" || this.line === null) return;
    this.line.text(text);
    this.conversation.wrote(text);
    this.keypad.clear();
    part("text").value = "";
  }

  mute(muted) {
    this.muted = muted;
    this.sound?.mute(muted);
    part("mute").setAttribute("aria-pressed", String(muted));
    part("mute").querySelector("span").textContent = muted ? "取消静音" : "静音";
    if (this.answeredYet) this.microphoneChanged();
  }

  hangUp() {
    this.line?.hangUp();
    this.rest("over");
  }

  /** The line is at its end. After a hang-up by the hotline its last words are still played. */
  async ended(why, text) {
    const { line, sound } = this;
    if (why === "hangup" && sound !== null) await sound.playedOut();
    line.close();
    if (this.line !== line) return; // the caller hung up meanwhile
    if (why !== "hangup") this.problem(text || ENDED[why]);
    this.rest("over");
  }

  /** No call is going on. */
  rest(state) {
    const hadCall = this.attempt !== null;
    clearInterval(this.ticking);
    this.sound?.close();
    this.attempt = this.line = this.sound = this.saidState = null;
    this.sounding = false;
    this.mute(false);
    this.keypad.activate(false);
    part("text").value = "";
    for (const id of ["text", "send"]) part(id).disabled = true;
    part("mute").hidden = part("meter").hidden = true;
    part("partial").textContent = "";
    this.showButtons();
    this.state(state);
    if (hadCall) part("call").focus();
  }

  showButtons() {
    const calling = this.attempt !== null;
    part("call").hidden = calling;
    part("call-silently").hidden = false;
    part("hang-up").hidden = !calling;
    if (calling) {
      part("timer").textContent = "00:00";
      part("hang-up").focus();
    }
  }

  state(name) {
    if (part("state").dataset.name === name) return;
    part("state").dataset.name = name;
    document.body.dataset.state = name;
    part("state").textContent = STATES[name];
    if (ANNOUNCED.includes(name)) this.announce(STATES[name]);
  }

  announce(text) {
    part("announced").textContent = text;
  }

  problem(text) {
    part("problem").textContent = text;
    part("problem").hidden = text === "";
  }

  showTime() {
    const seconds = Math.floor((performance.now() - this.began) / 1000);
    const two = (number) => String(number).padStart(2, "0");
    part("timer").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
}

new Phone();
