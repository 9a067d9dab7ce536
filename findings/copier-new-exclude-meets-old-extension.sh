#!/usr/bin/env bash
# copier update renders the new version's _exclude with the old version's extension.
#
# Versions: Copier 9.19.1, copier-template-extensions 0.3.4; run in November 2026.
# Expected: each version of a template is rendered by its own copier.yml and its own
#   extension; a new version may call a new function of its extension anywhere.
# Seen: an update also hands the new version's _exclude to the worker that makes the old
#   version again, whose extension has no such function: the update of every project of
#   an earlier version ends in UndefinedError. In a question, a task or a file name the
#   same call works.
# Users: authors of templates ask for the function first ("f() if f is defined"), as the
#   template of this repository does.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv copier==9.19.1 copier-template-extensions==0.3.4
export GIT_CONFIG_GLOBAL="$work/gitconfig" COPIER_SETTINGS_PATH="$work/settings.yml"
git config --global user.name Findings
git config --global user.email findings@example.com
echo "{}" > "$COPIER_SETTINGS_PATH"
mkdir template && cd template
git init --quiet
mkdir files
printf '%s\n' '{{ _copier_answers|to_nice_yaml }}' > 'files/{{ _copier_conf.answers_file }}.jinja'
echo one > files/notes.txt
cat > copier.yml <<'YAML'
_subdirectory: files
_jinja_extensions:
  - copier_template_extensions.TemplateExtensionLoader
  - extension.py:Functions
YAML
cat > extension.py <<'PYTHON'
from jinja2.ext import Extension


class Functions(Extension):
    pass
PYTHON
git add . && git commit --quiet -m 1 && git tag 1.0.0
cat >> extension.py <<'PYTHON'

    def __init__(self, environment):
        super().__init__(environment)
        environment.globals["left_out"] = lambda: "drafts"
PYTHON
cp copier.yml base.yml
printf '%s\n' 'left:' '  type: str' '  when: false' '  default: "{{ left_out() }}"' >> copier.yml
git add copier.yml extension.py && git commit --quiet -m 2 && git tag 2.0.0
cp base.yml copier.yml
printf '%s\n' '_exclude:' '  - "{{ left_out() }}"' >> copier.yml
git add copier.yml && git commit --quiet -m 3 && git tag 3.0.0
cd ..
for version in 2.0.0 3.0.0; do
    rm -rf project
    venv/bin/copier copy --quiet --trust --vcs-ref 1.0.0 "$work/template" project
    (
        cd project
        git init --quiet
        git add . && git commit --quiet -m made
        ../venv/bin/copier update --quiet --trust --defaults --vcs-ref "$version" 2> ../errors && code=0 || code=$?
        echo "to $version: exit $code $(grep -o "UndefinedError: .*" ../errors || true)"
    )
done | tee seen
cat > expected <<'TEXT'
to 2.0.0: exit 0 
to 3.0.0: exit 1 UndefinedError: 'left_out' is undefined
TEXT
if ! cmp --quiet seen expected; then
    echo "changed: each version's _exclude meets its own extension"
    exit 1
fi
