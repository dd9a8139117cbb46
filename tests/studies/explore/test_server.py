"""The explorer's server: what it answers, and that it answers its own page alone."""

import json
import struct
from typing import Any
from unittest import mock

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests import pinned

from entrap.core.errors import InputError, SolveError
from entrap.studies.explore import folders
from entrap.studies.explore.answers import Answers, refused
from entrap.studies.explore.controls import presets
from entrap.studies.explore.folders import Results
from entrap.studies.explore.server import _MOST_WAITING, LARGEST, Explorer, application

HOST, TOKEN = "127.0.0.1:8765", "the-token"
ASK = {"case": "clean-set", "changes": {}}


@pytest.fixture(scope="module")
def explorer():
    made = Explorer(presets(), Answers(presets()))
    yield made
    made.close()


def client_of(explorer, token=TOKEN, **headers):
    app = application(explorer, [HOST], TOKEN)
    return TestClient(app, f"http://{HOST}", headers={"x-entrap-token": token, **headers})


@pytest.fixture(scope="module")
def client(explorer):
    return client_of(explorer)


def texts(answer):
    return [each["text"] for each in answer.json()["problems"]]


def test_the_page_and_its_files_are_served_closed_to_the_world(client):
    for path in ("/", "/page/page.js", "/page/style.css", "/page/vendor/d3.js"):
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "http://" not in answer.text.replace("http://www.w3.org/", "")
    assert "server" not in client.get("/").headers


def test_the_start_names_the_cases(client):
    cases = client.get("/api/start").json()["cases"]
    values = {each["key"]: each["value"] for each in cases[0].pop("values")}
    assert cases[0] == {
        "name": "clean-set", "title": "The clean set of Fig. 3", "tabs": ["sample"],
    }  # fmt: skip
    assert values["material.critical_temperature"] == 10
    (transmon,) = (each for each in cases if each["name"] == "transmon-trap")
    assert transmon["tabs"] == ["junction", "film"]


@pytest.mark.slow  # it is compiled
def test_a_picture_is_of_the_case_with_its_changes(client):
    asked = {
        "case": "clean-set",
        "changes": {"landau.a": "2.5 k_B", "protocol.warm_to": "30000 mK"},
    }
    raw = client.post("/api/picture", json=asked).content
    head = json.loads(raw[8 : 8 + struct.unpack_from("<I", raw)[0]])
    values = {each["key"]: each["value"] for each in head["values"]}
    assert values["landau.a"] == pytest.approx(2.5)
    assert values["protocol.warm_to"] == pytest.approx(30.0)
    assert "E = 1.667" in head["answer"][0]  # 1/(1 - 1/2.5)


@pytest.mark.parametrize(
    ("changes", "key", "text"),
    [
        ({"material.critical_temperature": "-3 K"}, "material.critical_temperature", "must be"),
        ({"material.critical_temperature": "3 meters"}, "material.critical_temperature", "unit"),
        ({"landau.colour": 1}, "", "no key of a case"),
        ({"protocol.start": "30 K"}, "protocol.warm_to", "must"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(client, changes, key, text):
    answer = client.post("/api/picture", json={"case": "clean-set", "changes": changes})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["key"].startswith(key)
    assert text in problem["text"]


def test_closed_forms_of_the_first_case_are_at_hand(client):
    """They lie in the package, so that the page can draw before JAX is imported."""
    told = client.post("/api/closed", json={"case": "clean-set"}).json()
    assert told["data"]["numbers"]["material.critical_temperature"] == 10.0
    for name in told["modules"]:
        answer = client.get(f"/page/{name}")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.text.startswith("// Made by entrap of the functions of entrap.model")
    assert client.get("/page/forms/none.js").status_code == 404


@pytest.mark.slow  # the functions are traced
def test_closed_forms_of_another_case_are_made(client):
    told = client.post("/api/closed", json={"case": "paper-estimate"}).json()
    assert told["data"]["numbers"]["material.critical_temperature"] == pytest.approx(6.58)
    assert all(client.get(f"/page/{name}").status_code == 200 for name in told["modules"])


def test_a_case_without_closed_forms_says_why(client):
    answer = client.post("/api/closed", json={"case": "nbn-junction"})
    assert answer.status_code == 422
    assert "the rates of [trap.junction] are searched for" in texts(answer)[0]


def test_a_case_file_opens_and_is_written_again(client):
    text = client.post("/api/case-file", json=ASK | {"changes": {"landau.a": "3 k_B"}}).json()[
        "text"
    ]
    assert 'a = "3 k_B"' in text
    opened = client.post("/api/opened", json={"text": text}).json()["case"]
    assert opened["landau"] == {"a": "3 k_B", "saturation": 1.0}
    again = client.post("/api/case-file", json={"case": opened}).json()["text"]
    assert again == text
    wrong = client.post("/api/opened", json={"text": "[material]\ncritical_temperatur = 3"})
    assert wrong.status_code == 422
    assert "line 2" in texts(wrong)[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"}, {"host": "127.0.0.1:8766"}, {"host": "localhost"},
        {"host": "evil.example:8765"}, {"origin": "http://evil.example"}, {"origin": "null"},
        {"origin": f"https://{HOST}"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/start"])
def test_other_hosts_and_pages_are_refused(explorer, headers, path):
    assert client_of(explorer, **headers).get(path).status_code == 403


@pytest.mark.parametrize("token", ["", "the-toke", "the-token ", "x" * 5000])
def test_without_the_token_nothing_is_computed(explorer, token):
    client = client_of(explorer, token=token)
    assert client.post("/api/picture", json=ASK).status_code == 403
    assert client.get("/api/start").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py", "/page/%2e%2e/server.py", "/page/..%2fserver.py", "/page//etc/passwd",
        "/page/%2fetc/passwd", "/page/..%5cserver.py", "/page/%00", "/etc/passwd", "/page",
        "/server.py", "/page/vendor/../../guard.py",
    ],
)  # fmt: skip
def test_no_other_file_is_read(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 403, 404, 405)
    assert "import" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"1", b"null", b'"text"', b"\xff\xfe", b"[" * 30_000, b'{"case": NaN}',
        b"{" * 20_000, b'{"case": 1e999999}', b'{"case": Infinity}',
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(client, body):
    answer = client.post("/api/picture", content=body)
    assert answer.status_code in (400, 422)
    assert texts(answer)


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"case": None}, {"case": []}, {"case": "../clean-set"}, {"case": {}},
        {"case": "clean-set", "changes": []}, {"case": "clean-set", "changes": {"": 1}},
        {"case": "clean-set", "changes": {"material": 1}},
        {"case": "clean-set", "changes": {"material.gap.value": 1}},
        {"case": "clean-set", "changes": {"landau.a": {"value": {"value": 1}}}},
        {"case": "clean-set", "changes": {"landau.a": [1]}},
        {"case": "clean-set", "changes": {"landau.a": "9" * 20_000}},
        {"case": {"material": {"name": "\ud800"}}},
        {"case": {"__class__": 1, "material": {"__init__": 2}}},
        {"case": {"material": {"critical_temperature": 10**400}}},
    ],
)  # fmt: skip
def test_hostile_questions_are_refused_in_a_sentence(client, asked):
    answer = client.post("/api/picture", content=json.dumps(asked))
    assert answer.status_code == 422
    assert all(texts(answer))


def test_what_is_answered_is_what_was_pinned(explorer):
    questions = [
        ("GET", "/api/start", None), ("GET", "/page/none.js", None), ("PUT", "/api/start", None),
        ("GET", "/page/forms/none.js", None), ("GET", "/api/results/0/numbers.csv", None),
        ("POST", "/api/case-file", ASK), ("POST", "/api/opened", {"text": "[material]\nT = 3"}),
        ("POST", "/api/opened", {"text": "[material]\nname = 'Al'"}), ("POST", "/api/opened", {}),
        ("POST", "/api/picture", []), ("POST", "/api/picture", {"case": "none"}),
        ("POST", "/api/picture", ASK | {"changes": {"landau.a": "-1 k_B", "trap.rat": "1/s"}}),
        ("POST", "/api/device", ASK), ("POST", "/api/closed", {"case": "nbn-junction"}),
    ]  # fmt: skip
    clients = {
        "": client_of(explorer), "no token, ": client_of(explorer, token=""),
        "elsewhere, ": client_of(explorer, host="evil.example"),
        "of a page elsewhere, ": client_of(explorer, origin="http://evil.example"),
    }  # fmt: skip
    found, headers = {}, []
    for who, client in clients.items():
        for method, path, body in questions if not who else questions[:2]:
            answer = client.request(method, path, json=body)
            kind = answer.headers.pop("content-type")
            del answer.headers["content-length"]
            told: Any = answer.json() if kind == "application/json" else answer.text
            if path == "/api/start" and answer.status_code == 200:
                for case in told["cases"]:
                    del case["values"]  # which are pinned as sliders
            asked = f"{who}{method} {path} {json.dumps(body)}"
            found[asked] = {"status": answer.status_code, "kind": kind, "answer": told}
            headers.append(dict(answer.headers.items()))
    common = dict(sorted(set.intersection(*(set(each.items()) for each in headers))))
    assert all(each.keys() - common.keys() <= {"allow"} for each in headers)
    found["headers of each answer"] = common
    pinned.compare(found, "server")


def test_too_much_is_refused(client):
    assert client.post("/api/picture", content=b" " * (LARGEST + 1)).status_code == 413


def test_other_methods_and_places_are_refused(client):
    assert client.put("/api/picture", json=ASK).status_code == 405
    assert client.get("/api/nothing").status_code == 404


def test_the_server_outlives_a_computation_that_fails(monkeypatch):
    answers = Answers(presets())
    explorer = Explorer(presets(), answers)
    client = client_of(explorer)
    with monkeypatch.context() as broken:
        broken.setattr(answers, "_picture", lambda *_: 1 / 0)
        answer = client.post("/api/picture", json=ASK)
        assert answer.status_code == 422
        assert "failed in a way" in texts(answer)[0]
    assert client.post("/api/case-file", json=ASK).status_code == 200
    explorer.close()


def test_what_has_no_solution_or_no_case_file_is_said_in_a_sentence(monkeypatch):
    answers = Answers(presets())
    client = client_of(Explorer(presets(), answers))
    with monkeypatch.context() as broken:
        broken.setattr(answers, "_picture", mock.Mock(side_effect=SolveError("It stops.")))
        answer = client.post("/api/picture", json=ASK)
    assert (answer.status_code, texts(answer)) == (422, ["It stops."])
    nothing = {"material": {"name": "Al", "gap": None}}
    answer = client.post("/api/case-file", json={"case": nothing})
    assert answer.status_code == 422
    assert "null" in texts(answer)[0] or "gap" in answer.json()["problems"][0]["key"]


def test_no_socket_is_opened_and_the_server_may_begin_and_end(explorer):
    client = client_of(explorer)
    with pytest.raises(WebSocketDisconnect) as left, client.websocket_connect("/"):
        pass
    assert left.value.code == 1008
    with client:
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("clean-set", ["picture"]),  # whose closed forms lie in the package
        ("paper-estimate", ["closed", "picture"]), ("transmon-trap", ["device"]),
    ],
)  # fmt: skip
def test_the_first_picture_is_computed_ahead(name, asked):
    seen = []
    explorer = Explorer(
        {name: presets()[name], **presets()},
        lambda question, told: seen.append((question, told)) or refused(),
    )
    explorer.warm_up()
    explorer._thread.shutdown(wait=True)
    assert seen == [(question, {"case": name}) for question in asked]


def test_whoever_asks_too_much_at_once_is_asked_to_try_again():
    asked = []
    explorer = Explorer(presets(), lambda *question: asked.append(question) or refused())
    client = client_of(explorer)
    explorer._waiting = _MOST_WAITING
    answer = client.post("/api/picture", json=ASK)
    assert (answer.status_code, asked) == (503, [])
    assert texts(answer) == ["Too many questions wait for an answer; try again."]
    explorer._waiting = _MOST_WAITING - 1
    assert client.post("/api/picture", json=ASK).status_code == 422
    assert (explorer._waiting, len(asked)) == (_MOST_WAITING - 1, 1)
    explorer.close()


def test_what_was_opened_at_the_start_comes_first():
    cases = {"mine": {"material": {"name": "Nb"}}}
    own = Explorer(cases, lambda *_: refused(), paths={"mine": "its/mine.toml"})
    (first,) = client_of(own).get("/api/start").json()["cases"]
    values = {each["key"]: (each["value"], each["unit"]) for each in first.pop("values")}
    assert first == {"name": "mine", "title": "mine", "tabs": [], "file": "its/mine.toml"}
    assert values["material.critical_temperature"] == (9.25, "K")
    own.close()


def test_folders_named_at_the_start_are_read_and_nothing_else(tmp_path):
    named, secret = tmp_path / "result", tmp_path / "secret.csv"
    named.mkdir()
    secret.write_text("secret")
    for name in ("summary.json", "numbers.csv", "report.html"):
        (named / name).write_text(name)
    (named / "link.csv").symlink_to(secret)
    opened = Explorer({}, lambda *_: refused(), [Results.at(named)])
    client = client_of(opened)
    assert client.get("/api/start").json()["results"] == [
        {"name": "result", "files": ["numbers.csv", "summary.json"]}
    ]
    answer = client.get("/api/results/0/numbers.csv")
    assert (answer.text, answer.headers["x-content-type-options"]) == ("numbers.csv", "nosniff")
    assert client_of(opened, token="").get("/api/results/0/numbers.csv").status_code == 403
    for path in (
        "0/link.csv", "0/report.html", "0/..%2fsecret.csv", "0/%2e%2e/secret.csv", "0/../secret.csv",
        "1/numbers.csv", "-1/numbers.csv", "0/", "0/none.csv", "0/summary.json%00", "x/numbers.csv",
    ):  # fmt: skip
        answer = client.get(f"/api/results/{path}")
        assert answer.status_code in (400, 404, 422), path
        assert "secret" not in answer.text.replace("secret.csv", "")
    (named / "numbers.csv").unlink()
    (named / "numbers.csv").symlink_to(secret)  # put there meanwhile
    assert client.get("/api/results/0/numbers.csv").status_code == 422
    opened.close()


def test_a_folder_without_a_result_is_refused(call, tmp_path):
    left = call("explore", tmp_path, "--no-browser")
    assert left.code == 2
    assert "must be the folder of a result, as `entrap run` writes one" in left.err


def test_a_file_that_is_too_large_or_gone_is_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Results.at(tmp_path / "none")
    (tmp_path / "summary.json").write_text("{}")
    (tmp_path / "rows.csv").write_text("0123456789")
    found = Results.at(tmp_path)
    monkeypatch.setattr(folders, "LARGEST", 10)
    assert found.read("rows.csv") == b"0123456789"
    (tmp_path / "rows.csv").write_text("01234567890")
    with pytest.raises(InputError, match=r"rows\.csv has more than 0 MB, too many to draw"):
        found.read("rows.csv")
    (tmp_path / "rows.csv").unlink()
    with pytest.raises(InputError, match="has no such file"):
        found.read("rows.csv")
