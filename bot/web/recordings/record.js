// Recording: who speaks, then sentence by sentence. The microphone is the browser phone's, so that a recording is what
// the hotline would have heard of it.

import { loudnessOf, NoMicrophone, Sound, soundIsAllowed } from "/static/sound.js";
import { Wave } from "./wave.js";

const $ = (id) => document.getElementById(id);
const FRAME = 160; // samples, 20 ms
const BEFORE = 15; // frames kept of the time before the key: people speak as they press
const AFTER = 200; // ms recorded on after it
const LONGEST = 1500; // frames, 30 s
const HELD = 400; // ms; a key held longer stops the recording when it is let go
const WHY_NOT = {
  insecure: "浏览器只在安全的网页上给麦克风：请用打印出来的网址打开。",
  refused: "没有允许使用麦克风。请在地址栏旁边改成允许，再试一次。",
  none: "没有找到麦克风，请插好再试。",
  busy: "麦克风正被别的程序使用。",
};

let sentences = [];
let here = 0;
let speaker = null;
let sound = null;
let recent = []; // frames before a recording
let taken = null; // frames of the running one
let pressedAt = 0;
let flaw = "";
const done = new Set();
const wave = new Wave($("wave"), () => {});

function problem(told) {
  $("problem").textContent = told;
  $("problem").hidden = !told;
}

function heard(frame) {
  $("level").style.setProperty("--loudness", loudnessOf(frame).toFixed(2));
  const samples = new Int16Array(frame);
  if (taken === null) {
    recent.push(samples);
    if (recent.length > BEFORE) recent.shift();
    return;
  }
  taken.push(samples);
  if (taken.length >= LONGEST) stop();
}

function show() {
  $("bar").max = sentences.length;
  $("bar").value = done.size;
  $("done").textContent = `${sentences.length} 句里录了 ${done.size} 句`;
  $("place").textContent = `第 ${here + 1} 句`;
  $("sentence").textContent = sentences[here];
  const all = done.size === sentences.length;
  $("state").textContent = taken ? "正在录……" : done.has(here) ? (all ? "全部录完了，谢谢！可以关掉页面。" : "已存盘") : "还没有录";
  $("record-name").textContent = taken ? "停" : done.has(here) ? "再录一遍" : "开始录";
  document.body.dataset.state = taken ? "recording" : done.has(here) ? "kept" : "waiting";
}

function start() {
  wave.stop();
  problem("");
  taken = recent;
  recent = [];
  show();
}

function stop() {
  if (!taken || document.body.dataset.state === "keeping") return;
  const place = here;
  const frames = taken;
  document.body.dataset.state = "keeping";
  setTimeout(async () => {
    taken = null;
    const samples = new Int16Array(frames.length * FRAME);
    frames.forEach((frame, at) => samples.set(frame, at * FRAME));
    wave.showLine(samples);
    try {
      const answer = await fetch(`speakers/${speaker}/takes/${place}`, { method: "POST", body: samples.buffer });
      const told = await answer.json();
      if (answer.ok) done.add(place);
      problem(answer.ok ? told.flaw : told.told);
    } catch {
      problem("没有存上：服务停了吗？启动以后再录一遍。");
    }
    show();
  }, AFTER);
}

function goTo(place) {
  if (document.body.dataset.state === "keeping" || taken || place < 0 || place >= sentences.length) return;
  here = place;
  wave.showLine(new Int16Array(0));
  problem("");
  show();
}

function next() {
  if (document.body.dataset.state === "keeping") return;
  if (!done.has(here)) return problem("这一句还没有录上。不想录的，按 ↓ 跳过。");
  const later = sentences.findIndex((_, place) => place > here && !done.has(place));
  const earlier = sentences.findIndex((_, place) => !done.has(place));
  goTo(later >= 0 ? later : earlier >= 0 ? earlier : here);
}

function record() {
  if (document.body.dataset.state === "keeping") return;
  if (taken) stop();
  else start();
}

const KEYS = {
  Enter: next, l: () => wave.play(), ArrowUp: () => goTo(here - 1), ArrowDown: () => goTo(here + 1),
};

addEventListener("keydown", (event) => {
  if (speaker === null || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return; // reached by Tab: its own press
  const does = event.key === " " ? record : KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  pressedAt = event.key === " " && !taken ? performance.now() : 0;
  does();
});
addEventListener("keyup", (event) => {
  if (event.key !== " " || speaker === null || event.target.tagName === "BUTTON") return;
  event.preventDefault();
  if (taken && pressedAt && performance.now() - pressedAt > HELD && document.body.dataset.state === "recording") stop();
});
const BUTTONS = { record, listen: KEYS.l, next, back: KEYS.ArrowUp };
for (const [id, does] of Object.entries(BUTTONS)) {
  $(id).addEventListener("click", () => {
    $(id).blur();
    does();
  });
}
$("forget").addEventListener("click", async () => {
  if (!confirm("删除您的全部录音？")) return;
  const answer = await fetch(`speakers/${speaker}/forget`, { method: "POST" });
  if (!answer.ok) return problem("没有删掉，请告诉让您录音的人。");
  await sound.close();
  location.reload();
});

$("who").addEventListener("submit", async (event) => {
  event.preventDefault();
  problem("");
  try {
    if (!soundIsAllowed()) throw new NoMicrophone("insecure");
    sound = await Sound.start({ heard, sounding: () => {}, microphoneLost: () => problem("麦克风断开了，请插好，重新打开页面。") });
    await sound.openMicrophone();
  } catch (error) {
    await sound?.close();
    return problem(error instanceof NoMicrophone ? WHY_NOT[error.reason] : "这个浏览器不能录音，请换新一点的 Chrome、Edge 或 Firefox。");
  }
  const told = Object.fromEntries(["gender", "age", "region", "device"].map((name) => [name, $(name).value]));
  const answer = await fetch("speakers", { method: "POST", body: JSON.stringify({ ...told, consent: $("consent").checked }) });
  if (!answer.ok) {
    await sound.close();
    return problem(answer.status === 409 ? (await answer.json()).told : "没有开始：要先同意。");
  }
  speaker = (await answer.json()).speaker;
  $("who").hidden = true;
  $("reading").hidden = false;
  $("begin").blur();
  show();
});

sentences = await (await fetch("sentences")).json();
$("done").textContent = `一共 ${sentences.length} 句`;
