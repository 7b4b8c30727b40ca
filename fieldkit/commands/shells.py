"""Completion for four shells and the man page, made from the command line's own parser. Pure: they are texts.

The completions hold every word in themselves: pressing tab never starts fieldkit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click

from fieldkit.config import HOME_VARIABLE, VERSION
from fieldkit.settings import FILE_VARIABLE, THEME_VARIABLE

CODES = {
    0: "done",
    1: "refused, the reason told",
    2: "usage",
    3: "wrong passphrase, or locked",
    4: "central is not reachable",
    5: "done, and conflicts wait",
    6: "answers are not valid",
    7: "the store is damaged",
    130: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One command: how one gets there, what can follow, and what its options take."""

    path: str
    help: str
    words: tuple[str, ...]
    """Commands and options that may follow."""
    choices: Mapping[str, tuple[str, ...]]
    """Option to the words it takes."""
    command: click.Command


def places(command: click.Command, path: str = "fieldkit") -> Iterator[Place]:
    """A command and all below it."""
    below = dict(sorted(command.commands.items())) if isinstance(command, click.Group) else {}
    options = [each for each in command.params if isinstance(each, click.Option)]
    choices = {name: _choices(each) for each in options for name in each.opts if _choices(each)}
    arguments = tuple(word for each in command.params if isinstance(each, click.Argument) for word in _choices(each))
    words = (*below, *arguments, *(name for each in options for name in each.opts if name.startswith("--")))
    yield Place(path, first_line(command), words, choices, command)
    for name, each in below.items():
        yield from places(each, f"{path} {name}")


def _choices(parameter: click.Parameter) -> tuple[str, ...]:
    return tuple(map(str, parameter.type.choices)) if isinstance(parameter.type, click.Choice) else ()


def first_line(command: click.Command) -> str:
    """What a command does, in a line."""
    return " ".join((command.help or "").split("\n\n")[0].split())


# -- completion


def bash(all_: list[Place]) -> str:
    """For bash."""
    walk = "|".join(f'"{each.path}"' for each in all_[1:])
    return f"""# Completion of fieldkit for bash: put it into ~/.local/share/bash-completion/completions/fieldkit
_fieldkit() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} at=fieldkit words= place
    for ((place = 1; place < COMP_CWORD; place++)); do
        case "$at ${{COMP_WORDS[place]}}" in
            {walk}) at="$at ${{COMP_WORDS[place]}}" ;;
        esac
    done
    case "$at $before" in
{_cases(all_, "        ", choices=True)}        *)
            case "$at" in
{_cases(all_, "                ")}            esac ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _fieldkit fieldkit
"""


def zsh(all_: list[Place]) -> str:
    """For zsh."""
    walk = "|".join(f'"{each.path}"' for each in all_[1:])
    return f"""#compdef fieldkit
# Completion of fieldkit for zsh: put it as _fieldkit into a folder of $fpath.
_fieldkit() {{
    local before=${{words[CURRENT-1]}} at=fieldkit found= place
    for ((place = 2; place < CURRENT; place++)); do
        case "$at ${{words[place]}}" in
            {walk}) at="$at ${{words[place]}}" ;;
        esac
    done
    case "$at $before" in
{_cases(all_, "        ", "found", choices=True)}        *)
            case "$at" in
{_cases(all_, "                ", "found")}            esac ;;
    esac
    if [[ -n $found ]]; then compadd -- ${{=found}}; fi
    _files
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _fieldkit "$@"; else compdef _fieldkit fieldkit; fi
"""


def _cases(all_: list[Place], indent: str, variable: str = "words", *, choices: bool = False) -> str:
    lines = [
        f'{indent}"{each.path} {option}") {variable}="{" ".join(found)}" ;;\n'
        for each in all_
        for option, found in each.choices.items()
    ]
    plain = [f'{indent}"{each.path}") {variable}="{" ".join(each.words)}" ;;\n' for each in all_]
    return "".join(lines if choices else plain)


def fish(all_: list[Place]) -> str:
    """For fish."""
    lines = ["# Completion of fieldkit for fish: put it into ~/.config/fish/completions/fieldkit.fish"]
    lines += ["function __fieldkit_at", "    set -l at fieldkit", "    for word in (commandline -opc)[2..]"]
    lines += ['        switch "$at $word"', f"            case {' '.join(_quoted(each.path) for each in all_[1:])}"]
    lines += ['                set at "$at $word"', "        end", "    end", '    test "$at" = "$argv"', "end"]
    known = {each.path for each in all_}
    for each in all_:
        when = f"-n {_quoted(f'__fieldkit_at {each.path}')}"
        for below in all_:
            if below.path.rpartition(" ")[0] == each.path:
                lines.append(
                    f"complete -c fieldkit {when} -f -a {below.path.rpartition(' ')[2]} -d {_quoted(below.help)}"
                )
        if words := [word for word in each.words if not word.startswith("--") and f"{each.path} {word}" not in known]:
            lines.append(f"complete -c fieldkit {when} -f -a {_quoted(' '.join(words))}")
        for option in (one for one in each.command.params if isinstance(one, click.Option)):
            for name in (one for one in option.opts if one.startswith("--")):
                lines.append(f"complete -c fieldkit {when} -l {name[2:]}{_fish_value(option)}")
    return "\n".join(lines) + "\n"


def _fish_value(option: click.Option) -> str:
    words = f" -x -a {_quoted(' '.join(_choices(option)))}" if _choices(option) else "" if option.is_flag else " -r"
    return f"{words} -d {_quoted(option.help or '')}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def powershell(all_: list[Place]) -> str:
    """For PowerShell."""
    table = "\n".join(f"        '{each.path}' = '{' '.join(each.words)}'" for each in all_)
    chosen = "\n".join(
        f"        '{each.path} {option}' = '{' '.join(found)}'"
        for each in all_
        for option, found in each.choices.items()
    )
    return f"""# Completion of fieldkit for PowerShell: add it to the file that $PROFILE names.
Register-ArgumentCompleter -Native -CommandName fieldkit -ScriptBlock {{
    param($word, $ast, $cursor)
    $words = @{{
{table}
    }}
    $choices = @{{
{chosen}
    }}
    $at = 'fieldkit'
    $before = ''
    foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {{
        if ($element.Extent.EndOffset -ge $cursor -and $word) {{ break }}
        $before = $element.ToString()
        if ($words.ContainsKey("$at $before")) {{ $at = "$at $before" }}
    }}
    $found = if ($choices.ContainsKey("$at $before")) {{ $choices["$at $before"] }} else {{ $words[$at] }}
    $found -split ' ' | Where-Object {{ $_ -like "$word*" }} | ForEach-Object {{
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }}
}}
"""


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell}


# -- the man page


def man(all_: list[Place]) -> str:
    """The man page, as roff."""
    top, *verbs = all_
    lines = [
        f'.TH FIELDKIT 1 "" "fieldkit {VERSION}" "User Commands"',
        *(".SH NAME", r"fieldkit \- offline\-first toolkit for family workers, centres and team leads"),
        *(".SH SYNOPSIS", ".B fieldkit", r"[\fIoptions\fR] [\fIcommand\fR [\fIarguments\fR]]"),
        *(".SH DESCRIPTION", roff(first_line(top.command))),
        *(".PP", roff("Without a command the app opens. Data goes to standard output, talk to standard error.")),
        *(".SH OPTIONS", *_options(top.command)),
        ".SH COMMANDS",
    ]
    for each in (verb for verb in verbs if not isinstance(verb.command, click.Group)):
        lines += [f".SS {roff(f'{each.path} {_arguments(each.command)}'.strip())}", *_paragraphs(each.command)]
        lines += _options(each.command)
    lines.append(".SH EXIT STATUS")
    for code, means in CODES.items():
        lines += [".TP", f".B {code}", roff(means)]
    lines.append(".SH ENVIRONMENT")
    for name, means in ENVIRONMENT.items():
        lines += [".TP", f".B {name}", roff(means)]
    lines += [".SH FILES", ".TP", ".B config.toml", roff("What was chosen; `fieldkit config path` says where it is.")]
    return "\n".join(lines) + "\n"


ENVIRONMENT = {
    HOME_VARIABLE: "The device's folder, where --home names none.",
    FILE_VARIABLE: "The file of settings, where it is not in the platform's place.",
    THEME_VARIABLE: "The colours: dark, light, contrast-dark or contrast-light.",
    "NO_COLOR": "When it is set the app is painted in greys.",
}


def _paragraphs(command: click.Command) -> list[str]:
    parts = [" ".join(part.split()) for part in (command.help or "").split("\n\n") if part.strip()]
    return [line for place, part in enumerate(parts) for line in ([".PP"] if place else []) + [roff(part)]]


def _arguments(command: click.Command) -> str:
    found = [each for each in command.params if isinstance(each, click.Argument)]
    return " ".join(f"{each.human_readable_name}{'...' if each.nargs < 0 else ''}" for each in found)


def _options(command: click.Command) -> list[str]:
    lines: list[str] = []
    for each in (one for one in command.params if isinstance(one, click.Option)):
        words = _choices(each)
        value = "" if each.is_flag else "|".join(words) if words else (each.metavar or each.type.name.upper())
        lines += [
            ".TP",
            f".B {roff(' '.join((', '.join(each.opts), value)).strip())}",
            roff(each.help or each.human_readable_name),
        ]
    return lines


def roff(text: str) -> str:
    """Text as roff shows it, letter for letter."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    plain = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in safe)
    return f"\\&{plain}" if plain.startswith((".", "\\(aq")) else plain
