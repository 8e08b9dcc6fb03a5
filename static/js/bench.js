// A bench: every scan is taken at once, kept until it is answered, sent in order, and answered in colour, words and sound.
(() => {
  const bench = document.querySelector("[data-bench]");
  const form = bench.querySelector("[data-scan-form]"), field = form.querySelector("[data-scan]");
  const live = bench.querySelector("[data-live]"), list = bench.querySelector("[data-queue]");
  const light = document.querySelector("[data-light] span"), say = bench.dataset;
  const store = `bench:${location.pathname}`, TWICE = 2000, PATIENCE = 15000;
  let queue = JSON.parse(sessionStorage.getItem(store) || "[]");
  let number = Math.max(0, ...queue.map((scan) => scan.number)), sending = false, retry = 0, previous = { code: "", at: 0 };

  // Randomness of its own: crypto.randomUUID does not exist on plain-http tablets.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function keep() {
    sessionStorage.setItem(store, JSON.stringify(queue));
    list.replaceChildren(...queue.map((scan) => Object.assign(document.createElement("li"), { textContent: scan.fields.code || scan.label })));
    const offline = retry > 0;
    light.parentElement.classList.toggle("offline", offline);
    light.textContent = queue.length ? `${queue.length} ${say.sayWaiting}${offline ? ` · ${say.sayOffline}` : ""}` : say.sayReady;
  }

  function take(fields, label = "") {
    number += 1;
    queue.push({ number, key: newKey(), fields, label });
    keep();
    send();
  }

  function scan(code) {
    const at = Date.now();
    field.value = "";
    field.focus({ preventScroll: true });
    if (!code) return;
    if (code === previous.code && at - previous.at < TWICE) {
      previous.at = at;
      return announce(say.sayOnce, "warn");
    }
    previous = { code, at };
    take({ code });
  }

  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    const head = queue[0], timer = new AbortController(), limit = setTimeout(() => timer.abort(), PATIENCE);
    try {
      const body = new URLSearchParams({ ...head.fields, _key: head.key, seq: head.number, csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value });
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { "HX-Request": "true" }, signal: timer.signal, redirect: "error" });
      if (answer.status === 401) return document.dispatchEvent(new Event("session-expired"));
      if (answer.status >= 500) throw new Error(answer.statusText);
      const to = answer.headers.get("HX-Redirect"), text = await answer.text();
      queue.shift();
      retry = 0;
      keep();
      if (to) return location.assign(to);
      if (answer.ok) show(text); else refuse(text);
    } catch {
      retry = Math.min(retry + 1, 5);
      keep();
      setTimeout(send, 1000 * 2 ** retry);
      return;
    } finally {
      clearTimeout(limit);
      sending = false;
    }
    send();
  }

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    live.replaceChildren(...page.body.childNodes);
    const result = live.querySelector("[data-tone]");
    if (result) announce([...result.querySelectorAll("[data-spoken]")].map((el) => el.textContent.trim()).join(". "), result.dataset.tone);
  }

  function refuse(text) {
    const box = document.createElement("section"), words = document.createElement("p");
    box.className = "scan-result tone-stop";
    words.className = "headline";
    words.textContent = text.length < 400 ? text : say.sayRefused;
    box.append(words);
    live.firstElementChild?.replaceWith(box);
    announce(words.textContent, "stop");
  }

  function announce(text, tone) {
    const region = bench.querySelector(tone === "stop" ? "[data-alert]" : "[data-say]");
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 30);
    if (text === say.sayOnce) light.textContent = text;
    sound(tone);
  }

  // Different rhythms, not only pitches: one short high, two rising, three long low. [frequency, start, length] in seconds
  const TUNES = { ok: [[1320, 0, 0.07]], warn: [[660, 0, 0.1], [880, 0.14, 0.1]], stop: [[196, 0, 0.22], [196, 0.3, 0.22], [165, 0.6, 0.4]] };
  const button = document.querySelector("[data-sound]");
  let audio = null;
  const wanted = () => localStorage.getItem("sound") !== "off";
  function unlock() {
    audio ??= new AudioContext();
    audio.resume().then(lamp);
  }
  function lamp() {
    const sounding = wanted() && audio?.state === "running";
    button.setAttribute("aria-pressed", String(sounding));
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, sounding ? "#sound" : "#mute"));
  }
  function sound(tone) {
    if (!wanted() || audio?.state !== "running") return;
    for (const [pitch, start, length] of TUNES[tone] || []) {
      const tune = audio.createOscillator(), gain = audio.createGain(), at = audio.currentTime + start;
      tune.frequency.value = pitch;
      tune.type = tone === "stop" ? "square" : "sine";
      gain.gain.setValueAtTime(0.18, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + length);
      tune.connect(gain).connect(audio.destination);
      tune.start(at);
      tune.stop(at + length);
    }
  }
  button.addEventListener("click", () => { localStorage.setItem("sound", wanted() && audio?.state === "running" ? "off" : "on"); unlock(); lamp(); });
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, unlock, { once: true });

  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); scan(field.value.trim()); });
  document.addEventListener("scan", (event) => { event.preventDefault(); scan(event.detail.code.trim()); });
  bench.addEventListener("submit", (event) => {
    const pressed = event.target.closest("[data-press]");
    if (!pressed) return;
    event.preventDefault();
    event.stopPropagation();
    take({ verb: pressed.elements.verb.value, on: pressed.elements.on.value }, pressed.textContent.trim());
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "+" || (event.target === field && field.value) || Date.now() - previous.at > 5 * TWICE || !previous.code) return;
    event.preventDefault();
    take({ code: previous.code });
  });
  addEventListener("online", send);
  document.addEventListener("session-restored", send);
  keep();
  lamp();
  send();
})();
