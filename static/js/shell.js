// What the shell does beyond plain HTML: menus, toasts, filters, choosing rows.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const el = event.target.closest?.(selector);
    if (el) act(el, event);
  });

  all("[data-theme-toggle], [data-open], [data-print], [data-pick-all], [data-sound], [data-clicks]").forEach((el) => { el.hidden = false; });
  on("click", "[data-theme-toggle]", () => dispatchEvent(new Event("theme-next")));
  on("click", "[data-print]", () => print());
  on("click", "[data-clicks]", (el) => document.querySelector(el.dataset.clicks).click());
  on("click", "[data-open]", (el) => document.querySelector(el.dataset.open).showModal());
  document.addEventListener("click", (event) => all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Settings of this browser, in the help
  all("[data-setting]").forEach((box) => {
    const name = box.dataset.setting, stored = localStorage.getItem(name);
    if (stored) box.checked = stored === "on";
    box.addEventListener("change", () => {
      localStorage.setItem(name, box.checked ? "on" : "off");
      if (name === "dense") document.documentElement.dataset.density = box.checked ? "dense" : "";
      if (name === "keys") document.documentElement.dataset.letters = box.checked ? "on" : "off";
    });
  });

  // Toasts: ten seconds for what went well, until closed for what did not
  const fade = (toast) => { if (toast.dataset.toast !== "stop") setTimeout(() => { if (!toast.matches(":hover, :focus-within")) toast.remove(); }, 10000); };
  all("[data-toast]").forEach(fade);
  on("click", "[data-close]", (el) => el.closest("[data-toast]").remove());
  function say(text) {
    const toast = document.getElementById("toast-model").content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    document.getElementById("toasts").append(toast);
  }
  document.addEventListener("tell", (event) => say(event.detail));
  // Scans that a bench did not get rid of (bench.js keeps them as bench:person:path:…)
  const kept = Object.keys(localStorage).filter((name) => name.startsWith(`bench:${document.body.dataset.person}:`))
    .map((name) => name.split(":")[2]).find((path) => path !== location.pathname);
  if (kept) {
    const toast = document.getElementById("toast-kept").content.firstElementChild.cloneNode(true);
    toast.querySelector("a").href = kept;
    document.getElementById("toasts").append(toast);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail, plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    if (xhr.status !== 401) say(plain ? xhr.responseText : `${xhr.status} ${xhr.statusText}`);
  });

  document.querySelector("[data-focus]")?.focus();

  // Filters apply when they are chosen; empty ones stay out of the address
  all("[data-filters]").forEach((form) => {
    form.querySelector("[data-apply]")?.classList.add("unseen");
    form.addEventListener("change", (event) => { if (event.target.matches("select, input[type=date]")) form.requestSubmit(); });
    form.addEventListener("submit", () => {
      [...form.elements].forEach((el) => { if (el.name && !el.value) el.disabled = true; });
    });
    addEventListener("pageshow", (event) => { if (event.persisted) all("[name]", form).forEach((el) => { el.disabled = false; }); });
  });

  // Back from the page of a row, that row is the current one
  const rowsHere = `opened ${location.pathname}`, opened = sessionStorage.getItem(rowsHere);
  const mark = (row) => {
    all("tr[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  };
  on("click", "tr[data-href] a", (el) => {
    const row = el.closest("tr");
    if (el.getAttribute("href") !== row.dataset.href) return;
    sessionStorage.setItem(rowsHere, row.dataset.href);
    mark(row);
  });
  const back = opened && all("tr[data-href]").find((row) => row.dataset.href === opened);
  if (back && (performance.getEntriesByType("navigation")[0]?.type === "back_forward" || document.referrer.endsWith(opened))) {
    mark(back);
    back.scrollIntoView({ block: "nearest" });
  }

  // Choosing rows
  const chosen = document.querySelector("[data-chosen]");
  if (chosen) {
    const boxes = () => all("input[name=ids]"), every = document.querySelector("[data-pick-all]");
    const count = () => {
      const picked = boxes().filter((box) => box.checked).length;
      chosen.querySelector("[data-count]").textContent = picked;
      chosen.classList.toggle("some", picked > 0);
      every.checked = picked > 0 && picked === boxes().length;
      every.indeterminate = picked > 0 && !every.checked;
    };
    document.addEventListener("change", (event) => {
      if (event.target === every) boxes().forEach((box) => { box.checked = every.checked; });
      if (event.target === every || event.target.name === "ids") count();
    });
    addEventListener("pageshow", count);
    count();
  }
})();
