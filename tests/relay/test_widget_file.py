"""The widget's one file: small, whole, and free of what a strict page refuses."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from inbox_desktop.relay import widget_file as module
from inbox_desktop.relay.widget_file import PARTS, STYLES, join, widget_file

FOLDER = Path(module.__file__).with_name("widget")
LIMIT_BYTES = 30_000


def test_it_is_small_enough_for_every_page() -> None:
    assert len(widget_file().gzipped) < LIMIT_BYTES
    assert gzip.decompress(widget_file().gzipped) == widget_file().content


def test_every_part_is_in_it() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*PARTS, *STYLES}
    script = widget_file().content.decode()
    for name in PARTS:
        first = next(
            line.strip()
            for line in (FOLDER / name).read_text("utf-8").splitlines()
            if line.strip() and not line.strip().startswith("//")
        )
        assert first in script, name


def test_the_tag_follows_the_content(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDER, tmp_path / "widget")
    assert join(copy) == widget_file().content.decode()
    (copy / "words.js").write_text((copy / "words.js").read_text("utf-8") + "const ANOTHER = 1;\n", "utf-8")
    assert join(copy) != widget_file().content.decode()
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', widget_file().etag)


def test_nothing_but_comments_and_indents_is_left_out(tmp_path: Path) -> None:
    for name in (*PARTS, *STYLES):
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / "words.js").write_text(
        '// a comment\n  const A = "// text";  // why\n\n\nf("\u00e9");\n', "utf-8"
    )
    (tmp_path / "base.css").write_text('/* a\n comment */\n:host {\n  content: "x";\n}\n', "utf-8")
    (tmp_path / "screens.css").write_text("/* another */\n\np {\n  margin: 0;\n}\n", "utf-8")
    assert join(tmp_path) == (
        '(() => {\n"use strict";\nconst CSS = ":host {content: \\"x\\";}p {margin: 0;}";\n'
        'const A = "// text";  // why\nf("\u00e9");\n})();\n'
    )


@pytest.mark.parametrize("name", [*PARTS, *STYLES])
def test_no_part_does_what_a_strict_page_refuses(name: str) -> None:
    source = (FOLDER / name).read_text("utf-8")
    refused = (
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser"
        r"|setAttribute\(\"style\"|@import|[ :,]url\(|blob:|createObjectURL"
    )
    assert re.findall(refused, source) == []
    code = re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE)
    assert set(re.findall(r"""["'(](?:https?:)?//\w[\w./-]*""", code)) <= {'"http://www.w3.org/2000/svg'}


@pytest.mark.parametrize("name", PARTS)
def test_no_part_is_newer_than_es2020(name: str) -> None:
    code = re.sub(r"^\s*//.*$", "", (FOLDER / name).read_text("utf-8"), flags=re.MULTILINE)
    newer = (
        r"\d_\d|\?\?=|\|\|=|&&=|\.at\(|\.replaceAll\(|\.hasOwn\(|\.any\(|\bstatic \{|#\w+ ?[(=;]|^\s*await "
    )
    found = re.findall(newer, re.sub(r"\n\s+await ", " await ", code), re.MULTILINE)
    assert found == []


def test_no_text_runs_over_several_lines() -> None:
    """Else leaving out the indents would change it."""
    for name in PARTS:
        for number, line in enumerate((FOLDER / name).read_text("utf-8").splitlines(), 1):
            assert line.count("`") % 2 == 0, f"{name}:{number}"


def test_every_language_says_everything() -> None:
    source = (FOLDER / "words.js").read_text("utf-8")
    tables = re.split(r"^  (?:en|pt|es): \{$", source, flags=re.MULTILINE)[1:]
    entries = [dict(re.findall(r'^    (\w+): "(.+)",$', table, re.MULTILINE)) for table in tables]
    assert len(entries) == 3
    for other in entries[1:]:
        assert other.keys() == entries[0].keys()
        for key, text in other.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", entries[0][key])), key


def test_every_sentence_is_used_and_exists() -> None:
    words = (FOLDER / "words.js").read_text("utf-8")
    keys = set(re.findall(r'^    (\w+): "', words, re.MULTILINE))
    rest = "".join((FOLDER / name).read_text("utf-8") for name in PARTS if name != "words.js")
    assert sorted(key for key in keys if f'"{key}"' not in rest) == []
    asked = set(re.findall(r'say\((?:locale, )?"(\w+)"', rest))
    assert sorted(asked - keys) == []


def test_every_style_is_used() -> None:
    """A class that no script gives, and a colour that no rule takes, style nothing."""
    scripts = "".join((FOLDER / name).read_text("utf-8") for name in PARTS)
    given = {
        word for text in re.findall(r"[\"`]([^\"`\n]*)[\"`]", scripts) for word in re.findall(r"[\w-]+", text)
    }
    given |= {f"icon-{name}" for name in re.findall(r'icon\("(\w+)"', scripts)}
    styles = "".join((FOLDER / name).read_text("utf-8") for name in STYLES)
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", styles))
    assert sorted(styled - given) == []
    assert sorted(set(re.findall(r"^ *(--[\w-]+):", styles, re.MULTILINE)) - _taken(styles)) == []
    assert sorted(_taken(styles) - set(re.findall(r"(--[\w-]+)\"?:", styles + scripts))) == []


def _taken(styles: str) -> set[str]:
    return set(re.findall(r"var\((--[\w-]+)\)", styles))


def test_it_is_a_script_that_can_be_read(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here; the browser's tests read the script too")
    script = tmp_path / "widget.js"
    script.write_bytes(widget_file().content)
    done = subprocess.run([node, "--check", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
