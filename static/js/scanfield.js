// A page with one field for scans: a scan made anywhere on it fills the field and sends its form.
(() => {
  document.addEventListener("scan", (event) => {
    const field = document.querySelector("input[data-scan]");
    if (!field) return;
    event.preventDefault();
    field.value = event.detail.code;
    field.form.requestSubmit();
  });
})();
