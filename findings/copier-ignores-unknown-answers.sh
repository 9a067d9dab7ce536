#!/usr/bin/env bash
# copier takes -d with a name that no question has, and answers that question by its
#   default.
#
# Versions: Copier 9.19.1; run in November 2026.
# Expected: a mistyped -d databse=… is refused, as a wrong value is, or mentioned.
# Seen: exit code 0 without a word, also under --defaults, where nobody is asked: the
#   project is made with the default answer. The unknown name is not recorded either, so
#   an update does not show it.
# Users: read .copier-answers after a run without a terminal. The template of this
#   repository refuses unknown names that begin with db_.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv copier==9.19.1
export COPIER_SETTINGS_PATH=/dev/null
mkdir template
cat > template/copier.yml <<'YAML'
database:
    type: str
    default: sqlite
YAML
printf '%s\n' '{{ database }}' > template/made.txt.jinja
venv/bin/copier copy --defaults -d databse=postgresql template project > output 2>&1 && code=0 || code=$?
mentioned=$(grep -c databse output || true)
echo "exit $code, made with: $(cat project/made.txt), the name in the output: $mentioned times"
if [ "$code $(cat project/made.txt) $mentioned" != "0 sqlite 0" ]; then
    echo "changed: an unknown name is refused or mentioned"
    exit 1
fi
