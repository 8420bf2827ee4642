"""What mkdocs calls while it builds the documentation: pages written by the code join those written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ELSEWHERE: Final = "https://unpkg.com/iframe-worker/shim"
"""What the theme would fetch so that the search works in pages opened from the disk."""
HERE: Final = "assets/iframe-worker.js"
"""The same, kept in the documentation."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages in `docs` and those of PAGES."""
    from mkdocs.structure.files import File

    from api.handbook.pages import PAGES

    for path, make in PAGES.items():
        files.append(File.generated(config, path, content=make()))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The page with nothing fetched from anywhere."""
    del config
    return output.replace(ELSEWHERE, "../" * page.url.count("/") + HERE)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for the page of what is not found."""
    del template_name, config
    return output_content.replace(ELSEWHERE, HERE)
