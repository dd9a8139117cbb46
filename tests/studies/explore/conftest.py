"""A browser for the tests of the page, and folders of results that it opens."""

import shutil
import threading
import types

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from tests.studies.film.devices import CASE as DEVICE

import entrap as et
from entrap.report.summary import write_mark, write_tables
from entrap.studies.explore.answers import Answers
from entrap.studies.explore.controls import presets
from entrap.studies.explore.folders import Results
from entrap.studies.explore.picture import picture_of
from entrap.studies.explore.serve import _listening
from entrap.studies.explore.server import Explorer, application

TOKEN = "a-token-of-tests"
HOSTILE = "<img src=x onerror=document.title='hurt'>"
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    """Chromium; a user's machine may have none, and the other tests need none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's package chromium is not installed")
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium, args=_OPTIONS)
        yield made
        made.close()


def written(folder, account):
    """The tables and the summary of a result, as a command writes them."""
    folder.mkdir()
    write_tables(folder, account.frames())
    write_mark(folder / "summary.json", account.summary())
    return folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """The folder of a run of the clean set, without its figures."""
    from entrap.studies.run.page import account

    run = et.evolve(et.Case.from_dict(presets()["clean-set"]))
    return written(tmp_path_factory.mktemp("results") / "clean", account(run))


@pytest.fixture(scope="session")
def sweep_folder(tmp_path_factory):
    """The folder of a sweep over two numbers and the temperature."""
    from entrap.studies.sweep.pages.answer import sweep_answer
    from entrap.studies.sweep.pages.report import sweep_summary
    from entrap.studies.sweep.pages.survey import survey
    from entrap.studies.sweep.pages.tables import frames

    axes = {"mixture.valence_ratio": "0.1:2:8:log", "landau.a": "2 k_B:4 k_B:5"}
    swept = et.sweep(et.Case.from_dict(presets()["clean-set"]), axes, ["enhancement"])
    folder, found = tmp_path_factory.mktemp("results") / "map", survey(swept)
    folder.mkdir()
    write_tables(folder, frames(swept, found, None))
    write_mark(folder / "summary.json", sweep_summary(swept, found, sweep_answer(swept, found)))
    return folder


@pytest.fixture(scope="session")
def trap_folder(tmp_path_factory):
    """The folder of a transmon's trap, without its figures."""
    from entrap.studies.trap.page import account

    case = et.CaseFile.from_dict(presets()["transmon-trap"], needs=("material",))
    return written(tmp_path_factory.mktemp("results") / "trap", account(et.design_trap(case)))


@pytest.fixture(scope="session")
def film_folder(tmp_path_factory):
    """The folder of a small film, without its figures."""
    from entrap.case.toml import parse_case
    from entrap.studies.film.page import account
    from entrap.studies.film.storage import fields_of, write_fields

    found = et.film(parse_case(DEVICE, needs=("material",)))
    folder = written(tmp_path_factory.mktemp("results") / "film", account(found))
    write_fields(folder / "film.vtu", found.mesh, fields_of(found))
    return folder


@pytest.fixture(scope="session")
def fit_folder(tmp_path_factory):
    """The folder of a fit, of a few lines: what the page reads of one."""
    folder = tmp_path_factory.mktemp("results") / "fit"
    folder.mkdir()
    texts = {
        "hypotheses.csv": 'name,meaning,log_bayes\nmixing,"H1: the paper\'s entropy, of mixing",0\n'
        "none,H0: the trap changes nothing,-12.5\n",
        "measurements.csv": "row,quantity,trap,temperature [K],value,unit,group\n"
        "1,penetration_depth,on,4,2.1e-07,m,a\n2,penetration_depth,on,6,2.3e-07,m,a\n",
        "predictive-penetration-depth.csv": "hypothesis,trap,group,temperature [K],low_90 [m],"
        "median [m],high_90 [m]\nmixing,on,a,4,2e-07,2.1e-07,2.2e-07\n"
        "mixing,on,a,6,2.2e-07,2.3e-07,2.4e-07\nnone,on,a,4,2e-07,2.2e-07,2.3e-07\n"
        "none,on,a,6,2.3e-07,2.5e-07,2.6e-07\n",
        "posteriors.csv": "hypothesis,number,unit,symbol,median,low_90,high_90,meaning\n"
        "mixing,mixture.valence_ratio,1,n_v/n_c,0.11,0.1,0.12,Valence electrons\n",
        "summary.json": '{"title": "Depth", "answer": ["H1 is favoured."], "posteriors": {}}',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def served(sweep_folder, film_folder):
    """Address of a page whose second case has a hostile title, with two folders of results."""
    listening = _listening(None)
    port = listening.getsockname()[1]
    cases = {
        "clean": presets()["clean-set"],
        "hostile": presets()["clean-set"] | {"title": HOSTILE},
        "transmon": presets()["transmon-trap"],
    }
    picture_of(et.Case.from_dict(cases["clean"]))  # compiled before anyone waits for it
    folders = [Results.at(sweep_folder), Results.at(film_folder)]
    explorer = Explorer(cases, Answers(cases), folders)
    app = application(explorer, [f"127.0.0.1:{port}"], TOKEN)
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield types.SimpleNamespace(address=f"http://127.0.0.1:{port}/", token=TOKEN)
    server.should_exit = True
    thread.join(10)
    explorer.close()
