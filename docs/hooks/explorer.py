"""The explorer as one file beside the pages: made when they are built, of what is built."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from entrap.studies.explore.static import static_page

NAME = "explorer-page.html"


def on_files(files: Files, config: MkDocsConfig, **_: object) -> Files:
    """Add the page to the files of the site."""
    files.append(File.generated(config, NAME, content=static_page()))
    return files
