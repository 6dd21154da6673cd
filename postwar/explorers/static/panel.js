// Speaks the result of a step to screen readers, and gives every slider of the panel the name of its number box.

const PAUSE = 500; // ms without a change before the sentence is spoken, so that a held key does not flood the listener

function nameSliders(panel) {
  for (const control of panel.querySelectorAll(".postwar-control")) {
    const label = control.querySelector("label");
    const handle = control.querySelector(".noUi-handle");
    if (label && handle) handle.setAttribute("aria-label", label.textContent);
  }
}

function render({ model, el }) {
  el.classList.add("postwar-status");
  el.setAttribute("role", "status");
  let timer;
  model.on("change:text", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (el.textContent = model.get("text")), PAUSE);
  });

  // The views of a box are created one by one, after this one.
  const watch = new MutationObserver(() => {
    const panel = el.closest(".postwar-panel");
    if (panel) nameSliders(panel);
  });
  const start = requestAnimationFrame(() => {
    const panel = el.closest(".postwar-panel");
    if (!panel) return;
    nameSliders(panel);
    watch.observe(panel, { childList: true, subtree: true });
  });
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(start);
    watch.disconnect();
  };
}

export default { render };
