"""How to cite: the same paper and package in CITATION.cff, in the docs and on the command line."""

import re
from pathlib import Path

import pytest
import yaml

from entrap.report.citation import PAPER, software

ROOT = Path(__file__).parents[2]
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def entry(text):
    """Fields of the only entry of a bibliography."""
    (key,) = re.findall(r"@\w+\{(\S+),", text)
    fields = dict(re.findall(r"(\w+)\s*= \{(.*)\},?\n", text))
    return key, {name: value.strip("{}") for name, value in fields.items()}


def test_the_paper_is_that_of_the_file_for_citations_and_of_the_docs():
    (stated,) = CFF["references"]
    (author,) = stated["authors"]
    key, fields = entry(PAPER.bibtex())
    assert fields["title"] == stated["title"]
    assert fields["author"] == f"{author['family-names']}, {author['given-names']}"
    assert fields["year"] == str(stated["year"])
    assert stated["url"] == PAPER.link
    assert stated["identifiers"][0]["value"] == f"arXiv:{fields['eprint']}"
    assert (key, fields) == entry((ROOT / "docs/references.bib").read_text("utf-8"))


def test_the_package_is_that_of_the_file_for_citations():
    key, fields = entry(software().bibtex())
    assert key == "entrap"
    assert fields["title"] == CFF["title"]
    assert fields["author"] == CFF["authors"][0]["name"]
    assert fields["note"] == f"Version {CFF['version']}"


@pytest.mark.parametrize("field", ["version", "license", "abstract", "keywords", "message"])
def test_the_file_for_citations_is_complete(field):
    assert CFF[field]


def test_cite_prints_both_as_text_and_as_bibtex(call):
    done = call("cite")
    assert (done.code, done.err) == (0, "")
    for work in (PAPER, software()):
        assert work.text() in done.out
        assert work.bibtex() in done.out
    alone = call("cite", "--bibtex").out
    assert alone.count("@misc{") == 2
    assert PAPER.text() not in alone


def test_the_text_names_author_title_place_and_year():
    assert PAPER.text() == (
        "V. Kornich, Effective increase of a superconducting critical temperature in a "
        "high-entropy electron mixture, arXiv:2605.15834 (2026)."
    )
