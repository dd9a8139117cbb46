"""Scripts by which a shell completes the command line: verbs, options, keys, materials, results.

Each asks the program itself, by the interface for fish that typer has: a word a line, behind a tab
what it means. typer's own scripts are not used: in bash they complete nothing behind "=".
"""

# Help is folded where it is longer than a line of the terminal: a word would stand on many.
_ASK = "COLUMNS=500 _ENTRAP_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args"

_BASH = """\
_entrap() {
    local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\\n' word typed
    # Of the word typed last, readline replaces what is behind the last "=" or ":".
    word="${line##*[[:space:]]}"
    typed="${word%"${word##*[=:]}"}"
    COMPREPLY=()
    for word in $(env ASK _TYPER_COMPLETE_ARGS="$line" "$1" 2>/dev/null); do
        word="${word%%$'\\t'*}"
        COMPREPLY+=("${word#"$typed"}")
    done
    [[ "${COMPREPLY[0]}" == *= ]] && compopt -o nospace
    return 0
}
complete -o default -F _entrap entrap
"""

_ZSH = """\
#compdef entrap
_entrap() {
    local -a answered described
    local each
    local line="${words[1,CURRENT]}"
    answered=("${(@f)$(env ASK _TYPER_COMPLETE_ARGS="$line" ${words[1]} 2>/dev/null)}")
    for each in $answered; do
        described+=("${${each%%$'\\t'*}//:/\\\\:}:${each#*$'\\t'}")
    done
    if (( $#described )); then
        if [[ ${answered[1]%%$'\\t'*} == *= ]]; then
            _describe entrap described -S ''
        else
            _describe entrap described
        fi
    else
        _files
    fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _entrap "$@"
else
    compdef _entrap entrap
fi
"""

_FISH = """\
function __entrap_complete
    set -l answered (env ASK _TYPER_COMPLETE_ARGS=(commandline -cp) entrap 2>/dev/null \\
        | string match --invert '')
    if test (count $answered) -gt 0
        printf '%s\\n' $answered
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command entrap --no-files --arguments '(__entrap_complete)'
"""


SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str) -> str:
    """The script of one of these shells.

    Examples:
        >>> script("fish").splitlines()[-1]
        "complete --command entrap --no-files --arguments '(__entrap_complete)'"
    """
    return SCRIPTS[shell].replace("ASK", _ASK)
