// A bench: every scan is taken at once, kept until it is answered, sent in order, and answered in colour, words and sound.
// What waits is kept in the browser for the person who scanned it, and is never sent as anybody else.
(() => {
  const bench = document.querySelector("[data-bench]");
  const form = bench.querySelector("[data-scan-form]"), field = form.querySelector("[data-scan]");
  const live = bench.querySelector("[data-live]"), list = bench.querySelector("[data-queue]");
  const light = document.querySelector("[data-light] span"), say = bench.dataset;
  const again = bench.querySelector("[data-again]"), person = document.body.dataset.person;
  const store = `bench:${person}:${location.pathname}:${newKey()}`, TWICE = 2000, PATIENCE = 15000, KEPT = 6 * 864e5, TRIES = 3;
  let queue = [], number = 0, sending = false, retry = 0, previous = { code: "", at: 0 };

  // Randomness of its own: crypto.randomUUID does not exist on plain-http tablets.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // What a reload or a closed tab left waiting: one's own goes on, that of others is named. The server knows keys for a week.
  function pickUp() {
    const others = {};
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith("bench:"))) {
      const [, whose, path] = name.split(":"), kept = JSON.parse(localStorage.getItem(name));
      if (path !== location.pathname) continue;
      if (whose !== person) { others[kept.name] = (others[kept.name] || 0) + kept.scans.length; continue; }
      queue.push(...kept.scans);
      localStorage.removeItem(name);
    }
    queue.sort((one, other) => one.at - other.at);
    number = Math.max(0, ...queue.map((scan) => scan.number));
    const old = queue.filter((scan) => scan.at < Date.now() - KEPT);
    queue = queue.filter((scan) => !old.includes(scan));
    if (old.length) refuse(say.sayOld, old.map(named).join(", "));
    const note = bench.querySelector("[data-others]");
    note.replaceChildren(...Object.entries(others).map(([name, n]) => line("p", say.sayOthers.replaceAll("{name}", name).replace("{n}", n))));
  }

  const line = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
  const named = (scan) => scan.fields.code || scan.label;

  function keep() {
    if (queue.length) localStorage.setItem(store, JSON.stringify({ name: say.name, scans: queue })); else localStorage.removeItem(store);
    list.replaceChildren(...queue.map((scan) => line("li", `${scan.number} · ${named(scan)}`)));
    const offline = retry > 0;
    light.parentElement.classList.toggle("offline", offline);
    light.textContent = queue.length ? `${queue.length} ${say.sayWaiting}${offline ? ` · ${say.sayOffline}` : ""}` : say.sayReady;
  }

  function take(fields, label = "") {
    number += 1;
    queue.push({ number, at: Date.now(), key: newKey(), fields, label, tries: 0 });
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
      again.hidden = false;
      return announce(say.sayOnce, "warn");
    }
    again.hidden = true;
    previous = { code, at };
    take({ code });
  }

  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    const head = queue[0], timer = new AbortController(), limit = setTimeout(() => timer.abort(), PATIENCE);
    try {
      const body = new URLSearchParams({ ...head.fields, _key: head.key, seq: head.number, person, csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value });
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { "HX-Request": "true" }, signal: timer.signal, redirect: "error" });
      const plain = answer.headers.get("Content-Type")?.startsWith("text/plain");
      // nobody is signed in; or somebody else is, or the same person anew (the form's token is too old then)
      if ([401, 409].includes(answer.status) || (answer.status === 403 && !plain)) return document.dispatchEvent(new Event("session-expired"));
      // what the server can't take for a reason of its own is set aside in the end, or nothing would follow it
      if (answer.status > 500 || (answer.status === 500 && ++head.tries < TRIES)) throw new Error(answer.statusText);
      const to = answer.headers.get("HX-Redirect"), text = await answer.text();
      queue.shift();
      retry = 0;
      keep();
      if (to) return location.assign(to);
      if (answer.ok) show(text); else refuse(plain ? text : say.sayRefused, named(head));
    } catch {
      retry = Math.min(retry + 1, 3);
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

  function refuse(text, what) {
    const box = bench.querySelector("[data-refused]").content.firstElementChild.cloneNode(true);
    box.querySelector(".headline").textContent = text;
    box.querySelector(".detail").textContent = what;
    live.firstElementChild.replaceWith(box);
    announce(`${text} ${what}`, "stop");
  }

  function announce(text, tone) {
    const region = bench.querySelector(tone === "stop" ? "[data-alert]" : "[data-say]");
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 30);
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
  again.querySelector("button").addEventListener("click", () => take({ code: previous.code }));
  addEventListener("online", send);
  document.addEventListener("session-restored", send);
  pickUp();
  keep();
  lamp();
  send();
})();
