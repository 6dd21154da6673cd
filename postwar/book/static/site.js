// Practice questions that answer, explorers that wait for a prediction, words and sources that explain themselves.
// Everything stays in this browser: answers are kept in its local storage and sent nowhere.
(() => {
  "use strict";

  const memory = {
    get(key) {
      try { return localStorage.getItem(`postwar:${key}`) || ""; } catch { return ""; }
    },
    set(key, value) {
      try { localStorage.setItem(`postwar:${key}`, value); } catch { /* private windows may refuse */ }
    },
    clear(keys) {
      try { keys.forEach((key) => localStorage.removeItem(`postwar:${key}`)); } catch { /* as above */ }
    },
  };

  let count = 0;
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "html") element.innerHTML = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  // A group of radio buttons made from a list; `chosen` is called with the key of each choice.
  const radios = (legend, entries, kept, chosen) => {
    const name = `postwar-${++count}`;
    const group = make("fieldset", { class: "choices" }, make("legend", { html: legend }));
    for (const [key, html] of entries) {
      const input = make("input", { type: "radio", name, value: key, onchange: () => chosen(key) });
      input.checked = key === kept;
      group.append(make("label", {}, input, make("span", { html })));
    }
    return group;
  };

  const entriesOf = (list) => [...list.children].map((item) => [item.dataset.key, item.innerHTML]);

  // -- practice questions -------------------------------------------------------------------------------------------

  // A question with numbers comes with some more sets of them, and a button that shows one after another.
  const choice = (section) => {
    const key = section.dataset.question;
    const sets = [...section.querySelectorAll("template")].map((set) => set.content);
    section.querySelectorAll("template").forEach((set) => set.remove());
    const first = document.createDocumentFragment();
    first.append(...section.childNodes);
    const all = [first, ...sets];
    const more = make("button", { type: "button", class: "more" }, "New numbers");
    const show = (number) => {
      section.replaceChildren(all[number].cloneNode(true));
      answered(section, key);
      if (sets.length) section.append(more);
    };
    more.addEventListener("click", () => {
      const next = (Number(memory.get(`numbers:${key}`)) + 1) % all.length;
      memory.set(`numbers:${key}`, next);
      memory.set(key, "");
      show(next);
      more.focus();
      section.querySelector(".said").textContent = next ? `New numbers: set ${next} of ${sets.length}.` : "The numbers of the lesson.";
      progress();
    });
    show(Number(memory.get(`numbers:${key}`)) % all.length || 0);
  };

  const answered = (section, key) => {
    const reasons = [...section.querySelectorAll(".reasons li")];
    const said = make("div", { class: "said", role: "status" });
    const answer = (chosen) => {
      const reason = reasons.find((item) => item.dataset.key === chosen);
      const right = reason.dataset.right === "true";
      said.className = `said ${right ? "right" : "wrong"}`;
      const text = reason.cloneNode(true);
      text.querySelector("strong").remove();
      said.replaceChildren(make("strong", {}, right ? "✓ Right. " : "✗ Not this one. "), ...text.childNodes, right ? "" : " Try another.");
      memory.set(key, chosen);
      progress();
    };
    const kept = memory.get(key);
    const list = section.querySelector(".options");
    const group = radios(section.querySelector(".stem").innerHTML, entriesOf(list), kept, answer);
    section.querySelector(".stem").remove();
    list.replaceWith(group, said);
    section.querySelector(".reasons").hidden = true;
    if (reasons.some((item) => item.dataset.key === kept)) answer(kept);
  };

  const sorting = (section) => {
    const key = section.dataset.question;
    const kinds = entriesOf(section.querySelector(".categories"));
    const reasons = [...section.querySelectorAll(".reasons li")];
    const items = [...section.querySelectorAll(".items li")];
    const answers = items.map((_, place) => memory.get(key)[place] || "-");
    const score = make("p", { class: "said", role: "status" });
    items.forEach((item, place) => {
      const note = make("div", { class: "note", role: "status" });
      const judge = (chosen) => {
        const { key: best, also } = reasons[place].dataset;
        const fits = chosen === best || also.split(" ").includes(chosen);
        note.className = `note ${fits ? "right" : "wrong"}`;
        note.innerHTML = `${fits ? "✓" : "✗"} ${reasons[place].innerHTML}`;
        answers[place] = chosen;
        memory.set(key, answers.join(""));
        const agree = answers.filter((letter, i) => letter === reasons[i].dataset.key || reasons[i].dataset.also.split(" ").includes(letter));
        score.textContent = `${agree.length} of ${items.length} agree with the key; ${answers.filter((letter) => letter === "-").length} still open.`;
        progress();
      };
      const group = radios(item.innerHTML, kinds, answers[place], judge);
      item.replaceChildren(group, note);
      if (kinds.some(([letter]) => letter === answers[place])) judge(answers[place]);
    });
    section.querySelector(".categories").remove();
    section.querySelector(".reasons").hidden = true;
    section.append(score);
  };

  // -- explorers ----------------------------------------------------------------------------------------------------

  const loading = new Map();
  window.postwarFrames = (name, frames) => loading.get(name).resolve(frames);

  // Pictures come as a script, since a page opened from a folder may not fetch a file.
  const framesOf = (name, address) => {
    if (!loading.has(name)) {
      const waiting = {};
      waiting.promise = new Promise((resolve, reject) => Object.assign(waiting, { resolve, reject }));
      loading.set(name, waiting);
      document.head.append(make("script", { src: address, onerror: () => waiting.reject(new Error(address)) }));
    }
    return loading.get(name).promise;
  };

  // The share that somebody typed, in per cent: 40, 40% and 0.4 are the same; null where there is not one.
  const percentage = (typed) => {
    const found = [...typed.matchAll(/(?<![\w.])(\d+(?:[.,]\d+)?|[.,]\d+)\s*(%|per ?cent)?/gi)];
    if (found.length !== 1 || /[-−]\s*[\d.,]/.test(typed)) return null;
    const number = Number(found[0][1].replace(",", "."));
    const share = !found[0][2] && number > 0 && number <= 1 ? number * 100 : number;
    return share <= 100 ? share : null;
  };

  const judged = (share, { typed: words, verdicts }) => {
    return `<p>${words.understood.replace("{percent}", share)}</p>${verdicts[words.right.includes(Math.round(share)) ? "right" : "wrong"]}`;
  };

  const explorer = (section) => {
    const { explorer: name, frames: address } = section.dataset;
    const asked = section.querySelector(".asked");
    const stage = section.querySelector(".stage");
    const key = `predict:${name}`;
    const list = asked.querySelector(".options");
    const kept = memory.get(key);
    const locked = make("p", { class: "locked" }, "The picture appears once you have predicted. A guess is enough.");

    const verdict = make("div", { class: "verdict said", role: "status" });
    const open = async (prediction) => {
      memory.set(key, prediction);
      progress();
      locked.remove();
      stage.hidden = false;
      let frames;
      try {
        frames = await framesOf(name, address);
      } catch {
        stage.prepend(make("p", { role: "alert" }, "The other pictures of this explorer could not be loaded."));
        return;
      }
      if (!stage.dataset.live) {
        stage.dataset.live = "yes";
        controls(stage, frames);
      }
      verdict.innerHTML = frames.typed ? judged(percentage(prediction), frames) : frames.verdicts[prediction] || "";
    };

    const question = asked.querySelector(".question").innerHTML;
    if (list) {
      asked.replaceChildren(radios(question, entriesOf(list), kept, open));
    } else {
      const text = make("input", { type: "text", autocomplete: "off", value: kept });
      const misread = make("p", { role: "alert" });
      const commit = () => {
        const typed = text.value.trim();
        const clear = percentage(typed) !== null;
        misread.textContent = clear || !typed ? "" : asked.dataset.misread.replace("{typed}", () => typed);
        if (clear) open(typed);
      };
      text.addEventListener("change", commit);
      asked.replaceChildren(make("label", { class: "free", html: question }, text), make("button", { type: "button", onclick: commit }, "Predict"), misread);
    }
    stage.prepend(verdict);
    if (kept && (list || percentage(kept) !== null)) open(kept);
    else {
      stage.hidden = true;
      stage.before(locked);
    }
  };

  const PAUSE = 500; // ms without a change before a sentence is spoken: a held key does not flood who listens

  const controls = (stage, frames) => {
    const [picture, sentence, reading] = [".picture", ".sentence", ".reading"].map((part) => stage.querySelector(part));
    const spoken = make("div", { class: "spoken", role: "status" });
    let timer = null;
    const show = (frame) => {
      picture.innerHTML = frames.pictures[frame.picture].map((line) => frames.lines[line]).join("\n");
      sentence.innerHTML = frame.sentence;
      reading.innerHTML = frame.reading;
      clearTimeout(timer);
      timer = setTimeout(() => { spoken.innerHTML = frame.sentence; }, PAUSE);
    };

    const id = `postwar-${++count}`;
    const slider = make("input", { type: "range", id, min: 0, step: 1 });
    const value = make("output", { for: id, "aria-live": "off" }); // the slider itself says its value
    const scrubber = make("div", { class: "scrubber" }, make("label", { for: id, html: frames.main }), slider, value);
    let track = [];
    const scrub = () => {
      const step = track[slider.value];
      value.textContent = step.text;
      slider.setAttribute("aria-valuetext", step.text);
      show(step);
    };
    slider.addEventListener("input", scrub);

    // Where the main control does nothing, a preset has one picture and no scrubber.
    const tabs = make("div", { class: "presets", role: "group", "aria-label": "Presets" });
    const press = (tab, preset) => {
      for (const other of tabs.children) other.setAttribute("aria-pressed", String(other === tab));
      track = frames.tracks[preset.track];
      scrubber.hidden = track.length < 2;
      slider.max = track.length - 1;
      slider.value = preset.at;
      scrub();
    };
    for (const preset of frames.presets) {
      const tab = make("button", { type: "button", onclick: () => press(tab, preset) }, preset.name);
      tabs.append(tab);
    }
    stage.prepend(tabs, scrubber);
    sentence.after(spoken);
    press(tabs.firstChild, frames.presets[0]);
    clearTimeout(timer); // the verdict is what a reader waits for now
  };

  // -- words and sources on hover -----------------------------------------------------------------------------------

  const tips = () => {
    const tip = make("div", { class: "postwar-tip", role: "tooltip", id: "postwar-tip", hidden: "" });
    document.body.append(tip);
    let owner = null;
    let leaving = null;
    const hide = () => {
      clearTimeout(leaving);
      if (!owner) return;
      owner.removeAttribute("aria-describedby");
      tip.hidden = true;
      owner = null;
    };
    const leave = () => { leaving = setTimeout(hide, 300); }; // time to move the pointer onto the words
    const show = (link, more = "") => {
      hide();
      owner = link;
      tip.textContent = link.dataset.tip + more;
      tip.hidden = false;
      link.setAttribute("aria-describedby", "postwar-tip");
      const at = link.getBoundingClientRect();
      const width = Math.min(360, document.documentElement.clientWidth - 24);
      tip.style.maxWidth = `${width}px`;
      tip.style.left = `${Math.max(12, Math.min(at.left, document.documentElement.clientWidth - width - 12)) + scrollX}px`;
      const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
      tip.style.top = `${(below ? at.bottom + 6 : at.top - tip.offsetHeight - 6) + scrollY}px`;
    };
    let touched = null;
    for (const link of document.querySelectorAll("a.postwar-term[title], a.postwar-source[title], sup a[title]")) {
      link.dataset.tip = link.title;
      link.removeAttribute("title");
      link.addEventListener("mouseenter", () => show(link));
      link.addEventListener("focus", () => show(link));
      link.addEventListener("mouseleave", leave);
      link.addEventListener("blur", hide);
      // A finger cannot hover: the first tap shows the words, the second follows the link.
      link.addEventListener("pointerdown", ({ pointerType }) => { touched = pointerType === "touch" && owner !== link ? link : null; });
      link.addEventListener("click", (event) => {
        if (touched !== link) return;
        touched = null;
        event.preventDefault();
        show(link, " · Tap again to go there.");
      });
    }
    tip.addEventListener("mouseenter", () => clearTimeout(leaving));
    tip.addEventListener("mouseleave", leave);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    document.addEventListener("pointerdown", ({ target }) => { if (owner && !owner.contains(target) && !tip.contains(target)) hide(); });
  };

  // -- progress -----------------------------------------------------------------------------------------------------

  const keysHere = () => [
    ...[...document.querySelectorAll(".postwar-practice")].map((section) => section.dataset.question),
    ...[...document.querySelectorAll(".postwar-explorer")].map((section) => `predict:${section.dataset.explorer}`),
  ];

  const progress = () => {
    const bar = document.querySelector(".postwar-progress");
    if (!bar) return;
    const keys = keysHere();
    const done = keys.filter((key) => memory.get(key)).length;
    bar.querySelector("progress").value = done;
    bar.querySelector("span").textContent = `${done} of ${keys.length} answered on this page`;
    memory.set(`page:${document.body.dataset.page || location.pathname.split("/").pop()}`, `${done}/${keys.length}`);
  };

  const showProgress = () => {
    const keys = keysHere();
    const heading = document.querySelector("article h1");
    if (heading && keys.length > 1) {
      const forget = make("button", { type: "button", onclick: () => { memory.clear(keys.flatMap((key) => [key, `numbers:${key}`])); location.reload(); } }, "Clear my answers");
      const meter = make("progress", { max: keys.length, value: 0, "aria-label": "Answered on this page" });
      heading.after(make("p", { class: "postwar-progress" }, meter, make("span", {}), forget));
      progress();
    }
    for (const card of document.querySelectorAll("[data-progress-of]")) {
      const kept = memory.get(`page:${card.dataset.progressOf}`);
      if (kept) card.textContent = `${kept.replace("/", " of ")} answered`;
    }
  };

  const start = () => {
    document.querySelectorAll('.postwar-practice[data-kind="choice"]').forEach(choice);
    document.querySelectorAll('.postwar-practice[data-kind="sorting"]').forEach(sorting);
    document.querySelectorAll(".postwar-explorer[data-frames]").forEach(explorer);
    tips();
    showProgress();
    for (const figure of document.querySelectorAll("figure.postwar-picture")) {  // wider than a phone: let keys move it
      if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;
    }
    const root = document.documentElement;
    let restore = () => {};
    // On paper everything is there: what was folded or waits for a prediction. Afterwards it waits again.
    window.addEventListener("beforeprint", () => {
      const { theme } = root.dataset;
      const folded = [...document.querySelectorAll("details:not([open])")];
      const waiting = [...document.querySelectorAll(".reasons[hidden], .stage[hidden]")];
      const show = (all) => {
        folded.forEach((details) => { details.open = all; });
        waiting.forEach((part) => { part.hidden = !all; });
        root.dataset.theme = all ? "light" : theme; // paper is white
      };
      show(true);
      restore = () => show(false);
    });
    window.addEventListener("afterprint", () => restore());
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
