"""`trailer completion`, and the hidden command that its scripts ask."""

from __future__ import annotations

import argparse

from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command

_HIDDEN = "_complete"

_BASH = """\
_trailer() {
    local IFS=$'\\n' candidate
    COMPREPLY=()
    while read -r candidate; do
        [ -n "$candidate" ] && COMPREPLY+=("$(printf %q "$candidate")")
    done < <(trailer _complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _trailer trailer
"""

_ZSH = """\
#compdef trailer
_trailer() {
    local -a candidates
    candidates=("${(@f)$(trailer _complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    candidates=(${candidates:#})
    if (( ${#candidates} )); then compadd -- "${candidates[@]}"; else _files; fi
}
compdef _trailer trailer
"""

_FISH = """\
function __trailer_complete
    set -l words (commandline -opc) (commandline -ct)
    trailer _complete $words[2..-1] 2>/dev/null
end
complete -c trailer -a '(__trailer_complete)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def register(group: Commands) -> None:
    """Add the commands."""
    completion = add_command(
        group,
        "completion",
        "print a script that completes commands, options and image names",
        example="source <(trailer completion bash)",
    )
    completion.add_argument("shell", choices=sorted(_SCRIPTS), metavar="SHELL", help=", ".join(sorted(_SCRIPTS)))
    completion.set_defaults(run=_print_script)
    hidden = group.add_parser(_HIDDEN, add_help=False, prefix_chars="\0")
    hidden.add_argument("words", nargs=argparse.REMAINDER)  # with "*" argparse would drop a word that is --
    hidden.set_defaults(run=_print_candidates)


def _print_script(options: argparse.Namespace) -> int:
    print(_SCRIPTS[options.shell], end="")
    return OK


def _print_candidates(options: argparse.Namespace) -> int:
    from trailer_tui.cli.complete import candidates

    for candidate in candidates(options.words):
        print(candidate)
    return OK
