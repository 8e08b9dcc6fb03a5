// The scanner test: shows the raw keys with their gaps, and asks the server what they mean. It hears keys before keys.js.
(() => {
  const form = document.querySelector("[data-scanner]"), field = form.elements.code, WAIT = 700, BURST = 150, SHORTEST = 3;
  const raw = document.querySelector("[data-raw]"), answer = document.querySelector("[data-heard]");
  let keys = [], gaps = [], last = 0, timer = 0;
  const median = () => Math.round([...gaps].sort((a, b) => a - b)[gaps.length >> 1]);

  addEventListener("keydown", (event) => {
    const { key, target, timeStamp } = event, end = { Enter: "enter", Tab: "tab" }[key];
    if (event.ctrlKey || event.metaKey || event.altKey || (key.length > 1 && !end) || document.querySelector("dialog[open]")) return;
    if (target !== field && target.matches("input, select, textarea")) return;
    if (end && (!keys.length || timeStamp - last > WAIT)) return;
    event.stopImmediatePropagation();
    if (end || target !== field) event.preventDefault();
    if (keys.length) gaps.push(timeStamp - last);
    last = timeStamp;
    clearTimeout(timer);
    if (end) return ask(end);
    keys.push(key);
    timer = setTimeout(() => { if (keys.length >= SHORTEST && median() < BURST) ask("none"); }, WAIT);
  }, true);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!keys.length) keys = [...field.value];
    ask("");
  });

  async function ask(end) {
    clearTimeout(timer);
    const asked = new URLSearchParams({ code: keys.join(""), end, gap: gaps.length && end ? Math.min(median(), 99999) : "" });
    const shown = [...keys, ...(end === "enter" ? ["⏎"] : end === "tab" ? ["⇥"] : [])];
    raw.replaceChildren(...shown.map((key, place) => {
      const entry = document.createElement("li"), name = document.createElement("kbd");
      name.textContent = key === " " ? "␣" : key;
      entry.append(name, place && gaps[place - 1] !== undefined ? ` ${Math.round(gaps[place - 1])}` : "");
      return entry;
    }));
    raw.parentElement.hidden = false;
    keys = []; gaps = []; field.value = "";
    const told = await fetch(`${location.pathname}?${asked}`, { headers: { "HX-Request": "true" } });
    if (told.status === 401) return document.dispatchEvent(new Event("session-expired"));
    answer.replaceChildren(...new DOMParser().parseFromString(await told.text(), "text/html").body.childNodes);
  }
})();
