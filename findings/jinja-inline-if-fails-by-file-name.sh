#!/usr/bin/env bash
# jinja2 cannot compile an inline if without else in a template whose name has an apostrophe.
#
# Versions: Jinja2 3.1.6 and Copier 9.19.1; run in November 2026.
# Expected: the name of a file is of no influence on what its text means. Copier's users have
#   apostrophes in names, as conditions: {% if 'docs' in parts %}guide.md{% endif %}.jinja.
# Seen: SyntaxError, "invalid syntax. Perhaps you forgot a comma?", at a line that is right. The
#   compiled code has a message for the missing else in quotation marks, and in it the repr() of
#   the name: with an apostrophe in the name, that has quotation marks as well.
# Users: write `else none` or `else ""` in such files.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv copier==9.19.1 jinja2==3.1.6
export COPIER_SETTINGS_PATH=/dev/null
copy() {  # the name of the template's file
    rm -rf template project
    mkdir template
    printf '%s\n' 'docs: {type: bool, default: false}' > template/copier.yml
    printf '%s\n' '{{ "guide" if docs }}' > "template/$1"
    venv/bin/copier copy --defaults --quiet template project > output 2>&1 && echo rendered ||
        { grep -o SyntaxError output || cat output; } | head -n 1
}
plain=$(copy 'page.txt.jinja')
quoted=$(copy "{% if 'a' %}page.txt{% endif %}.jinja")
echo "page.txt: $plain; with apostrophes in its name: $quoted"
if [ "$plain $quoted" != "rendered SyntaxError" ]; then
    echo "changed: the name makes no difference"
    exit 1
fi
