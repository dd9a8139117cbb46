"""The explorer's server: what it answers, and that it answers its own page alone."""

import json
import struct
import time

import pytest
from starlette.testclient import TestClient

from entrap.studies.explore.server import LARGEST, Explorer, application

HOST, TOKEN = "127.0.0.1:8765", "the-token"
ASK = {"case": "clean-set", "changes": {}}


@pytest.fixture(scope="module")
def explorer():
    made = Explorer()
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
    for path in ("/", "/page/app.js", "/page/style.css", "/page/vendor/d3.js"):
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
    assert cases[0] == {"name": "clean-set", "title": "The clean set of Fig. 3"}


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


@pytest.mark.slow  # the functions are traced
def test_closed_forms_are_told_of_and_served(client):
    told = client.post("/api/closed", json={"case": "clean-set"}).json()
    assert told["data"]["numbers"]["material.critical_temperature"] == 10.0
    for name in told["modules"]:
        answer = client.get(f"/page/{name}")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.text.startswith("// Made by entrap of the functions of entrap.model")
    assert client.get("/page/forms/none.js").status_code == 404


def test_a_case_without_closed_forms_says_why(client):
    answer = client.post("/api/closed", json={"case": "nbn-junction"})
    assert answer.status_code == 422
    assert "a junction's rates take a search" in texts(answer)[0]


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


def test_too_much_is_refused(client):
    assert client.post("/api/picture", content=b" " * (LARGEST + 1)).status_code == 413


def test_other_methods_and_places_are_refused(client):
    assert client.put("/api/picture", json=ASK).status_code == 405
    assert client.get("/api/nothing").status_code == 404


def test_the_server_outlives_a_computation_that_fails(explorer, monkeypatch):
    client = client_of(explorer)
    with monkeypatch.context() as broken:
        broken.setattr(explorer, "_picture", lambda *_: 1 / 0)
        answer = client.post("/api/picture", json=ASK)
        assert answer.status_code == 422
        assert "failed in a way" in texts(answer)[0]
    assert client.post("/api/case-file", json=ASK).status_code == 200


def test_a_computation_that_takes_too_long_is_said(monkeypatch):
    slow = Explorer(patience=0.05)
    monkeypatch.setattr(slow, "_picture", lambda *_: time.sleep(0.5))
    answer = client_of(slow).post("/api/picture", json=ASK)
    assert answer.status_code == 503
    assert texts(answer) == ["The computation takes more than 0.05 s. It goes on."]
    slow.close()


def test_what_was_opened_at_the_start_comes_first():
    own = Explorer({"mine": {"title": "My film", "material": {"name": "Nb"}}})
    assert client_of(own).get("/api/start").json()["cases"][0]["title"] == "My film"
    own.close()
