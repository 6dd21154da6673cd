// Speaks the result of a step to screen readers.

const PAUSE = 500; // ms without a change before the sentence is spoken, so that a held key does not flood the listener

// JupyterLab swallows the line break in a number box, so that the browser reports no change.
function commitOnEnter() {
  if (document.documentElement.dataset.postwarEnter) return;
  document.documentElement.dataset.postwarEnter = "yes";
  window.addEventListener(
    "keydown",
    (event) => {
      const plain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plain && event.target.matches?.(".postwar-panel input[type=number]")) {
        event.target.dispatchEvent(new Event("change", { bubbles: true }));
      }
    },
    true,
  );
}

// Run All takes JupyterLab to the last cell at once, which in a lesson is far below its sources. As the first explorer of
// such a run is made, a reader who is still there is taken to the beginning.
const ONE_RUN = 30_000; // ms: the further explorers of the same run leave the reader alone
function beginAtTheTop() {
  const page = document.documentElement;
  for (const scroller of document.querySelectorAll(".jp-WindowedPanel-outer")) {
    const cells = scroller.querySelectorAll(".jp-Cell");
    const atTheEnd = scroller.scrollHeight - scroller.scrollTop < 2 * scroller.clientHeight;
    if (!scroller.clientHeight || !atTheEnd || !cells[cells.length - 1]?.matches(".jp-mod-active")) continue;
    if (Date.now() - page.dataset.postwarTop < ONE_RUN) continue;
    page.dataset.postwarTop = Date.now();
    scroller.scrollTop = 0;
  }
}

// Where the front end is not JupyterLab, the plain question would stand above the live one.
function hidePlain(name) {
  if (!/^\w+$/.test(name)) return;
  const style = document.createElement("style");
  style.textContent = `[data-plain="${name}"] { display: none; }`;
  document.head.append(style);
  return () => style.remove();
}

function render({ model, el }) {
  el.classList.add("postwar-spoken");
  el.setAttribute("role", "status");
  commitOnEnter();
  const showPlain = hidePlain(model.get("plain"));
  let timer;
  model.on("change:text", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (el.textContent = model.get("text")), PAUSE);
  });
  return () => {
    clearTimeout(timer);
    showPlain?.();
  };
}

export default { initialize: beginAtTheTop, render };
