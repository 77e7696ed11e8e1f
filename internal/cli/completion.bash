# Completes the commands of ax in bash, version 3.2 or newer. It needs nothing else.

__ax_complete() {
    COMPREPLY=()
    # The words up to the cursor. Bash also parts them at = : and @, which here belong to a word.
    local line=${COMP_LINE:0:COMP_POINT} gap word i n=-1
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        gap=${line%%[![:space:]]*}
        line=${line#"$gap"}
        word=${COMP_WORDS[i]}
        [[ $line == "$word"* ]] || word=$line # the cursor stands inside the word
        if ((n < 0)) || [[ -n $gap ]]; then
            ((++n))
            words[n]=
        fi
        words[n]+=$word
        line=${line#"$word"}
    done
    local current=${words[n]}
    # A quote that is open stays on the command line; what is asked for does not have it.
    case $current in
    \"* | \'*) words[n]=${current:1} current=${current:1} ;;
    esac

    # Each line is a word and, after a tab, what it is. The last line is a number whose bits say more.
    local answer directive
    answer=$("${words[0]}" __complete "${words[@]:1}" 2>/dev/null) || return
    directive=${answer##*:}
    answer=${answer%:*}
    case $directive in
    '' | *[!0-9]*) return ;;
    esac
    ((directive & 1)) && return
    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
    if ((directive & 4)); then compopt +o default 2>/dev/null; fi

    # Readline replaces only the last part of the word, which it gives as $2.
    local part=${2#[=:]} kept
    kept=${current%"$part"}

    if ((directive & 16)); then
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done < <(compgen -d -- "${current#"$kept"}")
        return
    fi

    local tab=$'\t' about
    while IFS= read -r word; do
        about=${word#*"$tab"}
        [[ $about == "$word" ]] && about=
        word=${word%%"$tab"*}
        # --option=value is answered with the value alone.
        [[ $current == -*=* && $word != -* ]] && word=${current%%=*}=$word
        [[ -n $word && $word == "$current"* ]] || continue
        word=${word#"$kept"}
        # 63 is a list for people, who want to know what is what.
        ((COMP_TYPE == 63)) && [[ -n $about ]] && word="$word  ($about)"
        COMPREPLY+=("$word")
    done <<<"$answer"
    if ((COMP_TYPE == 63 && ${#COMPREPLY[@]} == 1)); then
        COMPREPLY[0]=${COMPREPLY[0]%%  (*}
    fi
}

complete -o default -F __ax_complete ax
