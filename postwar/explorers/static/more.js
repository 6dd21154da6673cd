// A button that shows and hides further inputs. Its name stays, and the browser tells a screen reader whether it is open.

function render({ model, el }) {
  el.classList.add("postwar-more");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-button";
  button.textContent = model.get("label");
  const show = () => button.setAttribute("aria-expanded", String(model.get("expanded")));
  model.on("change:expanded", show);
  button.addEventListener("click", () => {
    model.set("expanded", !model.get("expanded"));
    model.save_changes();
  });
  show();
  el.append(button);
}

export default { render };
