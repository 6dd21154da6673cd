/* A question under a code cell. Choosing an option writes it into the cell's own source,
 * so that the saved notebook is the answer sheet. No build step, nothing from the net. */

const STUB = /^#\s*YOUR ANSWER HERE\b/;
const OPENERS = "([{";
const CLOSERS = ")]}";

/** Position just after the string that starts at `start` (its prefix included). */
function endOfString(source, start) {
  const [, prefix, quote] = /^([a-z]*)("""|'''|"|')/i.exec(source.slice(start, start + 5));
  const nests = /[ft]/i.test(prefix);
  let i = start + prefix.length + quote.length;
  while (i < source.length) {
    if (source.startsWith(quote, i)) return i + quote.length;
    if (source[i] === "\n" && quote.length === 1) return i; // never closed: Python stops here too
    if (source[i] === "\\") i += 2;
    else if (nests && source.startsWith("{{", i)) i += 2;
    else if (nests && source[i] === "{") i = endOfReplacementField(source, i, quote);
    else i += 1;
  }
  return source.length;
}

/** Position just after the `{…}` of an f-string; since Python 3.12 it may hold strings with the same quotes. */
function endOfReplacementField(source, start, quote) {
  let depth = 0;
  for (let i = start; i < source.length; i += 1) {
    if (OPENERS.includes(source[i])) depth += 1;
    else if (CLOSERS.includes(source[i]) && --depth === 0) return i + 1;
    else if (source[i] === "\n" && quote.length === 1) return i;
    else if (source[i] === '"' || source[i] === "'") {
      const end = endOfString(source, i);
      if (source[end - 1] !== source[i]) return i; // no partner: before 3.12 this quote closes the f-string
      i = end - 1;
    }
  }
  return source.length;
}

/** Python tokens as {type: "name" | "string" | "comment" | "newline" | "other", text, from, to}; blanks are skipped. */
export function tokenize(source) {
  const tokens = [];
  const pattern = /[^\S\n]+|\\\n|\n|#[^\n]*|(?:[rbuft]{0,2})(?="|')|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|[=!<>:]=|\*\*|[^]/iuy;
  while (pattern.lastIndex < source.length) {
    const from = pattern.lastIndex;
    const text = pattern.exec(source)[0];
    const next = source[from + text.length];
    if ((next === '"' || next === "'") && /^[rbuft]{0,2}$/i.test(text)) {
      const to = endOfString(source, from);
      tokens.push({ type: "string", text: source.slice(from, to), from, to });
      pattern.lastIndex = to;
      continue;
    }
    const to = from + text.length;
    if (text === "\n") tokens.push({ type: "newline", text, from, to });
    else if (text[0] === "#") tokens.push({ type: "comment", text, from, to });
    else if (/^[\p{L}_]/u.test(text)) tokens.push({ type: "name", text, from, to });
    else if (text.trim() && text !== "\\\n") tokens.push({ type: "other", text, from, to });
  }
  return tokens;
}

/** What a Python string literal means; null where only Python can know (f-strings, bytes). */
function literal(text) {
  const [, prefix, quote] = /^([a-z]*)("""|'''|"|')/i.exec(text);
  if (/[bft]/i.test(prefix)) return null;
  const body = text.slice(prefix.length + quote.length, -quote.length);
  if (/r/i.test(prefix)) return body;
  const named = { n: "\n", t: "\t", r: "\r", "\n": "" };
  return body.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[^])/gi, (whole, code) => {
    if (code.length > 1) return String.fromCodePoint(parseInt(code.slice(1), 16));
    if (code in named) return named[code];
    return /[\\'"]/.test(code) ? code : whole;
  });
}

/** The calls of a function (matched by the last part of its dotted name), each with its arguments. */
function calls(source, name) {
  const wanted = name.split(".").pop();
  const tokens = tokenize(source);
  const found = [];
  tokens.forEach((token, i) => {
    const defines = ["def", "class"].includes(tokens[i - 1]?.text);
    if (token.type !== "name" || token.text !== wanted || tokens[i + 1]?.text !== "(" || defines) return;
    const call = { open: tokens[i + 1], close: null, args: [], commas: [], stubs: [] };
    let current = null;
    let depth = 0;
    for (const inner of tokens.slice(i + 2)) {
      if (inner.type === "newline") continue;
      if (inner.type === "comment") {
        if (depth === 0 && STUB.test(inner.text)) call.stubs.push(inner);
        continue;
      }
      if (depth === 0 && inner.text === ")") {
        call.close = inner;
        break;
      }
      if (depth === 0 && inner.text === ",") {
        call.commas.push(inner);
        current = null;
        continue;
      }
      if (inner.type === "other" && OPENERS.includes(inner.text)) depth += 1;
      if (inner.type === "other" && CLOSERS.includes(inner.text)) depth -= 1;
      if (!current) call.args.push((current = { tokens: [] }));
      current.tokens.push(inner);
    }
    if (!call.close) return; // brackets do not match: leave the cell alone
    for (const arg of call.args) {
      const [first, second] = arg.tokens;
      const keyword = first.type === "name" && second?.text === "=";
      arg.name = keyword ? first.text : null;
      arg.value = keyword ? arg.tokens.slice(2) : arg.tokens;
      arg.from = first.from;
      arg.to = arg.tokens.at(-1).to;
    }
    found.push(call);
  });
  return found;
}

const squeeze = (text) => text.replace(/\s+/g, " ").trim();

/** True when the first argument of the call is the text `match`. */
function startsWith(call, match) {
  const parts = (call.args[0]?.value ?? []).filter((token) => !"()".includes(token.text));
  if (!parts.length || parts.some((token) => token.type !== "string")) return false;
  const values = parts.map((token) => literal(token.text));
  return !values.includes(null) && squeeze(values.join("")) === squeeze(match);
}

/** A Python string literal; JSON's escapes are Python's too. */
const quoted = (value) => JSON.stringify(value);

/**
 * The edits, as CodeMirror changes, that make `call` in `source` carry `argument="value"`.
 * Several calls in one cell are told apart by their first argument, `match`. Null when no single call fits.
 */
export function answerEdits(source, { call: name, match, argument, value }) {
  let candidates = calls(source, name);
  if (candidates.length > 1) candidates = candidates.filter((call) => startsWith(call, match));
  if (candidates.length !== 1) return null;
  const [call] = candidates;
  const text = `${argument}=${quoted(value)}`;
  const lineStart = (at) => source.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = (at) => (source.indexOf("\n", at) + 1 || source.length + 1) - 1;
  const ownLine = (at) => source.slice(lineStart(at), at).trim() === "";
  const last = call.args.at(-1);
  const comma = call.commas.find((token) => last && token.from >= last.to);
  const edits = [];

  const dropStub = (stub) => {
    const whole = ownLine(stub.from);
    const from = whole ? lineStart(stub.from) : stub.from;
    edits.push({ from, to: whole ? stub.to + 1 : stub.to, insert: "" });
  };
  const existing = call.args.find((arg) => arg.name === argument);
  if (existing) {
    const from = existing.value[0]?.from ?? existing.to;
    if (source.slice(from, existing.to) !== quoted(value)) edits.push({ from, to: existing.to, insert: quoted(value) });
    call.stubs.forEach(dropStub);
    return edits.sort((a, b) => a.from - b.from);
  }

  const [stub, ...others] = call.stubs;
  if (stub) {
    const before = call.args.filter((arg) => arg.to <= stub.from).at(-1);
    const separated = !before || call.commas.some((token) => token.from >= before.to && token.to <= stub.from);
    if (!separated) {
      // A comma that follows the stub would be one too many.
      const late = call.commas.find((token) => token.from >= stub.to);
      if (late) edits.push({ from: late.from, to: late.to, insert: "" });
      edits.push({ from: before.to, to: before.to, insert: "," });
    }
    edits.push({ from: stub.from, to: stub.to, insert: `${text},` });
    others.forEach(dropStub);
  } else if (!last) {
    edits.push({ from: call.open.to, to: call.open.to, insert: text });
  } else {
    const end = comma?.to ?? last.to;
    const closesOnLine = call.close.from <= lineEnd(end);
    const indent = source.slice(lineStart(last.from), last.from);
    if (!ownLine(last.from)) {
      edits.push({ from: end, to: end, insert: comma ? ` ${text}` : `, ${text}` });
    } else if (closesOnLine) {
      edits.push({ from: end, to: end, insert: `${comma ? "" : ","}\n${indent}${text}` });
    } else {
      if (!comma) edits.push({ from: end, to: end, insert: "," });
      edits.push({ from: lineEnd(end), to: lineEnd(end), insert: `\n${indent}${text},` });
    }
  }
  return edits.sort((a, b) => a.from - b.from);
}

/** The CodeMirror 6 editor of the code cell that shows `element`; null where there is none. */
function editorOf(element) {
  const content = element.closest(".jp-CodeCell")?.querySelector(".jp-InputArea-editor .cm-content");
  const tile = content?.cmTile ?? content?.cmView; // the name changed with CodeMirror 6.39
  return tile?.root?.view ?? tile?.rootView?.view ?? tile?.view ?? null;
}

/** Write the answer into the cell; true when it stands there. */
function writeIntoCell(element, answer) {
  const editor = editorOf(element);
  if (!editor || editor.state.readOnly) return false;
  const changes = answerEdits(editor.state.doc.toString(), answer);
  if (!changes) return false;
  if (changes.length) editor.dispatch({ changes, userEvent: "input.answer" });
  return true;
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value; // escaped in Python, see markup.py
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const NOTES = {
  ask: "You can change it until you hand in.",
  check: "",
  predict: "Now explore, and see whether it holds.",
};

const shortcut = (event) => event.ctrlKey || event.metaKey || event.altKey;
const modified = (event) => shortcut(event) || event.shiftKey;

/**
 * Keep plain keys from JupyterLab, which otherwise takes the arrows to move between cells and letters as commands;
 * Ctrl+S and Shift+Enter still reach it. It looks at the attribute on the focused node, from a listener on the document.
 */
function keepPlainKeys(box) {
  const mark = (event) => {
    if (!box.contains(event.target)) return;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", event.key === "Enter" ? !modified(event) : !shortcut(event));
  };
  window.addEventListener("keydown", mark, true);
  return () => window.removeEventListener("keydown", mark, true);
}

// The plain version of the question gives way to the live one, in every front end that shows both.
function hidePlain(name) {
  if (!/^\w+$/.test(name)) return () => {};
  const style = make("style", {});
  style.textContent = `[data-plain="${name}"] { display: none; }`;
  document.head.append(style);
  return () => style.remove();
}

function render({ model, el }) {
  const showPlain = hidePlain(model.get("plain"));
  const kind = model.get("kind");
  const options = model.get("options");
  const items = model.get("items");
  const argument = model.get("argument");
  const call = model.get("call");
  const group = `postwar-${Math.random().toString(36).slice(2)}`;
  const status = make("div", { class: "postwar-status", role: "status", "aria-live": "polite" });
  const feedback = make("div", { class: "postwar-feedback" });
  const note = make("p", { class: "postwar-note" });
  status.append(feedback, note);
  const written = () => make("code", {}, `${argument}=${quoted(model.get("value"))}`);

  let waiting = null;
  function commit(value) {
    clearTimeout(waiting);
    const kept = writeIntoCell(el, { call, match: model.get("match"), argument, value });
    model.set("value", value);
    model.save_changes();
    if (kept) note.replaceChildren("Saved in the cell as ", written(), ". ", NOTES[kind]);
    else note.replaceChildren("To keep this, write ", written(), " inside ", make("code", {}, `${call}(…)`), " and run the cell again.");
    if (kind === "check" && !items.length) {
      waiting = setTimeout(() => note.append(" Run the cell to read the explanation."), 3000);
    }
  }

  const question = make("span", { class: "postwar-stem", html: model.get("prompt") });
  const box = make("fieldset", { class: `postwar-choice postwar-${kind}` }, make("legend", {}, question));
  const form = model.get("form");
  const levels = model.get("levels");
  const rows = items.length ? [sortingTable()] : form === "order" ? [orderList()] : options.length ? choices() : [textField()];
  box.append(...rows, ...(levels.length ? [confidence()] : []), status);
  if (kind === "predict" && options.length) {
    const change = make("button", { type: "button", class: "postwar-change" }, "Change my prediction");
    change.addEventListener("click", () => {
      box.removeAttribute("data-folded");
      box.querySelector("input:checked")?.focus();
    });
    box.append(change);
  }
  if (model.get("numbers")) box.append(newNumbers());
  el.append(box);

  /** Ask for the question with other numbers; what was answered before goes. */
  function newNumbers() {
    const button = make("button", { type: "button", class: "postwar-commit" }, "New numbers");
    button.addEventListener("click", () => {
      clearTimeout(waiting);
      const next = String(Number(model.get("numbers")) + 1);
      const match = model.get("match");
      const kept = [["answer", ""], ["numbers", next]].map(([name, value]) => writeIntoCell(el, { call, match, argument: name, value }));
      model.set("numbers", next);
      model.save_changes();
      note.replaceChildren(...(kept.every(Boolean) ? ["New numbers; run the cell if they do not change."] : ["Run the cell for new numbers."]));
    });
    return button;
  }

  function showTexts() {
    question.innerHTML = model.get("prompt");
    const texts = model.get("options");
    box.querySelectorAll(".postwar-option .postwar-text").forEach((text, place) => (text.innerHTML = texts[place][1]));
  }

  function choices() {
    return form === "several" ? boxes() : radios();
  }

  function optionRow(input, key, html) {
    return make(
      "label",
      { class: "postwar-option" },
      input,
      make("span", { class: "postwar-key", "aria-hidden": "true" }, kind === "predict" ? "" : key),
      make("span", { class: "postwar-text", html }),
      make("span", { class: "postwar-mark" }),
    );
  }

  /** Any number of options; the answer holds the letters of those ticked. */
  function boxes() {
    const inputs = options.map(([key]) => make("input", { type: "checkbox", value: key }));
    const ticked = () => inputs.filter((input) => input.checked).map((input) => input.value);
    inputs.forEach((input) => input.addEventListener("change", () => commit(ticked().join(""))));
    return options.map(([key, html], place) => optionRow(inputs[place], key, html));
  }

  /** Options to move up and down; the answer holds all letters, first to last. */
  function orderList() {
    const list = make("ol", { class: "postwar-order" });
    const letters = () => [...list.children].map((row) => row.dataset.key).join("");
    for (const [key, html] of options) {
      const text = make("span", { class: "postwar-text", html });
      const row = make("li", { "data-key": key }, text);
      for (const [label, sign, step] of [["Move up", "↑", -1], ["Move down", "↓", 1]]) {
        const button = make("button", { type: "button", class: "postwar-move", "aria-label": `${label}: ${text.textContent}` }, sign);
        button.addEventListener("click", () => {
          const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
          if (!other) return;
          if (step < 0) other.before(row);
          else other.after(row);
          commit(letters());
          button.focus(); // moving a node takes the focus from it
        });
        row.append(button);
      }
      list.append(row);
    }
    const keep = make("button", { type: "button", class: "postwar-commit" }, "Keep this order");
    keep.addEventListener("click", () => commit(letters()));
    return make("div", {}, list, keep);
  }

  /** How sure the answer is: written into the cell as `confidence="…"`. */
  function confidence() {
    const inner = make("fieldset", { class: "postwar-confidence" }, make("legend", {}, "How sure are you?"));
    for (const level of levels) {
      const input = make("input", { type: "radio", name: `${group}-sure`, value: level });
      input.addEventListener("change", () => {
        const kept = writeIntoCell(el, { call, match: model.get("match"), argument: "confidence", value: level });
        model.set("confidence", level);
        model.save_changes();
        const text = make("code", {}, `confidence=${quoted(level)}`);
        note.replaceChildren(...(kept ? ["Saved in the cell as ", text, "."] : ["To keep this, write ", text, " inside the call."]));
      });
      inner.append(make("label", {}, input, ` ${level}`));
    }
    return inner;
  }

  function radios() {
    // Arrow keys select as they move. Where a choice is answered at once, Enter or Space confirms it first.
    let moving = false;
    return options.map(([key, html]) => {
      const input = make("input", { type: "radio", name: group, value: key });
      const row = optionRow(input, key, html);
      input.addEventListener("keydown", (event) => {
        moving = kind !== "ask" && event.key.startsWith("Arrow");
        if (modified(event) || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        input.checked = true;
        commit(key);
      });
      input.addEventListener("keyup", () => (moving = false));
      input.addEventListener("change", () => {
        if (!moving) return commit(key);
        feedback.replaceChildren();
        note.textContent = "Press Enter to answer.";
      });
      return row;
    });
  }

  /** One statement a row, each with a menu of the options; the answer is a letter for each, "-" while open. */
  function sortingTable() {
    const body = make("tbody");
    for (const html of items) {
      const menu = make("select", {}, make("option", { value: "-" }, "choose …"));
      for (const [key, text] of options) menu.append(make("option", { value: key, html: `${key} · ${text}` }));
      const statement = make("td", { html });
      menu.setAttribute("aria-label", statement.textContent);
      menu.addEventListener("change", () => commit([...body.querySelectorAll("select")].map((each) => each.value).join("")));
      body.append(make("tr", {}, statement, make("td", {}, menu, make("div", { class: "postwar-remark" }))));
    }
    return make("table", { class: "postwar-sorting" }, body);
  }

  function textField() {
    const input = make("input", { type: "text", class: "postwar-words", maxlength: "300", "aria-label": question.textContent });
    const button = make("button", { type: "button", class: "postwar-commit" }, "Commit");
    const submit = () => {
      if (input.value.trim()) commit(input.value.trim());
      else note.textContent = "Write a few words first.";
    };
    button.addEventListener("click", submit);
    input.addEventListener("keydown", (event) => event.key === "Enter" && !modified(event) && submit());
    return make("div", { class: "postwar-entry" }, input, button);
  }

  function showValue() {
    const value = model.get("value");
    // A committed prediction makes room, so that controls and picture fit on one screen.
    box.toggleAttribute("data-folded", kind === "predict" && options.length > 0 && Boolean(value));
    box.querySelectorAll("select").forEach((menu, place) => (menu.value = value[place] ?? "-"));
    const list = box.querySelector(".postwar-order");
    const order = list ? [...list.children].map((row) => row.dataset.key).join("") : "";
    if (list && value && value !== order) {
      [...value].forEach((key) => list.append(list.querySelector(`[data-key="${key}"]`)));
    }
    for (const input of box.querySelectorAll("input")) {
      if (input.closest(".postwar-confidence")) input.checked = input.value === model.get("confidence");
      else if (input.type === "radio") input.checked = input.value === value;
      else if (input.type === "checkbox") input.checked = value.includes(input.value);
      else input.value = value;
    }
  }
  function showFeedback() {
    const { verdict, html, marks = [] } = model.get("feedback");
    clearTimeout(waiting);
    for (const input of box.querySelectorAll(".postwar-option input[type=radio]")) {
      const mark = input.checked ? { right: "✓", wrong: "✗" }[verdict] : undefined;
      input.parentElement.dataset.verdict = mark ? verdict : "";
      input.parentElement.querySelector(".postwar-mark").textContent = mark ?? "";
    }
    marks.forEach(([mark, remark], place) => {
      const row = box.querySelectorAll("tr")[place];
      row.dataset.verdict = mark;
      row.querySelector(".postwar-remark").innerHTML = remark;
    });
    feedback.dataset.verdict = verdict ?? "";
    feedback.innerHTML = html ?? "";
  }
  showValue();
  showFeedback();
  const releaseKeys = keepPlainKeys(box);
  model.on("change:prompt", showTexts);
  model.on("change:options", showTexts);
  model.on("change:value", showValue);
  model.on("change:feedback", showFeedback);
  return () => {
    clearTimeout(waiting);
    showPlain();
    releaseKeys();
    model.off("change:prompt", showTexts);
    model.off("change:options", showTexts);
    model.off("change:value", showValue);
    model.off("change:feedback", showFeedback);
  };
}

export default { render };
