// The explorer in a notebook: questions go to the kernel as messages of its widget.

import { mount } from "./app.js";
import { asked, refusal } from "./hosts.js";

/** What an anywidget calls; `html` and `css` are those of the page. */
export function widget(html, css) {
  return {
    render({ model, el }) {
      const root = el.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
      root.innerHTML = `<style>${css}</style>${html}`; // both are the package's own files
      const box = root.querySelector(".explorer");
      box.classList.add("inside");
      mount(box, host(model));
    },
  };
}

function host(model) {
  const waiting = new Map(), modules = new Map();
  let count = 0;
  model.on("msg:custom", (message, buffers) => {
    const answer = waiting.get(message.id);
    if (!answer) return;
    waiting.delete(message.id);
    for (const [name, text] of Object.entries(message.modules)) modules.set(`forms/${name}`, text);
    answer(message.status, new Response(buffers[0]));
  });

  async function ask(path, body) {
    const id = count++;
    const [status, answer] = await new Promise((resolve) => {
      waiting.set(id, (...found) => resolve(found));
      model.send({ id, question: path.replaceAll("-", "_"), asked: body });
    });
    if (status === 200) return answer;
    throw refusal(await answer.text(), status);
  }

  return {
    ask,
    address: false,
    start: async () => JSON.parse(model.get("_start")),
    forms: (of) => asked(ask, of, load),
    moved: (now) => {
      model.set("_moved", JSON.stringify({ case: now.case, changes: now.changes }));
      model.save_changes();
    },
  };

  function load(name) {
    const address = URL.createObjectURL(new Blob([modules.get(name)], { type: "text/javascript" }));
    return import(address).finally(() => URL.revokeObjectURL(address));
  }
}
