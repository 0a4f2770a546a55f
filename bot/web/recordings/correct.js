// Correcting recordings: listen, correct, go on. All of it can be done without a mouse.

import { Saver } from "./saver.js";
import { Wave } from "./wave.js";

const $ = (id) => document.getElementById(id);
const STATES = { 草稿: "·", 已核对: "✓", 听不清: "？", 不用: "✗" };
const SAVED = { saving: "正在存盘……", saved: "已存盘", failed: "没有存上：服务停了吗？会自动再试，请先不要关掉页面" };

let recordings = [];
let lines = [];
let here = 0;
const saver = new Saver((state) => {
  $("saved").textContent = SAVED[state];
  $("saved").dataset.state = state;
});
const wave = new Wave($("wave"), (chosen) => {
  $("chosen").textContent = chosen ? `选中 ${chosen[0].toFixed(2)} 到 ${chosen[1].toFixed(2)} 秒` : "";
});

function shows(one) {
  const filter = $("filter").value;
  return filter === "all" || (filter === "draft" ? one.state === "草稿" : one.stretches.length > 0);
}

function progress() {
  const count = (state) => recordings.filter((one) => one.state === state).length;
  const heard = recordings.length - count("草稿");
  $("bar").max = Math.max(1, recordings.length);
  $("bar").value = heard;
  $("done").textContent =
    `${recordings.length} 段里已听 ${heard} 段：核对 ${count("已核对")}，听不清 ${count("听不清")}，不用 ${count("不用")}；` +
    `还有 ${count("草稿")} 段`;
}

function line(place) {
  const one = recordings[place];
  const entry = lines[place];
  entry.hidden = !shows(one);
  entry.replaceChildren(
    Object.assign(document.createElement("small"), { textContent: `${STATES[one.state]} ${one.name}` }),
    one.text || "（没有字）",
  );
}

function problem(told) {
  $("problem").textContent = told;
  $("problem").hidden = !told;
}

function details() {
  const one = recordings[here];
  $("name").textContent = `${one.name}（${one.state}）`;
  $("who").textContent = one.who;
  $("heed").textContent = one.notice + (one.numbers === "silenced" ? "（已静音）" : "");
  $("heed").hidden = !$("heed").textContent;
  if (document.activeElement !== $("text")) $("text").value = one.text;
}

function took(kept) {
  if (!kept) return;
  recordings[kept.place] = kept;
  line(kept.place);
  progress();
  if (kept.place === here) details();
}

async function load(place, thenPlay) {
  const answer = await fetch(`recordings/${place}/sound`);
  if (place !== here) return;
  if (!answer.ok) return problem("这一段的声音读不出来。");
  const file = await answer.arrayBuffer();
  if (place !== here) return;
  await wave.show(file, recordings[place].stretches);
  document.body.dataset.shown = place;
  if (thenPlay && place === here) await wave.play();
}

function goTo(place, thenPlay = true) {
  if (place < 0 || place >= recordings.length) return;
  lines[here].removeAttribute("aria-current");
  here = place;
  lines[here].setAttribute("aria-current", "true");
  lines[here].scrollIntoView({ block: "nearest" });
  $("text").blur();
  $("text").value = recordings[here].text;
  problem("");
  details();
  load(here, thenPlay);
}

/** The next one in this direction that the list shows; with `draft`, the next that nobody has heard. */
function next(direction, draft = false) {
  for (let place = here + direction; place >= 0 && place < recordings.length; place += direction) {
    if (draft ? recordings[place].state === "草稿" : shows(recordings[place])) return goTo(place);
  }
  if (draft && recordings.every((one) => one.state !== "草稿")) problem("全部听过了，可以关掉这个页面。");
}

async function judge(state) {
  const place = here;
  const answer = await saver.step(place, { state });
  if (answer.refused) {
    if (place === here) problem(answer.refused);
    return;
  }
  took(answer.kept);
  if (place === here) next(1, true);
}

async function change(asked, sounds) {
  const place = here;
  const answer = await saver.step(place, asked);
  if (answer.refused) return problem(answer.refused);
  problem("");
  took(answer.kept);
  if (sounds && place === here) await load(place, false);
}

function choose(end) {
  const [begin, last] = wave.chosen ?? [0, wave.seconds];
  wave.choose(end ? [Math.min(begin, wave.at), wave.at] : [wave.at, Math.max(last, wave.at)]);
}

const DOES = {
  accept: () => judge("已核对"),
  play: () => (wave.playing ? (wave.stop(), wave.draw()) : wave.play()),
  edit: () => {
    $("text").focus();
    $("text").setSelectionRange($("text").value.length, $("text").value.length);
  },
  unclear: () => judge("听不清"),
  unused: () => judge("不用"),
  silence: () => (wave.chosen ? change({ silence: wave.chosen }, true) : problem("先在波形上拖出要静音的一段。")),
  restore: () => change({ restore: true }, true),
  clear: () => change({ clear: true }, true),
};
const KEYS = {
  Enter: DOES.accept, " ": DOES.play, e: DOES.edit, F2: DOES.edit, x: DOES.unclear, n: DOES.unused, s: DOES.silence,
  z: DOES.restore, h: DOES.clear, ArrowUp: () => next(-1), ArrowDown: () => next(1), "[": () => choose(false),
  "]": () => choose(true),
};
const WHILE_TYPING = { Enter: DOES.accept, Tab: () => wave.play(), Escape: () => $("text").blur() };

addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !recordings.length) return;
  if (event.target === $("filter")) return;
  if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return; // reached by Tab: its own press
  const keys = event.target === $("text") ? WHILE_TYPING : KEYS;
  const does = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!does || (event.repeat && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  does();
});
for (const [id, does] of Object.entries(DOES)) {
  $(id).addEventListener("click", () => {
    if (id !== "edit") $(id).blur();
    does();
  });
}
$("text").addEventListener("input", async () => {
  const place = here;
  recordings[place].text = $("text").value;
  took(await saver.text(place, $("text").value));
});
$("text").addEventListener("blur", () => saver.line.then(() => details()));
$("filter").addEventListener("change", () => {
  recordings.forEach((_, place) => line(place));
  $("filter").blur();
});

const answer = await (await fetch("recordings")).json();
recordings = answer.recordings;
$("folder").textContent = answer.folder;
lines = recordings.map((_, place) => {
  const entry = document.createElement("li");
  entry.addEventListener("click", () => goTo(place));
  return entry;
});
recordings.forEach((_, place) => line(place));
$("list").replaceChildren(...lines);
$("saved").textContent = "每一步马上存盘";
progress();
if (recordings.length) goTo(Math.max(0, recordings.findIndex((one) => one.state === "草稿")), false);
