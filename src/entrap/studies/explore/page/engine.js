// Pictures of a state: by the page's own engine, the closed forms, and by the host's answers.

import { drawn } from "./closed.js";
import { Refusal } from "./words.js";

/** The closed forms of cases, each asked for once. */
export class Forms {
  #known = new Map(); // by case; null while they are asked for, or where there are none

  constructor(host) {
    this.host = host;
  }

  /** Have the closed forms of a case at hand; whether they have just come. */
  async prepare(of) {
    const key = JSON.stringify(of);
    if (this.#known.has(key)) return false;
    this.#known.set(key, null);
    const found = await this.host.forms(of);
    this.#known.set(key, found);
    return found !== null;
  }

  /** The picture that the page draws by itself; null where it cannot yet, or not at all. */
  preview({ case: of, changes }) {
    const closed = this.#known.get(JSON.stringify(of));
    if (!closed) return null;
    try {
      return drawn(closed, changes);
    } catch (error) {
      if (error instanceof Refusal && this.host.ask) return null; // the host says what is wrong
      throw error;
    }
  }
}

/** The head of a picture, with each of its columns as a Float64Array in `columns`. */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  let at = 8 + length;
  const columns = {};
  for (const [name, count] of head.columns) {
    columns[name] = new Float64Array(buffer, at, count);
    at += 8 * count;
  }
  return { ...head, columns };
}

/**
 * A function that asks for an answer to a state, one at a time: the latest wish wins. `found` and
 * `refused` hear of it. What takes long is asked for again, after `delayed` heard of it.
 */
export function questions(ask, { found, refused, delayed }) {
  let busy = false, wanted = null;
  return async (path, state) => {
    wanted = { path, state };
    if (busy) return;
    busy = true;
    while (wanted) {
      const asked = wanted;
      wanted = null;
      try {
        const answer = await ask(asked.path, { case: asked.state.case, changes: asked.state.changes });
        const picture = unpack(await answer.arrayBuffer());
        if (!wanted) found(picture, asked);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (wanted) continue;
        if (error.status === 503) {
          delayed(error);
          wanted = asked;
        } else {
          refused(error, asked);
        }
      }
    }
    busy = false;
  };
}
