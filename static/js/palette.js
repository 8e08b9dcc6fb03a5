// The palette is the box in the bar: what this page can do, this browser's settings, and what the server finds.
// The keys of this page are told in the help by the same list.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = document.getElementById("finder");
  if (!box) return sessionStorage.removeItem("lately");
  const form = box.form, say = form.dataset, list = document.getElementById("finder-results");
  const panel = form.querySelector("[data-palette]"), note = panel.querySelector("[data-note]"), count = form.querySelector("[data-count]");
  const WAIT = 120, LATELY = 8, acts = new WeakMap();
  let turn = 0, timer = 0, asking = null, active = null, offers = "", shown = "", before = null;

  const text = () => box.value.trim();
  const named = (el) => el.getAttribute("aria-label") || [...el.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ").trim();
  const words = (written) => written.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const fits = (label) => words(text()).every((word) => words(label).some((part) => part.startsWith(word)));

  function element(tag, css, ...inside) {
    const made = document.createElement(tag);
    made.className = css;
    made.append(...inside);
    return made;
  }

  // What is on the page

  function verbs(within) {
    const found = all("main :is([data-key], .head-verbs a, .head-verbs button)");
    return found.filter((el) => (within ? within.contains(el) : !el.closest("tr")) && !el.disabled).map(verb);
  }
  const verb = (el) => ({ label: named(el), hint: el.dataset.key?.toUpperCase(), act: () => el.click() });
  function settings() {
    const boxes = all("[data-setting]").map((el) => ({ label: named(el.labels[0]), hint: el.checked ? say.sayOn : say.sayOff, act: () => el.click() }));
    return [...boxes, ...all(".bar-end button:not([hidden])").map(verb)];
  }
  function lately() {
    const kept = JSON.parse(sessionStorage.getItem("lately") || "{}");
    return kept.user === say.user ? kept.pages : [];
  }
  function remember() {
    const main = document.querySelector("main[data-remember]");
    if (!main) return;
    const page = { url: location.pathname, label: main.querySelector("h1").textContent.trim(), hint: main.querySelector(".crumbs li:last-child")?.textContent || "" };
    const pages = [page, ...lately().filter((one) => one.url !== page.url)].slice(0, LATELY + 1);
    sessionStorage.setItem("lately", JSON.stringify({ user: say.user, pages }));
  }

  // What is shown

  function option({ label, hint, url, act }) {
    const made = element(url ? "a" : "div", "hit", element("span", "hit-label", label));
    made.setAttribute("role", "option");
    if (hint) made.append(element(act && hint.length === 1 ? "kbd" : "span", "hit-detail", hint));
    if (url) made.href = url;
    made.tabIndex = -1;
    if (act) acts.set(made, act);
    return made;
  }

  function group(name, entries) {
    if (!entries.length) return [];
    const head = element("div", "hits-kind", name), made = element("div", "", head, ...entries.map(option));
    head.id = `kind-${name.replace(/\W+/g, "-")}`;
    head.setAttribute("role", "presentation");
    made.setAttribute("role", "group");
    made.setAttribute("aria-labelledby", head.id);
    return [made];
  }

  function show(html) {
    const typed = text(), matching = (entries) => entries.filter((one) => fits(one.label));
    const row = document.querySelector("tr[aria-current]");
    const answer = new DOMParser().parseFromString(html, "text/html").body, told = answer.querySelector("[data-note]");
    told?.remove();
    const links = all("main .head-verbs a").map((el) => el.getAttribute("href"));
    all("a.hit", answer).filter((el) => links.includes(el.getAttribute("href"))).forEach((el) => el.remove());
    all("[role=group]", answer).filter((el) => !el.querySelector("[role=option]")).forEach((el) => el.remove());
    const was = active?.getAttribute("href");
    list.replaceChildren(
      ...(typed ? [] : group(say.sayLately, lately().filter((one) => one.url !== location.pathname))),
      ...(row ? group(say.sayRow, matching(verbs(row))) : []),
      ...group(say.sayPage, matching(verbs())),
      ...answer.children,
      ...(typed ? group(say.saySettings, matching(settings())) : []),
    );
    const found = options();
    found.forEach((el, at) => { el.id = `find-${at}`; el.setAttribute("aria-selected", "false"); });
    note.hidden = !told || found.some((el) => acts.has(el));
    note.textContent = told ? told.textContent : "";
    choose(typed ? found[0] : was && found.find((el) => el.getAttribute("href") === was));
  }

  const options = () => all("[role=option]", list);
  function choose(el) {
    active?.setAttribute("aria-selected", "false");
    active = el || null;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) box.setAttribute("aria-activedescendant", active.id); else box.removeAttribute("aria-activedescendant");
  }

  function open() {
    if (!panel.hidden) return;
    panel.hidden = false;
    box.setAttribute("aria-expanded", "true");
    look();
  }
  function close() {
    clearTimeout(timer);
    asking?.abort();
    turn += 1;
    panel.hidden = true;
    box.setAttribute("aria-expanded", "false");
    choose(null);
  }

  // The question: one at a time, the last one wins

  function look() {
    clearTimeout(timer);
    asking?.abort();
    turn += 1;
    show(text() ? shown : offers);
    if (!text() && offers) return;
    if (!acts.has(active)) choose(null);
    timer = setTimeout(ask, text() ? WAIT : 0, turn, text());
  }
  async function ask(mine, typed) {
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.action}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" }, signal: asking.signal });
      const html = await answer.text();
      if (mine !== turn) return;
      if (answer.status === 401) return document.dispatchEvent(new Event("session-expired"));
      if (!answer.ok) return;
      if (typed) shown = html; else offers = html;
      show(html);
      count.textContent = say.sayCount.replace("%d", options().length) + (note.hidden ? "" : ` ${note.textContent}`);
    } catch { /* taken back, or no connection: what is on the page is still there */ }
  }

  function take(el, event) {
    const act = acts.get(el);
    if (!act) return event.ctrlKey || event.metaKey ? window.open(el.href) : el.click();
    leave();
    act();
  }
  function leave() {
    close();
    box.value = box.defaultValue;
    box.blur();
    before?.focus?.({ preventScroll: true });
  }

  const MOVES = {
    ArrowDown: (at, last) => (at < last ? at + 1 : 0),
    ArrowUp: (at, last) => (at > 0 ? at - 1 : last),
    Home: () => 0,
    End: (_at, last) => last,
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const move = MOVES[event.key], found = options();
    if (event.key === "Escape" && !panel.hidden) { event.preventDefault(); leave(); }
    else if (event.key === "Enter" && active && !panel.hidden) { event.preventDefault(); take(active, event); }
    else if (move && panel.hidden) { event.preventDefault(); open(); }
    else if (move && found.length) { event.preventDefault(); choose(found[move(found.indexOf(active), found.length - 1)]); }
  });
  box.addEventListener("input", () => { if (panel.hidden) open(); else look(); });
  box.addEventListener("focus", (event) => { before = event.relatedTarget; });
  box.addEventListener("click", () => {
    if (document.activeElement !== box) { box.focus(); box.select(); }
    open();
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
  panel.addEventListener("pointerdown", (event) => event.preventDefault());
  panel.addEventListener("click", (event) => {
    const el = event.target.closest("[role=option]");
    if (el && acts.has(el)) take(el, event);
  });
  addEventListener("pageshow", () => { close(); remember(); });

  // The keys of this page, told in the help

  function tell(target, found) {
    const once = new Map(found.filter((el) => el.dataset.key).map((el) => [el.dataset.key, el]));
    target.replaceChildren(...[...once.values()].flatMap((el) => [
      element("dt", "", element("kbd", "", el.dataset.key.toUpperCase())), element("dd", "", named(el)),
    ]));
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-open="#help"]')) return;
    const rows = document.querySelector("[data-row-list]");
    tell(document.querySelector("[data-key-list]"), all("[data-key]").filter((el) => !el.closest("tr")));
    tell(rows.querySelector("[data-row-keys]"), all("tr [data-key]"));
    rows.hidden = !document.querySelector("tr:is([data-href], :has([data-key]))");
  }, true);
})();
