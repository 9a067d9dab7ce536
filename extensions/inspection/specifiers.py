"""One declared requirement, whatever the file's dialect, as a PEP 440 specifier."""

from __future__ import annotations

import re

_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"(?P<rest>(?:@|\(|[=<>!~]).*|)$",
    re.DOTALL,
)
_CLAUSE = re.compile(r"^(===|==|!=|<=|>=|~=|<|>)\s*(.+)$")
_RELEASE = re.compile(r"^v?(\d+(?:\.\d+)*)(.*)$")
_PARTS_OF_COMPATIBLE = 2


def normalise(name: str) -> str:
    """The name of a distribution as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirement(text: str) -> tuple[str, str] | None:
    """Split a PEP 508 line into its normalised name and its specifier, None when it is none."""
    line = text.partition(" #")[0].strip()
    if line.startswith(("#", "-")) or "://" in line.partition("@")[0]:
        return None
    found = _REQUIREMENT.match(line.partition(";")[0].strip())
    if not found:
        return None
    rest = found["rest"].strip()
    if rest.startswith("@"):
        return normalise(found["name"]), ""
    rest = re.sub(r"\s--?\w.*$", "", rest.strip("() \t\\")).strip(" \\")
    return normalise(found["name"]), pep440(rest)


def pep440(specifier: str) -> str:
    """Rewrite a specifier with Poetry's, Pipenv's or conda's operators into PEP 440 form.

    The empty string admits every version. Alternatives ("||") have no PEP 440 form: the result
    is the lowest and the highest of them where that can be told, else the empty string.
    """
    text = specifier.strip()
    if "||" in text or "|" in text:
        return _hull([pep440(part) for part in re.split(r"\|\|?", text)])
    parts = [part.strip() for part in re.split(r",|(?<=[\w*])\s+(?=[<>=!~^])", text)]
    clauses = [clause for part in parts if part for clause in _clauses(part)]
    return ",".join(dict.fromkeys(clauses))


def _clauses(part: str) -> list[str]:
    if part.startswith("^"):
        return _caret(part[1:].strip())
    if part.startswith("~") and not part.startswith("~="):
        return _tilde(part[1:].strip())
    found = _CLAUSE.match(part)
    if found:
        version = found[2].strip()
        return [] if version == "*" else [f"{found[1]}{version}"]
    bare = part.lstrip("= ")
    return [f"=={bare}"] if _RELEASE.match(bare) else []


def _numbers(version: str) -> list[int]:
    found = _RELEASE.match(version.removesuffix(".*"))
    return [int(number) for number in found[1].split(".")] if found else []


def _caret(version: str) -> list[str]:
    numbers = _numbers(version)
    if not numbers:
        return []
    at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
    upper = [*numbers[:at], numbers[at] + 1]
    return [f">={version.removesuffix('.*')}", "<" + ".".join(map(str, upper))]


def _tilde(version: str) -> list[str]:
    numbers = _numbers(version)
    if not numbers:
        return []
    at = 0 if len(numbers) == 1 else 1
    upper = [*numbers[:at], numbers[at] + 1]
    return [f">={version.removesuffix('.*')}", "<" + ".".join(map(str, upper))]


def _hull(alternatives: list[str]) -> str:
    """The bounds that hold for every one of `alternatives`: the least lower and greatest upper."""
    lows: list[tuple[list[int], str]] = []
    highs: list[tuple[list[int], str]] = []
    for alternative in alternatives:
        low = high = None
        for clause in alternative.split(","):
            found = _CLAUSE.match(clause)
            if not found or not (numbers := _numbers(found[2])):
                continue
            if found[1] in {">=", ">", "~=", "=="}:
                low = (numbers, ">" + found[2] if found[1] == ">" else ">=" + _plain(found[2]))
            if found[1] in {"<", "<="}:
                high = (numbers, clause)
            elif found[1] == "==":
                high = _next_of_exact(found[2], numbers)
            elif found[1] == "~=" and len(numbers) >= _PARTS_OF_COMPATIBLE:
                upper = [*numbers[:-2], numbers[-2] + 1]
                high = (upper, "<" + ".".join(map(str, upper)))
        lows.append(low or ([], ""))
        highs.append(high or ([10**9], ""))
    bounds = [min(lows)[1], max(highs)[1]]
    return ",".join(bound for bound in bounds if bound)


def _plain(version: str) -> str:
    return version.removesuffix(".*")


def _next_of_exact(version: str, numbers: list[int]) -> tuple[list[int], str]:
    if version.endswith(".*"):
        upper = [*numbers[:-1], numbers[-1] + 1]
        return upper, "<" + ".".join(map(str, upper))
    return numbers, f"<={version}"
