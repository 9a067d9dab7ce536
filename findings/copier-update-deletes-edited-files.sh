#!/usr/bin/env bash
# copier update deletes a file with edits of the user, if the template no longer has
#   it.
#
# Versions: Copier 9.19.1; run in November 2026.
# Expected: an edited file that the new version has dropped is a conflict, as an edited
#   file that it changed is; nothing that was typed is lost without a word.
# Seen: with the default --conflict inline the file is deleted, exit code 0, no conflict
#   and no .rej. With --conflict rej the edits are kept in one. Git still has them, if
#   they were committed, which update insists on.
# Users: git diff after an update, before the commit. The template of this repository
#   keeps such files.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv copier==9.19.1
export GIT_CONFIG_GLOBAL="$work/gitconfig" COPIER_SETTINGS_PATH=/dev/null
git config --global user.name Findings
git config --global user.email findings@example.com
mkdir template && cd template
git init --quiet
cat > copier.yml <<'YAML'
_subdirectory: files
YAML
mkdir files
printf '%s\n' '{{ _copier_answers|to_nice_yaml }}' > 'files/{{ _copier_conf.answers_file }}.jinja'
seq 1 9 > files/notes.txt
echo kept > files/kept.txt
git add . && git commit --quiet -m 1 && git tag 1.0.0
git rm --quiet files/notes.txt
git commit --quiet -m 2 && git tag 2.0.0
cd ..
venv/bin/copier copy --quiet --vcs-ref 1.0.0 "$work/template" project
cd project
git init --quiet
echo "typed by the user" >> notes.txt
git add . && git commit --quiet -m edited
for conflict in inline rej; do
    ../venv/bin/copier update --quiet --defaults --conflict "$conflict" 2> ../errors && code=0 || code=$?
    there=$(ls notes.txt* 2> /dev/null | tr '\n' ' ' || true)
    typed=$(grep -ls typed notes.txt* | tr '\n' ' ' || true)
    conflicts=$(git diff --name-only --diff-filter=U | tr '\n' ' ')
    echo "$conflict: exit $code, files: $there, with the edit: $typed, conflicts: $conflicts"
    git add --all && git stash --quiet && git stash drop --quiet
done | tee ../seen
cat > ../expected <<'TEXT'
inline: exit 0, files: , with the edit: , conflicts: 
rej: exit 0, files: notes.txt.rej , with the edit: notes.txt.rej , conflicts: 
TEXT
if ! cmp --quiet ../seen ../expected; then
    echo "changed: the edited file is kept, or is a conflict"
    exit 1
fi
