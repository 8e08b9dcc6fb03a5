// What the shell does beyond plain HTML: menus, toasts, filters, choosing rows, one press per form, signing in again.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const el = event.target.closest?.(selector);
    if (el) act(el, event);
  });

  all("[data-theme-toggle], [data-open], [data-print], [data-pick-all], [data-sound]").forEach((el) => { el.hidden = false; });
  on("click", "[data-theme-toggle]", () => dispatchEvent(new Event("theme-next")));
  on("click", "[data-print]", () => print());
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
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail, plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    if (xhr.status !== 401) say(plain ? xhr.responseText : `${xhr.status} ${xhr.statusText}`);
  });

  // Forms: a second press while the first is on its way does nothing (the server takes it once in any case)
  on("submit", "form", (form, event) => {
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
  document.querySelector("[data-focus]")?.focus();

  // A file is sent as soon as it is chosen, where the page says so
  on("change", "[data-send]", (el) => { if (el.value && el.form.checkValidity()) el.form.requestSubmit(); });

  // Filters apply when they are chosen; empty ones stay out of the address
  all("[data-filters]").forEach((form) => {
    form.querySelector("[data-apply]")?.classList.add("unseen");
    form.addEventListener("change", (event) => { if (event.target.matches("select, input[type=date]")) form.requestSubmit(); });
    form.addEventListener("submit", (event) => {
      const menu = event.submitter?.closest("[data-columns]"), fields = [...form.elements].filter((el) => el.name);
      if (menu) {
        fields.filter((el) => el.name === "cols").forEach((el) => { el.disabled = !menu.contains(el); });
        menu.querySelector("[name=cols]").value = all(":checked", menu).map((box) => box.value).join(",");
      }
      fields.forEach((el) => { if (!el.value) el.disabled = true; });
    });
    addEventListener("pageshow", (event) => { if (event.persisted) all("[name]:not([name=cols])", form).forEach((el) => { el.disabled = false; }); });
  });

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

  // The session ended while a part of the page was asked for: sign in over the page, then go on
  const dialog = document.getElementById("signin");
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  async function signIn() {
    if (dialog.open) return;
    dialog.showModal();
    await showLogin(await fetch(dialog.dataset.login));
  }
  async function showLogin(answer) {
    const page = parse(await answer.text()), form = page.querySelector("[data-login-form]");
    if (!form) return restored(page);
    form.querySelectorAll("script").forEach((el) => el.remove());
    const errors = page.querySelector(".error-summary");
    dialog.querySelector("[data-slot]").replaceChildren(...(errors ? [errors] : []), form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      await showLogin(await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }));
    });
    form.querySelector("input:not([type=hidden])")?.focus();
  }
  function restored(page) {
    if (page.body.dataset.person !== document.body.dataset.person) return location.reload();  // somebody else: their own page
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (token) {
      all("[name=csrfmiddlewaretoken]").forEach((el) => { el.value = token; });
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
    dialog.close();
    document.dispatchEvent(new Event("session-restored"));
  }
  dialog?.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("session-expired", signIn);
})();
