// What `brigade completion SHELL` prints: a function that asks the program itself, so that a script once installed knows the
// commands of each later version.
//
// Values come from agents. None of the scripts evaluates what it is told: `compgen -W`, with which scripts for bash are often
// made, would run a command that hides in the name of a lock.

export type Shell = 'bash' | 'zsh' | 'fish';

/** The first argument by which scripts ask. */
export const COMPLETE = '__complete';

export function isShell(name: string): name is Shell {
  return Object.hasOwn(SCRIPTS, name);
}

export function scriptFor(shell: Shell): string {
  return SCRIPTS[shell];
}

/** bash cuts words at `:` and `=`, which names of locks contain: they are put together again, and only the last part is given back. */
const BASH = `# brigade completion for bash. To keep it:
#   brigade completion bash > ~/.local/share/bash-completion/completions/brigade
# or, without bash-completion, in ~/.bashrc:  source <(brigade completion bash)
_brigade() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() n=-1 i part glued before value kind
  for ((i = 0; i <= COMP_CWORD; i++)); do
    glued=
    [[ $i -gt 0 && $line != [[:blank:]]* ]] && glued=1
    line=\${line#"\${line%%[![:blank:]]*}"}
    part=\${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then part=$line; fi
    line=\${line#"$part"}
    if [[ $glued ]]; then words[n]+=$part; else n=$((n + 1)); words[n]=$part; fi
  done
  before=
  [[ $glued ]] && before=\${words[n]%"$part"}
  [[ $part == [:=]* ]] && before=\${words[n]}
  COMPREPLY=()
  {
    read -r kind
    while IFS=$'\\t' read -r value _; do
      value=\${value#"$before"}
      [[ $part == [\\"\\']* ]] || printf -v value %q "$value"
      COMPREPLY+=("$value")
    done
  } < <("\${1/#\\~/$HOME}" ${COMPLETE} bash "\${words[@]:1}" 2>/dev/null)
  case $kind in
    files) ;;
    folders) ((\${#COMPREPLY[@]})) || compopt -o dirnames +o default 2>/dev/null ;;
    *) compopt +o default 2>/dev/null ;;
  esac
}
complete -o default -F _brigade brigade
`;

const ZSH = `#compdef brigade
# brigade completion for zsh. To keep it, in a folder of your $fpath:
#   brigade completion zsh > ~/.zsh/completions/_brigade
# or, behind compinit in ~/.zshrc:  source <(brigade completion zsh)
_brigade() {
  local -a lines list
  local line kind
  lines=("\${(@f)$("\${words[1]/#\\~\\//$HOME/}" ${COMPLETE} zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  kind=$lines[1]
  for line in "\${(@)lines[2,-1]}"; do
    list+=("\${\${\${line%%$'\\t'*}//\\\\/\\\\\\\\}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#list )) && _describe brigade list
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _brigade ]]; then _brigade "$@"; else compdef _brigade brigade; fi
`;

const FISH = `# brigade completion for fish. To keep it:
#   brigade completion fish > ~/.config/fish/completions/brigade.fish
function __brigade_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program ${COMPLETE} fish $words "$current" 2>/dev/null)
    set -l kind $lines[1]
    set -e lines[1]
    set -q lines[1]; and string join \\n -- $lines
    switch "$kind"
        case files
            __fish_complete_path $current
        case folders
            __fish_complete_directories $current
    end
end
complete -c brigade -f -a '(__brigade_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
