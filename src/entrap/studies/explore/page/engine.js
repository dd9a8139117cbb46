// The page's own engine, the model's closed forms: before the server's answer, or in a file alone.

import { drawn } from "./closed.js";
import { ask } from "./transport.js";
import { Refusal } from "./words.js";

const inside = document.getElementById("offline");

/** What a page that is one file has inside; null where a server answers. */
export const offline = inside ? JSON.parse(inside.textContent) : null;

const known = new Map(); // closed forms by case; null while they are asked for, or where there are none

/** What the page needs to know once. */
export async function start() {
  return offline ?? (await ask("start")).json();
}

/** Have the closed forms of a case at hand, where they reach it; whether they have just come. */
export async function prepare(of) {
  const key = JSON.stringify(of);
  if (offline || known.has(key)) return false;
  known.set(key, null);
  try {
    const { modules, data, told } = await (await ask("closed", { case: of })).json();
    const [sample, forms] = await Promise.all(modules.map((name) => import(`./${name}`)));
    known.set(key, { sample, forms, data, told });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

/** The picture that the page draws by itself; null where it cannot yet, or not at all. */
export function preview({ case: of, changes }) {
  const closed = known.get(JSON.stringify(of));
  if (!closed) return null;
  try {
    return drawn(closed, changes);
  } catch (error) {
    if (error instanceof Refusal) return null; // the server says what is wrong
    throw error;
  }
}

/** A function that draws a state of a page without a server. */
export function alone(found, refused) {
  return async (state) => {
    try {
      const { modules, data } = offline.closed[state.case];
      const [sample, forms] = modules.map((name) => globalThis.entrapModules[name]);
      found(drawn({ sample, forms, data, told: offline.told }, state.changes), state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused(error, state);
    }
  };
}
