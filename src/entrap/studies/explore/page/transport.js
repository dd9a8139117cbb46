// Questions to the server: one picture in flight, and the latest wish wins.

import { Refusal } from "./words.js";

const fragment = new URLSearchParams(location.hash.slice(1));
const TOKEN = fragment.get("token") ?? sessionStorage.getItem("entrap-token") ?? "";
sessionStorage.setItem("entrap-token", TOKEN);

export async function ask(path, body) {
  const headers = { "x-entrap-token": TOKEN, "content-type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  let answer;
  try {
    answer = await fetch(`api/${path}`, options);
  } catch {
    throw new Refusal([{ key: "", text: "The server does not answer: is entrap explore still running?" }]);
  }
  if (answer.ok) return answer;
  const text = await answer.text();
  let problems = [{ key: "", text: text || answer.statusText }];
  try {
    problems = JSON.parse(text).problems;
  } catch { /* not JSON: the text as it is */ }
  throw new Refusal(problems, answer.status);
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
 * A function that asks for a picture of a state; `found` and `refused` hear of the latest. What
 * takes long is asked for again, after `delayed` heard of it.
 */
export function pictures(found, refused, delayed) {
  let busy = false, wanted = null;
  return async (state) => {
    wanted = state;
    if (busy) return;
    busy = true;
    while (wanted) {
      const asked = wanted;
      wanted = null;
      try {
        const answer = await ask("picture", { case: asked.case, changes: asked.changes });
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
