// Runs before the page is painted: the theme and density that this browser was set to.
(() => {
  const root = document.documentElement;
  const saved = localStorage.getItem("theme") || "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (choice) => {
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset.theme = choice;
  };
  root.classList.add("scripted");
  root.dataset.letters = localStorage.getItem("keys") || "on";
  root.dataset.density = localStorage.getItem("dense") === "on" ? "dense" : "";
  paint(saved);
  dark.addEventListener("change", () => paint(localStorage.getItem("theme") || "auto"));
  addEventListener("theme-next", () => {
    const order = ["auto", "light", "dark"];
    const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
    localStorage.setItem("theme", next);
    paint(next);
  });
})();
