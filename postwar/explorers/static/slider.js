// A labelled number box and a slider for one value. Both are the browser's own, so that keyboards and screen readers
// know them; every key step reaches the kernel, while a drag sends its latest value as soon as the last one was drawn.

const shortcut = (event) => event.ctrlKey || event.metaKey || event.altKey;

// JupyterLab takes plain arrows to move between cells; it looks at this attribute on the focused element.
function keepPlainKeys(box) {
  const mark = (event) => {
    if (!box.contains(event.target)) return;
    const leave = event.key === "Enter" && event.shiftKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !shortcut(event) && !leave);
  };
  window.addEventListener("keydown", mark, true);
  return () => window.removeEventListener("keydown", mark, true);
}

function render({ model, el }) {
  el.classList.add("postwar-slider");
  const bounds = { min: model.get("min"), max: model.get("max"), step: model.get("step") };
  const track = Object.assign(document.createElement("input"), { type: "range", ...bounds });
  const box = Object.assign(document.createElement("input"), { type: "number", ...bounds });
  const label = document.createElement("label");
  label.innerHTML = model.get("label"); // escaped in Python
  label.append(box);
  track.setAttribute("aria-label", label.textContent);
  el.append(label, track);

  let waiting = 0; // messages that the kernel has not answered
  let latest = null; // value of a drag that waits for its turn
  let dragging = false;

  let shown = model.get("start");
  const show = (value) => {
    shown = value;
    track.value = value;
    if (document.activeElement !== box || box.value === "" || Number(box.value) !== value) box.value = value;
  };
  const send = (value) => {
    waiting += 1;
    model.send({ value });
  };
  const move = (value) => {
    show(value);
    if (dragging && waiting) latest = value;
    else send(value);
  };
  track.addEventListener("pointerdown", () => (dragging = true));
  track.addEventListener("pointerup", () => (dragging = false));
  track.addEventListener("keydown", () => (dragging = false));
  track.addEventListener("input", () => move(Number(track.value)));
  // Also sent by panel.js on Enter, which JupyterLab keeps from the browser.
  box.addEventListener("change", () => {
    if (box.value === "") return show(shown);
    const value = Math.min(bounds.max, Math.max(bounds.min, Number(box.value)));
    box.value = value;
    if (value !== shown) move(value);
  });

  model.on("msg:custom", ({ drawn, value }) => {
    if (drawn) {
      waiting = Math.max(0, waiting - 1);
      if (!waiting && latest !== null) {
        const next = latest;
        latest = null;
        send(next);
      }
    } else {
      show(value);
    }
  });
  const enable = () => (track.disabled = box.disabled = model.get("disabled"));
  model.on("change:disabled", enable);
  enable();
  show(model.get("start"));
  model.send({ hello: true });
  return keepPlainKeys(el);
}

export default { render };
