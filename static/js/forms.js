// Forms: sent from within the page, so that neither a lapsed session nor a lost line loses what was typed. Drafts.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const dialog = document.getElementById("signin"), say = dialog?.dataset;
  const tell = (detail) => document.dispatchEvent(new CustomEvent("tell", { detail }));
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const release = (form) => { delete form.dataset.sent; form.querySelector("progress")?.remove(); };
  const address = (form, pressed) => pressed?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  const OURS = { "HX-Request": "true" };
  let waiting = null; // what goes on, or does not, when the session is there again

  // One press, one effect: a second press while the first is on its way does nothing
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    if (!dialog || !form.elements._key || form.getAttribute("target")) return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
    if ([...data.values()].some((one) => one.size > +say.limit)) {
      release(form);
      return tell(say.sayLong);
    }
    repeat(form, data);
    send(form, data, address(form, event.submitter), 2);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // What is sent again unchanged after going back is the same press, with the same key
  const told = (data) => JSON.stringify([...data].filter(([name]) => !/^(_key|_shown|csrf.*)$/.test(name)));
  function repeat(form, data) {
    if (form.matches("[data-form]") && history.state?.said === told(data)) data.set("_key", history.state.key);
  }

  function send(form, data, url, tries) {
    const request = new XMLHttpRequest(), whole = form.enctype === "multipart/form-data";
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    request.open("POST", url);
    request.setRequestHeader("HX-Request", "true");
    request.onerror = () => { release(form); tell(say.sayLost); };
    request.onload = () => {
      if (request.status !== 401) return answered(form, data, request);
      if (!tries) return release(form);
      waiting = { go: () => send(form, data, url, tries - 1), stop: () => release(form) };
      signIn();
    };
    if (whole) showProgress(form, request.upload);
    request.send(whole ? data : new URLSearchParams(data));
  }

  function showProgress(form, upload) {
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", say.sayUpload);
    form.querySelector("progress")?.remove();
    form.append(bar);
    upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
  }

  function answered(form, data, request) {
    const to = request.getResponseHeader("HX-Redirect"), kind = request.getResponseHeader("Content-Type") || "";
    if (to) return leave(to, form.matches("[data-form]") && { said: told(data), key: data.get("_key") });
    release(form);
    if (!kind.startsWith("text/html")) return tell(kind.startsWith("text/plain") ? request.responseText : `${request.status} ${request.statusText}`);
    const page = parse(request.responseText), main = page.querySelector("main.content");
    if (!main) return tell(all("h1, h1 + p", page).map((el) => el.textContent).join(": "));
    all("form:not([action])", main).forEach((el) => el.setAttribute("action", request.responseURL));
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    window.htmx?.process(main);
    (main.querySelector("[data-focus], [autofocus]") || main).focus();
    document.dispatchEvent(new Event("page-swapped"));
  }

  function leave(to, state) {
    const next = new URL(to, location.href), same = next.pathname + next.search === location.pathname + location.search;
    if (state) history.replaceState(state, "");
    location.assign(next);
    if (same && next.hash) location.reload();
  }

  // A file is sent as soon as it is chosen, where the page says so
  document.addEventListener("change", ({ target }) => { if (target.matches("[data-send]") && target.value && target.form.checkValidity()) target.form.requestSubmit(); });

  // Drafts: what is typed is kept after a pause, and on leaving
  let typing = null, pause = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.form?.matches("[data-draft]")) return;
    clearTimeout(pause);
    typing = event.target.form;
    pause = setTimeout(keep, 1500);
  });
  function keep(leaving) {
    const form = typing;
    clearTimeout(pause);
    typing = null;
    if (!form || form.dataset.sent) return;
    const data = new FormData(form);
    all("[type=file], [type=password]", form).forEach((el) => data.delete(el.name));
    data.set("_draft", "1");
    fetch(address(form), { method: "POST", body: new URLSearchParams(data), headers: OURS, keepalive: !!leaving }).catch(() => {});
  }
  addEventListener("pagehide", keep);

  // The session ended while something was asked for: sign in over the page, then go on; in one's own name only
  async function signIn() {
    if (dialog.open) return;
    dialog.showModal();
    await showLogin(await fetch(say.login));
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
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value, { person, name } = page.body.dataset;
    const { go, stop } = waiting || {};
    waiting = null;
    dialog.close();
    if (person !== document.body.dataset.person) {
      if (!document.querySelector("[data-form]")) return location.reload();
      stop?.();
      return tell(say.sayOther.replace("…", () => name));
    }
    if (token) {
      all("[name=csrfmiddlewaretoken]").forEach((el) => { el.value = token; });
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
    go?.();
    document.dispatchEvent(new Event("session-restored"));
  }
  dialog?.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("session-expired", signIn);
})();
