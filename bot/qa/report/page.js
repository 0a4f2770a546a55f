// Filters of the list of calls; a click in a waveform plays from there.
const calls = [...document.querySelectorAll("details.call")];
const show = () => {
  const only = document.querySelector('input[name="only"]:checked').value;
  const condition = document.querySelector("#condition").value;
  const words = document.querySelector("#words").value.trim();
  let shown = 0;
  for (const call of calls) {
    const fits =
      (only === "all" || only in call.dataset) &&
      (!condition || call.dataset.condition === condition) &&
      (!words || call.textContent.includes(words));
    call.hidden = !fits;
    shown += fits;
  }
  document.querySelector("#shown").textContent = `${shown} 个电话`;
};
document.querySelector(".filters").addEventListener("input", show);
show();
for (const sound of document.querySelectorAll(".sound")) {
  const [audio, wave] = [sound.querySelector("audio"), sound.querySelector("svg")];
  if (!audio) continue;
  const cursor = wave.querySelector("line");
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const begin = () => { audio.currentTime = share * audio.duration; audio.play(); };
    if (audio.readyState) begin();
    else { audio.addEventListener("loadedmetadata", begin, { once: true }); audio.load(); }
  });
  audio.addEventListener("timeupdate", () => {
    const at = (audio.currentTime / audio.duration) * 160;
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
  });
}
