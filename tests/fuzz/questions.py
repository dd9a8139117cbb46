"""Hostile questions to the explorer's server, and hostile links to its page.

A question is fine if it is answered, or refused in plain sentences: never a 500, never a file that
was not named. A link is fine if the page takes it, or says what is wrong.
"""

import asyncio
import functools
import json
import subprocess
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import playwright
from tests.fuzz.fuzz import Found, Kind, fault_of

from entrap.core.errors import InputError
from entrap.studies.explore.answers import Answers
from entrap.studies.explore.bundle import PAGE
from entrap.studies.explore.controls import presets
from entrap.studies.explore.folders import Results
from entrap.studies.explore.server import LARGEST, Explorer, application

HOST, TOKEN, SECRET = "127.0.0.1:8765", "the-token", "what nobody may read"
LINKS = 50  # of an input, which node goes through at once
NODE = Path(playwright.__file__).parent / "driver" / "node"

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, -1e-320, 10**30, 10**400, "", " ", "nan", "inf", "-inf",
    "1e999 K", "3 K", "3 parsecs", "1e-400 K", "0x10 K", "1 K; rm -rf /", "K", "\x00", "\ud800", "é" * 300,
    "9" * 5000, "<img src=x onerror=alert(1)>", "</script>", "../../../etc/passwd", "SECRET", "file:///etc/passwd",
    "__class__", "{0.__class__}", "%s%n", [], [1], [[[]]], {}, {"value": 1}, {"value": {"value": 1}},
    {"value": "3 K", "prior": "± 10 %"}, {"prior": {}}, {"file": "SECRET"}, [{"file": "SECRET"}], "ideal",
    "degenerate", "number-fraction", "Al", "Nb", "NbN", "Cu", "2 k_B", "1e3 1/s", "20 mK",
)  # fmt: skip
KEYS = (
    "title", "material", "material.name", "material.gap", "material.critical_temperature",
    "material.conduction_density", "landau", "landau.a", "landau.bcs", "landau.saturation", "mixture",
    "mixture.entropy", "mixture.valence_ratio", "trap", "trap.rate", "trap.junction", "trap.junction.metal",
    "trap.film", "trap.film.length", "trap.film.trap_count", "protocol", "protocol.start",
    "protocol.warm_to", "protocol.points", "layout", "layout.file", "layout.shape", "sweep", "data", "fit",
    "fit.resume", "plan", "target", "__proto__", "constructor.prototype", "material.__class__", ".", "..",
    "a" * 300, "\x00", "material.provenance", "priors",
)  # fmt: skip
PATHS = (
    "/", "/page/page.js", "/page/../server.py", "/page/%2e%2e/server.py", "/page/..%5cserver.py",
    "/page//etc/passwd", "/page/%00", "/page/made/../../guard.py", "/page/forms/x.js", "/page/forms/../app.js",
    "/api/results/0/summary.json", "/api/results/0/../secret.csv", "/api/results/0/..%2fsecret.csv",
    "/api/results/0/link.csv", "/api/results/-1/x", "/api/results/99999999999999999999/x", "/api/results/0/",
    "/api/results/0/%2fetc%2fpasswd", "/api/start", "/api/", "/etc/passwd", "//", "/api/picture/", "/é", "",
)  # fmt: skip
QUESTIONS = ("case-file", "opened", "case-file", "opened", "device", "picture", "closed")


@functools.cache
def _changes() -> tuple[str, ...]:
    """Numbers of the first preset that can be moved without compiling anything."""
    return ("landau.a", "mixture.valence_ratio", "trap.rate", "protocol.hold", "material.gap")


def _value(draw: np.random.Generator, secret: str) -> Any:
    if draw.random() < 0.3:
        return (
            f"{10 ** draw.uniform(-40, 40):.6g} {draw.choice(['K', 'm', '1/s', 'k_B', 'meV', ''])}"
        )
    text = json.dumps(VALUES[draw.integers(len(VALUES))])
    return json.loads(text.replace("SECRET", secret))


def _tables(draw: np.random.Generator, secret: str) -> dict[str, Any]:
    """The tables of a preset with hostile values, or any tables at all."""
    names = [*presets()]
    found = json.loads(json.dumps(presets()[names[draw.integers(len(names))]]))
    for _ in range(draw.integers(1, 4)):
        *path, last = KEYS[draw.integers(len(KEYS))].split(".")
        table = found
        for part in path:
            inner = table.get(part)
            table[part] = table = inner if isinstance(inner, dict) else {}
        table[last] = _value(draw, secret)
    return found


def make_question(draw: np.random.Generator, folder: Path) -> dict[str, Any]:
    """A request: of what, with which headers and which body."""
    secret = folder / "secret.csv"
    secret.write_text(SECRET)
    question = QUESTIONS[draw.integers(len(QUESTIONS))]
    headers = {"host": HOST, "x-entrap-token": TOKEN}
    kind = draw.random()
    if kind < 0.08:
        wrong = {"host": "evil.example", "origin": "null", "x-entrap-token": "é"}
        name = str(draw.choice([*wrong]))
        headers[name] = wrong[name]
    if kind < 0.25:
        path = PATHS[draw.integers(len(PATHS))]
        method = str(draw.choice(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]))
        return {"method": method, "path": path, "headers": headers, "body": b"", "folder": folder}
    if question == "opened":
        asked: Any = {"text": _text(draw, str(secret))}
    elif question in ("picture", "closed", "device"):
        # Other parts of a case would be compiled, seconds each; `case-file` reads those.
        changes = {str(draw.choice(_changes())): _value(draw, str(secret)) for _ in range(2)}
        asked = {"case": "clean-set", "changes": changes}
        if question != "picture":
            asked["case"] = [{"trap": {}}, None, "none", {"material": 1}, []][draw.integers(5)]
    else:
        asked = {"case": _tables(draw, str(secret))}
        if draw.random() < 0.5:
            keys = draw.choice(len(KEYS), 3)
            asked["changes"] = {KEYS[key]: _value(draw, str(secret)) for key in keys}
    body = json.dumps(asked).encode()
    if draw.random() < 0.25:
        body = _broken(draw, body)
    path = f"/api/{question}"
    return {"method": "POST", "path": path, "headers": headers, "body": body, "folder": folder}


def _text(draw: np.random.Generator, secret: str) -> Any:
    """The text of a case file, broken; or no text."""
    import tomli_w

    try:
        text = tomli_w.dumps(_tables(draw, secret))
    except (TypeError, ValueError, AttributeError, UnicodeError):
        return _value(draw, secret)
    return (
        _broken(draw, text.encode(errors="replace")).decode("utf-8", "replace")
        if draw.random() < 0.5
        else text
    )


def _broken(draw: np.random.Generator, body: bytes) -> bytes:
    """Bytes cut, changed, doubled, nested deeply or far too many."""
    at = int(draw.integers(max(len(body), 1)))
    return [
        body[:at],
        body[:at] + bytes(draw.integers(0, 256, 3).tolist()) + body[at + 1 :],
        body * 2,
        b"[" * int(draw.integers(1, 20_000)),
        b'{"case":' * int(draw.integers(1, 4_000)) + b"1",
        b" " * (LARGEST + 1),
        b'{"case": NaN}',
        b'{"case": "clean-set", "case": {}, "changes": {"landau.a": 1e999}}',
    ][draw.integers(8)]


def take_question(asked: dict[str, Any], folder: Path) -> None:
    """Ask it; a refusal is an `InputError` with its sentences."""
    status, body = asyncio.run(_answer(_server(folder), asked))
    if SECRET.encode() in body or b"root:" in body:
        raise Found("a file that was not named was read")
    if status >= 500:
        raise Found(f"{status}: {body[:300]!r}")
    if status in (400, 413, 422):
        problems = json.loads(body)["problems"]
        for each in problems:
            fault = fault_of(each["text"])
            if fault or "in a way that entrap does not know" in each["text"]:
                raise Found(f"{each} {fault}")
        raise InputError("refused in sentences")
    if status >= 400:
        raise InputError(f"refused by {status}")


def _server(folder: Path) -> Any:
    """The server with a folder of results, in which lies a link that leads away from it."""
    results = folder / "named"
    results.mkdir()
    (results / "summary.json").write_text("{}")
    (results / "link.csv").symlink_to(folder / "secret.csv")
    return application(Explorer(presets(), _ANSWERS, [Results.at(results)]), [HOST], TOKEN)


_ANSWERS = Answers(presets())


async def _answer(app: Any, asked: dict[str, Any]) -> tuple[int, bytes]:
    """What the server answers, asked without a client that would mend the request."""
    path = asked["path"]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked["method"],
        "path": urllib.parse.unquote(path), "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8765),
        "headers": [(name.encode(), text.encode("latin-1")) for name, text in asked["headers"].items()],
    }  # fmt: skip
    sent: list[Any] = []
    parts = [{"type": "http.request", "body": asked["body"], "more_body": False}]

    async def receive() -> Any:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])


# ---- links ----------------------------------------------------------------------------------------

_TAKEN = """
import { State } from "./state.mjs";
import { numbersOf } from "./closed.mjs";
globalThis.history = { replaceState: (a, b, address) => (globalThis.location.hash = address) };
const found = [];
for (const link of LINKS) {
  try {
    globalThis.location = { hash: link };
    const state = new State("clean", true);
    const wrong = state.fromLink(["clean", "other"], ["sample", "junction", "film", "results"]);
    const { case: of, changes, temperature } = state.now;
    const sound = (typeof of === "string" ? ["clean", "other"].includes(of) : of && typeof of === "object" && !Array.isArray(of)) &&
      Object.values(changes).every((value) => typeof value === "string") && (temperature === null || Number.isFinite(temperature)) &&
      ({}).polluted === undefined;
    state.link();
    try {
      numbersOf(DATA, changes);
    } catch (error) {
      if (!error.problems) throw error;
    }
    found.push(sound ? (wrong ? "refused" : "taken") : `unsound: ${JSON.stringify(state.now)}`);
  } catch (error) {
    found.push(`broken: ${error.stack}`);
  }
}
console.log(JSON.stringify(found));
"""


def make_links(draw: np.random.Generator, folder: Path) -> list[str]:
    """Fragments of addresses."""
    return [_link(draw, str(folder)) for _ in range(LINKS)]


def _link(draw: np.random.Generator, folder: str) -> str:
    import base64

    parts = [("v", str(draw.choice(["1", "1", "1", "2", "", "NaN", "1e999"])))]
    for _ in range(draw.integers(0, 5)):
        key = str(draw.choice(["case", "tables", "T", "tab", "token", "v", *KEYS]))
        text = json.dumps(_value(draw, folder))
        if key == "tables" and draw.random() < 0.8:
            text = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        parts.append((key, text))
    link = "#" + urllib.parse.urlencode(parts, errors="replace")
    if draw.random() < 0.3:
        at = int(draw.integers(len(link)))
        link = (
            link[:at]
            + str(draw.choice(["%", "%zz", "&", "=", "#", "\x00", "%ff%fe", "é"]))
            + link[at:]
        )
    return link


def take_links(links: list[str], folder: Path) -> None:
    """Have the page's own module take them; what is wrong with one is found."""
    modules = {
        name: (PAGE / f"{name}.js").read_text("utf-8") for name in ("state", "closed", "words")
    }
    modules["closed"] = modules["closed"].replace("./words.js", "./words.mjs")
    data = json.loads((PAGE / "made" / "closed.json").read_text("utf-8"))["data"]
    text = _TAKEN.replace("LINKS", json.dumps(links)).replace("DATA", json.dumps(data))
    for name, module in {**modules, "main": text}.items():
        (folder / f"{name}.mjs").write_text(module, "utf-8")
    run = subprocess.run([NODE, "main.mjs"], cwd=folder, capture_output=True, text=True, timeout=60)
    if run.returncode:
        raise Found(run.stderr)
    for link, said in zip(links, json.loads(run.stdout), strict=True):
        if said not in ("taken", "refused"):
            raise Found(f"{link}\n{said}")


KINDS = {
    "questions": Kind(0.2, make_question, take_question),
    "links": Kind(0.005, make_links, take_links),
}
"""The kinds of this file."""
