// Speaks the result of a step to screen readers.

const PAUSE = 500; // ms without a change before the sentence is spoken, so that a held key does not flood the listener

function render({ model, el }) {
  el.classList.add("postwar-spoken");
  el.setAttribute("role", "status");
  let timer;
  model.on("change:text", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (el.textContent = model.get("text")), PAUSE);
  });
  return () => clearTimeout(timer);
}

export default { render };
