// Who answers the page: a server, or the page itself where it is one file. A host has
//   start()        what the page needs to know once,
//   ask(path, body) an answer as of fetch; null where the page answers all by itself,
//   forms(of)      the closed forms of a case, or null where there are none,
//   file(i, name)  a file of a folder that was named at the start,
//   address        whether the state stands in the page's address.

import { Refusal } from "./words.js";

/** The server from which the page came; the token of its address is not left there. */
export function serverHost() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? sessionStorage.getItem("entrap-token") ?? "";
  sessionStorage.setItem("entrap-token", token);

  async function ask(path, body) {
    const headers = { "x-entrap-token": token, "content-type": "application/json" };
    const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    let answer;
    try {
      answer = await fetch(`api/${path}`, options);
    } catch {
      throw new Refusal([{ key: "", text: "The server does not answer: is entrap explore still running?" }]);
    }
    if (answer.ok) return answer;
    throw refusal(await answer.text(), answer.status, answer.statusText);
  }

  return {
    ask,
    address: true,
    start: async () => (await ask("start")).json(),
    forms: (of) => asked(ask, of, (name) => import(`./${name}`)),
    file: async (folder, name) => (await ask(`results/${folder}/${encodeURIComponent(name)}`)).text(),
  };
}

/** The page by itself; what it knows is inside. */
export function fileHost(inside) {
  return {
    ask: null,
    address: true,
    start: async () => inside,
    forms: async (of) => {
      const { modules, data } = inside.closed[of];
      const [sample, forms] = modules.map((name) => globalThis.entrapModules[name]);
      return { sample, forms, data, told: inside.told };
    },
  };
}

/** Closed forms that a host is asked for; null where they do not reach the case. */
export async function asked(ask, of, load) {
  try {
    const { modules, data, told } = await (await ask("closed", { case: of })).json();
    const [sample, forms] = await Promise.all(modules.map(load));
    return { sample, forms, data, told };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/** What an answer refuses: problems as JSON, or the text as it is. */
export function refusal(text, status, otherwise = "") {
  let problems = [{ key: "", text: text || otherwise }];
  try {
    problems = JSON.parse(text).problems;
  } catch { /* not JSON: the text as it is */ }
  return new Refusal(problems, status);
}
