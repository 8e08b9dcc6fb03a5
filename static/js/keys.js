// Tells a scanner from a person, and lets single letters press what is marked data-key.
// A scanner types at least 6 characters with a median gap under 35 ms and ends with Enter or Tab; a hiccup within
// the code (radio, a busy tablet) does not cut it in two. A person's rest of 400 ms begins anew; after three
// characters in a scanner's rhythm a stall of up to 1.5 s still belongs to the code.
(() => {
  const GAP = 35, END = 100, REST = 400, STALL = 1500, SHORTEST = 6, PATIENCE = 100, ALONE = 250;
  let text = "", gaps = [], last = 0, start = null, pending = 0;

  const isField = (el) => el && (el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) ||
    (el.tagName === "INPUT" && !/^(checkbox|radio|button|submit|reset|file|range|color)$/.test(el.type)));
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const inRhythm = () => median(gaps) < GAP;
  const visible = (el) => el.getClientRects().length > 0;

  function begin(target) {
    text = ""; gaps = [];
    start = isField(target) ? { field: target, value: target.value } : null;
  }

  function scanned() {
    const code = text, before = start;
    begin(null);
    const scan = new CustomEvent("scan", { detail: { code }, cancelable: true, bubbles: true });
    const field = before && before.field;
    if (field?.type === "password") return false;
    if (field && !field.matches("[data-scan]") && !document.querySelector("[data-scan]")) return fieldScan(field);
    if (field && "value" in field) field.value = before.value;
    if (document.dispatchEvent(scan)) find(code);
    return true;
  }

  // A scan into a field of an ordinary form fills it and goes on to the next field; it never sends the form half filled.
  function fieldScan(field) {
    const fields = field.form ? [...field.form.elements].filter((el) => isField(el) && visible(el) && !el.disabled) : [];
    if (fields.length < 2) return false;
    (fields[fields.indexOf(field) + 1] || field.form.querySelector("[type=submit], button:not([type])") || field).focus();
    return true;
  }

  function find(code) {
    const finder = document.getElementById("finder");
    if (!finder) return;
    finder.value = code;
    finder.form.requestSubmit();
  }

  const lettersOff = () => localStorage.getItem("keys") === "off";

  function press(key) {
    if (lettersOff()) return;
    const scope = document.querySelector("dialog[open]") || document;
    const row = scope.querySelector("tr[aria-current]");
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const target = (row && row.querySelector(wanted)) || [...scope.querySelectorAll(wanted)].find((el) => (visible(el) || el.closest(".menu")) && !el.closest("tr"));
    if (target) {
      text = "";
      return target.click();
    }
    if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  }

  // The field of a bench always has the focus: one letter that stays alone in it is a key, not the beginning of a code.
  function pressAlone(field, typed) {
    if (lettersOff() || field.value !== typed || !document.querySelector(`[data-key="${CSS.escape(typed.toLowerCase())}"]`)) return;
    field.value = "";
    press(typed.toLowerCase());
  }

  function move(step) {
    const rows = [...document.querySelectorAll("tr:is([data-href], :has([data-key]))")].filter(visible);
    const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (!next) return;
    rows[at]?.removeAttribute("aria-current");
    next.setAttribute("aria-current", "true");
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("a, button")?.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    const gap = event.timeStamp - last;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return document.getElementById("finder")?.click();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Enter" || event.key === "Tab") {
      const wasScan = text.length >= SHORTEST && gap <= END && inRhythm();
      clearTimeout(pending);
      if (wasScan && scanned()) { event.preventDefault(); event.stopImmediatePropagation(); }
      text = "";
      return;
    }
    if (event.key.length !== 1 || event.repeat) return;
    if (!text || gap > (gaps.length > 1 && inRhythm() ? STALL : REST)) begin(event.target); else gaps.push(gap);
    last = event.timeStamp;
    text += event.key;
    clearTimeout(pending);
    if (document.querySelector("dialog[open] input[type=password]")) return;
    if (isField(event.target)) {
      const { target, key } = event;
      if (target.matches("[data-scan]") && !target.value) pending = setTimeout(() => pressAlone(target, key), ALONE);
      return;
    }
    if (text.length > 1 && (gap < GAP || (gaps.length > 1 && inRhythm()))) { event.preventDefault(); return; }
    if (event.key === " ") return;
    if (event.key === "/" && text === "/" && !lettersOff()) { event.preventDefault(); return press("/"); }  // never within a code
    pending = setTimeout(() => press(event.key.toLowerCase()), PATIENCE);
  }, true);
})();
