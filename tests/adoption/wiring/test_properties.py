"""What holds for any application file: nothing lost, nothing twice, nothing left behind."""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from extensions.app_file import Unclear, Wired, unwire_application, wire_application
from tests.adoption.wiring.generated import LAYER_MODULE, ApplicationFile, application_files


def _wire(file: ApplicationFile, content: str | None = None) -> Wired:
    result = wire_application(
        file.content if content is None else content,
        app_object=file.asked_for,
        layer_module=LAYER_MODULE,
    )
    assert isinstance(result, Wired), result.reason
    return result


def _is_subsequence(lines: Sequence[str], of: Sequence[str]) -> bool:
    remaining = iter(of)
    return all(line in remaining for line in lines)


@given(application_files())
def test_keeps_every_byte_and_adds_two_lines(file: ApplicationFile) -> None:
    wired = _wire(file)
    end = "\r\n" if "\r\n" in file.content else "\r" if "\r" in file.content else "\n"
    bom = "\ufeff" if file.content.startswith("\ufeff") else ""
    assert wired.content.startswith(bom)
    before, after = (text.removeprefix(bom).split(end) for text in (file.content, wired.content))
    assert _is_subsequence(before, after)
    added = [text.strip() for _, text in wired.added]
    assert added[0].startswith(f"from {LAYER_MODULE} import install_database")
    assert added[1].startswith("install_database(")
    assert [after[number - 1] for number, _ in wired.added] == [text for _, text in wired.added]
    blank = [""] * (len(after) - len(before) - 2)
    assert sorted(after) == sorted([*before, *(text for _, text in wired.added), *blank])
    assert len(blank) <= 3


def _compiles(content: str) -> bool:
    try:
        compile(content.removeprefix("\ufeff"), "application.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


@given(application_files())
def test_compiles_whenever_the_file_did(file: ApplicationFile) -> None:
    assume(_compiles(file.content))
    assert _compiles(_wire(file).content)


@given(application_files())
def test_imports_at_the_top_level_ahead_of_the_call(file: ApplicationFile) -> None:
    content = _wire(file).content.removeprefix("\ufeff")
    tree = ast.parse(content)
    imported = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "install_database"
    ]
    called = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "install_database"
    ]
    assert len(imported) == len(called) == 1
    assert imported < called


@given(application_files())
def test_changes_nothing_when_repeated(file: ApplicationFile) -> None:
    wired = _wire(file)
    assert _wire(file, wired.content) == Wired(wired.content, ())


@given(application_files())
def test_is_undone_byte_for_byte(file: ApplicationFile) -> None:
    undone = unwire_application(
        _wire(file).content, app_object=file.asked_for, layer_module=LAYER_MODULE
    )
    assert undone == file.content


@given(st.text(st.sampled_from("ap= FastAPI()\n\r\f\t;#\\'\"import[]if:xü\ufeff\0"), max_size=60))
def test_any_text_is_wired_or_unclear(content: str) -> None:
    result = wire_application(content, app_object=None, layer_module=LAYER_MODULE)
    if isinstance(result, Unclear):
        assert result.reason


_RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


def _ruff(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    assert _RUFF
    command = [_RUFF, *arguments, "--isolated", "--no-cache", "."]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


_ISORT = ("check", "--select=I", '--config=lint.isort.known-first-party=["shop"]')


@pytest.mark.skipif(_RUFF is None, reason="ruff is not installed")
# One file in twenty fails: shrinking the other nineteen would take minutes.
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(application_files(), min_size=20, max_size=25))
def test_leaves_formatted_and_sorted_files_so(files: list[ApplicationFile]) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        paths = [directory / f"f{number}.py" for number in range(len(files))]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file.content.encode())
        _ruff(*_ISORT, "--fix", directory=directory)
        _ruff("format", directory=directory)
        _ruff(*_ISORT, "--fix", directory=directory)
        noisy_before = _ruff(*_ISORT, "--output-format=concise", directory=directory).stdout
        assert _ruff("format", "--check", directory=directory).returncode == 0
        for path, file in zip(paths, files, strict=True):
            content = path.read_bytes().decode()
            path.write_bytes(_wire(file, content).content.encode())
        formatted = _ruff("format", "--diff", directory=directory)
        assert formatted.returncode == 0, formatted.stdout
        noisy = _ruff(*_ISORT, "--output-format=concise", directory=directory).stdout
        assert [line.split(":")[0] for line in noisy.splitlines() if line.startswith("f")] == [
            line.split(":")[0] for line in noisy_before.splitlines() if line.startswith("f")
        ], noisy
