r"""Set formulas as MathML, which browsers draw by themselves: no script, nothing fetched.

Several lines go into `\begin{align*} ... \end{align*}`.
"""

import html
import re

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

# What pymdownx.arithmatex makes of $...$ and of $$...$$.
_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def on_page_content(content: str, **_: object) -> str:
    """Replace each formula of a rendered page.

    Raises:
        PluginError: a formula uses TeX that the converter does not know.
    """
    return _FORMULA.sub(_mathml, content)


def _mathml(formula: re.Match[str]) -> str:
    tex = html.unescape(formula["tex"]).strip()
    mathml = convert(tex, display="block" if formula["tag"] == "div" else "inline")
    if "\\" in mathml or "<mi>&</mi>" in mathml:  # what it leaves of an unknown command
        raise PluginError(f"Formula {tex!r} must be TeX that latex2mathml knows; rewrite it.")
    return mathml
