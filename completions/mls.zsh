#compdef mls

autoload -U is-at-least

_mls() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_mls_commands" \
"*::: :->mls" \
&& ret=0
    case $state in
    (mls)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-command-$line[1]:"
        case $line[1] in
            (attach)
_arguments "${_arguments_options[@]}" : \
'--detach-keys=[The keys that leave it, as \`ctrl-p,ctrl-q\`]:KEYS:_default' \
'--sig-proxy=[Pass signals on to the command]::YES:(true false)' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--no-stdin[Read nothing here]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
&& ret=0
;;
(build)
_arguments "${_arguments_options[@]}" : \
'*-t+[Name the image; may be repeated]:NAME:_default' \
'*--tag=[Name the image; may be repeated]:NAME:_default' \
'-f+[Read this Dockerfile, of a context from elsewhere the one in it; \`-\` for standard input \[default\: Dockerfile in the context\]]:FILE:_files' \
'--file=[Read this Dockerfile, of a context from elsewhere the one in it; \`-\` for standard input \[default\: Dockerfile in the context\]]:FILE:_files' \
'*--build-arg=[Set an ARG; a name alone takes its value from the environment]:NAME[=VALUE]:_default' \
'*--build-context=[Another context by a name for FROM and --from\: NAME=FOLDER, a repository, the URL of an archive, docker-image\://IMAGE or oci-layout\://FOLDER]:NAME=PLACE:_default' \
'--target=[Build this stage and what it needs]:STAGE:_default' \
'*--label=[Set a label of the image]:KEY=VALUE:_default' \
'*--cache-from=[Take over what other builds have done\: a remote, the address of a store, or type=registry,ref=IMAGE]:PLACE:_default' \
'*--cache-to=[Give others what was done here\: a remote, the address of a store, or type=registry,ref=IMAGE]:PLACE:_default' \
'*--no-cache-filter=[Do all steps of this stage]:STAGE:_default' \
'--platform=[Build for this machine, as \`linux/arm64\`]:PLATFORM:_default' \
'*--secret=[Show a secret to steps that mount it\: id=ID,src=FILE or id=ID,env=NAME]:SECRET:_default' \
'*--ssh=[Let steps that mount it use an agent\: \`default\`, or ID=SOCKET]:ID[=SOCKET]:_default' \
'*--add-host=[Add a line to /etc/hosts of steps\: NAME\:ADDRESS]:NAME:ADDRESS:_default' \
'--network=[The network of steps that name none\: default, none or host]:NETWORK:_default' \
'*--allow=[Allow what a Dockerfile may only ask for\: security.insecure or network.host]:RIGHT:_default' \
'--iidfile=[Write the image'\''s id to a file]:FILE:_files' \
'--metadata-file=[Write what was built to a file, as JSON]:FILE:_files' \
'*-o+[Give out what was built\: a folder, \`-\` for a tar on standard output, type=registry, or type=local|tar|oci|docker,dest=PATH]:OUTPUT:_default' \
'*--output=[Give out what was built\: a folder, \`-\` for a tar on standard output, type=registry, or type=local|tar|oci|docker,dest=PATH]:OUTPUT:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--no-cache[Do all steps, whatever was done before]' \
'--pull[Ask registries for newer base images]' \
'--push[Push the image under all of its names, as \`-o type=registry\` does]' \
'--load[Keep the image in this store, as is done anyway unless another output is asked for; \`-o type=docker\`]' \
'(--print --dry-run)--check[Look for what had better be written otherwise, in all stages, and build nothing]' \
'--print[Show the plan and build nothing, as --dry-run does]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::context -- A folder; a Dockerfile, whose folder is meant; the URL of a repository, an archive or a Dockerfile; `-` for an archive or a Dockerfile on standard input:_files' \
&& ret=0
;;
(cat-file)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'(-s --size)--raw[Print the bytes of a node as they are stored (DAG-CBOR)]' \
'-s[Print the size in bytes only]' \
'--size[Print the size in bytes only]' \
'(-s --size --raw)-t[Print \`blob\`, or the type of the node, only]' \
'(-s --size --raw)--type[Print \`blob\`, or the type of the node, only]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':object -- A run, a ref, or an object'\''s id, the beginning of it, or its CID:_default' \
&& ret=0
;;
(checkout)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[Replace files that are there]' \
'--force[Replace files that are there]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A run, a tree, a file or an image in the store; `RUN\:PATH` for a part of it:_default' \
'::path -- Only this file or folder of THING:_files' \
':to -- The folder to write to:_files' \
&& ret=0
;;
(clone)
_arguments "${_arguments_options[@]}" : \
'--runs=[Only runs whose name or id matches GLOB]:GLOB:_default' \
'--models=[Only models whose name matches GLOB]:GLOB:_default' \
'--images=[Only images whose name matches GLOB]:GLOB:_default' \
'--filter=[Leave content in the other store until it is read]:FILTER:((blob\:none\:"No content, only records"))' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'(--runs --models --images)--all[Get the build cache too]' \
'--trust-owner[Take content from a store that belongs to another user]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':url -- The path or `file\:///path` of a store, or the `http(s)\://` address of a hub:_default' \
'::folder -- The folder to make the store in; named as the last part of URL if left out:_files' \
&& ret=0
;;
(commit)
_arguments "${_arguments_options[@]}" : \
'-a+[Say who made it]:NAME:_default' \
'--author=[Say who made it]:NAME:_default' \
'-m+[Say this in the history of the image]:TEXT:_default' \
'--message=[Say this in the history of the image]:TEXT:_default' \
'*-c+[Set in the config what this line of a Dockerfile says\: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR]:LINE:_default' \
'*--change=[Set in the config what this line of a Dockerfile says\: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR]:LINE:_default' \
'-p+[Hold the container still meanwhile]::YES:(true false)' \
'--pause=[Hold the container still meanwhile]::YES:(true false)' \
'*--setting=[Set one setting for this call\: before the command'\''s name]:KEY=VALUE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':container -- The container, by name or id:_default' \
'::name -- The name that the image gets:_default' \
&& ret=0
;;
(commit-run)
_arguments "${_arguments_options[@]}" : \
'-e+[Put it into this experiment, by name or id; a new name makes one]:NAME:_default' \
'--experiment=[Put it into this experiment, by name or id; a new name makes one]:NAME:_default' \
'-n+[Name the run]:NAME:_default' \
'--name=[Name the run]:NAME:_default' \
'*-p+[Record a param]:KEY=VALUE:_default' \
'*--param=[Record a param]:KEY=VALUE:_default' \
'*-m+[Record a value of a metric]:KEY=VALUE[@STEP]:_default' \
'*--metric=[Record a value of a metric]:KEY=VALUE[@STEP]:_default' \
'*-t+[Put a tag on the run]:KEY=VALUE:_default' \
'*--tag=[Put a tag on the run]:KEY=VALUE:_default' \
'*-a+[Keep a file or folder; with a command, as it is when that has ended]:PATH[:DEST]:_default' \
'*--artifact=[Keep a file or folder; with a command, as it is when that has ended]:PATH[:DEST]:_default' \
'*-d+[Keep data that the run uses, and record which it is]:NAME=PATH:_default' \
'*--dataset=[Keep data that the run uses, and record which it is]:NAME=PATH:_default' \
'*--params-file=[Record the params in a .toml, .json or .yaml file]:FILE:_files' \
'*--metrics-file=[Record the metrics in a .jsonl or .csv file; with a command, when that has ended]:FILE:_files' \
'--parent=[Say which run this one belongs to]:RUN:_default' \
'--note=[Write a note on the run]:TEXT:_default' \
'--system-metrics=[Record the load of CPU, memory, disk, network and GPU, every 5 seconds or as often as given]::EVERY:_default' \
'--image=[Run the command in a container of this image; the working folder is there, too]:IMAGE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--json-summary[Print one line of JSON about the run instead of its id]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::command -- The command to run, and its arguments:_default' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- The shell to complete in:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(config)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__config_commands" \
"*::: :->config" \
&& ret=0

    case $state in
    (config)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-config-command-$line[1]:"
        case $line[1] in
            (get)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':key:_default' \
&& ret=0
;;
(set)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--user[For all stores of the user, in \`~/.config/mls/config.toml\`]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':key:_default' \
':value:_default' \
&& ret=0
;;
(unset)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--user[For all stores of the user, in \`~/.config/mls/config.toml\`]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':key:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__config__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-config-help-command-$line[1]:"
        case $line[1] in
            (get)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(set)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unset)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(copy)
_arguments "${_arguments_options[@]}" : \
'(-a --all)--platform=[Copy the image for this machine, as in \`linux/arm64\`]:PLATFORM:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-a[Copy the images for all machines, and the index]' \
'--all[Copy the images for all machines, and the index]' \
'--referrers[Copy what belongs to the image too\: signatures, attestations]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':from -- Where the image is:_default' \
':to -- Where it goes:_default' \
&& ret=0
;;
(container)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__container_commands" \
"*::: :->container" \
&& ret=0

    case $state in
    (container)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-container-command-$line[1]:"
        case $line[1] in
            (prune)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[As Docker has it; nothing is asked here]' \
'--force[As Docker has it; nothing is asked here]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__container__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-container-help-command-$line[1]:"
        case $line[1] in
            (prune)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(cp)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-a[Keep owners]' \
'--archive[Keep owners]' \
'-L[Copy what a link leads to and not the link]' \
'--follow-link[Copy what a link leads to and not the link]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- What to copy:_default' \
':target -- Where to:_default' \
&& ret=0
;;
(create)
_arguments "${_arguments_options[@]}" : \
'--name=[Name the container]:NAME:_default' \
'--entrypoint=[Run this program in place of the image'\''s entry point]:PROGRAM:_default' \
'*-e+[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env=[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env-file=[Set the variables of a file, one a line]:FILE:_files' \
'*-v+[Show a folder or a volume inside\: SOURCE\:TARGET\[\:ro\]]:SOURCE:TARGET:_default' \
'*--volume=[Show a folder or a volume inside\: SOURCE\:TARGET\[\:ro\]]:SOURCE:TARGET:_default' \
'*--mount=[The same in words\: type=bind,source=DIR,target=DIR\[,readonly\]]:FIELDS:_default' \
'*--tmpfs=[Show an empty folder in memory\: TARGET\[\:size=64m,mode=1777\]]:TARGET:_default' \
'-w+[Begin in this folder]:DIR:_default' \
'--workdir=[Begin in this folder]:DIR:_default' \
'-u+[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'--user=[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'*--group-add=[Be in this group, too]:GROUP:_default' \
'--hostname=[Name the machine that it seems to be]:NAME:_default' \
'*--add-host=[Add a line to /etc/hosts\: NAME\:ADDRESS, where \`host-gateway\` is this machine]:NAME:ADDRESS:_default' \
'*--dns=[Ask this name server]:ADDRESS:_default' \
'--network=[The network\: \`private\`, \`host\` or \`none\`]:NETWORK:_default' \
'*-p+[Publish a port\: \[\[IP\:\]HOST\:\]CONTAINER\[/udp\]]:PORT:_default' \
'*--publish=[Publish a port\: \[\[IP\:\]HOST\:\]CONTAINER\[/udp\]]:PORT:_default' \
'*--device=[Give it a device\: HOST\[\:INSIDE\[\:rwm\]\], or one by name as vendor.com/class=name]:DEVICE:_default' \
'--gpus=[Give it GPUs\: \`all\`, how many, or \`device=0,1\`]:GPUS:_default' \
'--shm-size=[Bytes in /dev/shm, as \`64m\`]:BYTES:_default' \
'--ipc=[Shared memory and queues\: \`private\`, or the host'\''s\: \`host\`]:WHOSE:_default' \
'-m+[Bytes of memory, as \`512m\`]:BYTES:_default' \
'--memory=[Bytes of memory, as \`512m\`]:BYTES:_default' \
'--memory-swap=[Bytes of memory and swap together; -1 for no limit]:BYTES:_default' \
'--cpus=[Processors, as \`1.5\`]:NUMBER:_default' \
'--cpuset-cpus=[The processors that it may run on, as \`0-3,5\`]:LIST:_default' \
'--pids-limit=[Processes and threads]:NUMBER:_default' \
'*--ulimit=[A limit of the shell'\''s\: nofile=1024\:2048; never more than there is here]:NAME=SOFT[:HARD]:_default' \
'--oom-score-adj=[How soon it is killed for want of memory, from -1000 to 1000]:NUMBER:_default' \
'*--cap-add=[Give it a right, as \`NET_ADMIN\`, or \`ALL\`]:RIGHT:_default' \
'*--cap-drop=[Take a right away, or \`ALL\`]:RIGHT:_default' \
'*--security-opt=[no-new-privileges, seccomp=unconfined, or seccomp=FILE with a profile in Docker'\''s form]:OPTION:_default' \
'*-l+[Set a label]:KEY[=VALUE]:_default' \
'*--label=[Set a label]:KEY[=VALUE]:_default' \
'--restart=[Start it anew when it ends\: no, on-failure\[\:N\], always or unless-stopped]:WHEN:_default' \
'--stop-signal=[The signal that asks it to end \[default\: TERM\]]:SIGNAL:_default' \
'--stop-timeout=[Seconds until what does not end is killed; -1 for never \[default\: 10\]]:SECONDS:_default' \
'--log-driver=[Where the log goes\: \`local\` or \`none\`]:DRIVER:_default' \
'*--log-opt=[How much of the log is kept\: max-size=16m, max-file=2]:OPTION:_default' \
'--cidfile=[Write the container'\''s id to a file that is not there yet]:FILE:_files' \
'--pull=[Get the image\: \`missing\`, \`always\` or \`never\`]:WHEN:_default' \
'--platform=[Use the image for this machine, as \`linux/arm64\`]:PLATFORM:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-i[Let the command read what is typed here]' \
'--interactive[Let the command read what is typed here]' \
'-t[Give it a terminal]' \
'--tty[Give it a terminal]' \
'--rm[Remove the container when it has ended]' \
'-P[Publish every port that the image exposes, wherever one is free]' \
'--publish-all[Publish every port that the image exposes, wherever one is free]' \
'--init[Have a process 1 that looks after others]' \
'--read-only[Forbid changes to its files, but in volumes]' \
'--privileged[Give it all rights]' \
'--for-run[Run a command of \`commit-run\`\: with what its variables name]' \
'*--verbose[Say more; twice for even more]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':image -- The image\: a name, or the beginning of its id:_default' \
'*::command -- The command and its arguments, instead of the image'\''s own:_default' \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--exit-code[End with 1 where they differ]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':old -- A run, an image, a version of a model, a tree, a file, or a path in one of them; a container where it is alone:_default' \
'::new -- What to compare it with:_default' \
&& ret=0
;;
(diff-runs)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--all[Show what is the same, too]' \
'--exit-code[End with 1 where the runs differ in anything but their times]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::runs -- The runs\: ids, names, `@` for the last, `@~1` for the one before:_default' \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(du)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--names[Show each ref too; takes longer]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(events)
_arguments "${_arguments_options[@]}" : \
'--since=[From this time on\: RFC 3339, or so long ago, as \`10m\`]:TIME:_default' \
'--until=[Up to this time, which may be to come only as a date]:TIME:_default' \
'*-f+[Only those for which this holds\: container=NAME, event=ACTION, image=NAME, label=KEY\[=VALUE\], type=container]:KEY=VALUE:_default' \
'*--filter=[Only those for which this holds\: container=NAME, event=ACTION, image=NAME, label=KEY\[=VALUE\], type=container]:KEY=VALUE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(exec)
_arguments "${_arguments_options[@]}" : \
'*-e+[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env=[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env-file=[Set the variables of a file, one a line]:FILE:_files' \
'-u+[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'--user=[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'-w+[Begin in this folder]:DIR:_default' \
'--workdir=[Begin in this folder]:DIR:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-i[Let it read what is typed here]' \
'--interactive[Let it read what is typed here]' \
'-t[Give it a terminal]' \
'--tty[Give it a terminal]' \
'-d[Leave it running in the background, unheard]' \
'--detach[Leave it running in the background, unheard]' \
'--privileged[Give it all rights]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
'*::command -- The command and its arguments:_default' \
&& ret=0
;;
(experiments)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__experiments_commands" \
"*::: :->experiments" \
&& ret=0

    case $state in
    (experiments)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-experiments-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--deleted[Those that were removed as well]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(create)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':experiment -- Its name or id:_default' \
':name:_default' \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':experiment -- Its name or id:_default' \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':experiment -- Its name or id:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__experiments__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-experiments-help-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(export)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__export_commands" \
"*::: :->export" \
&& ret=0

    case $state in
    (export)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-export-command-$line[1]:"
        case $line[1] in
            (container)
_arguments "${_arguments_options[@]}" : \
'-o+[Where to write; \`-\` or none is stdout]:PATH:_files' \
'--output=[Where to write; \`-\` or none is stdout]:PATH:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
&& ret=0
;;
(runs)
_arguments "${_arguments_options[@]}" : \
'-o+[Where to write; \`-\` or none is stdout]:PATH:_files' \
'--output=[Where to write; \`-\` or none is stdout]:PATH:_files' \
'--as=[The form of the file \[default\: by the extension of PATH, or csv\]]:FORM:((csv\:""
json\:""
jsonl\:""
parquet\:""
mlruns\:"A folder as MLflow'\''s file store writes it"))' \
'*-e+[Only runs of this experiment; may be given several times]:EXPERIMENT:_default' \
'*--experiment=[Only runs of this experiment; may be given several times]:EXPERIMENT:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--deleted[Write the runs that were removed instead]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::filter -- Which runs, as for `mls runs`\: `metrics.acc > 0.9 and params.lr = '\''0.1'\''`:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__export__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-export-help-command-$line[1]:"
        case $line[1] in
            (container)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(runs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(fetch)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--all[Get the build cache too]' \
'--prune[Forget what was seen there and is gone]' \
'--force[Believe the other store where it has gone back or changed what may not change]' \
'--trust-owner[Take content from a store that belongs to another user]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::remote -- A remote; `origin` if left out:_default' \
'*::refs -- Runs, refs, folders of refs, or globs over them:_default' \
&& ret=0
;;
(fsck)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--read-data[Read all content, and compare it with its digests]' \
'--repair[Mend what can be mended\: indexes, refs, packs of which a part is sound, and what a remote still has]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(gc)
_arguments "${_arguments_options[@]}" : \
'--grace=[Keep what is younger than this, though nothing needs it \[default\: setting \`gc.grace\`, 14d\]]:TIME:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'(--dry-run)--squeeze[Keep a record in place of the compressed bytes of pulled layers, where these are made again from it exactly; takes long]' \
'--drop-compressed[Let go of the compressed bytes of pulled layers, and of the digests of their images\: a push makes new ones]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(hash)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- The files; `-` for standard input:_files' \
&& ret=0
;;
(history)
_arguments "${_arguments_options[@]}" : \
'--platform=[Show the step of this platform'\''s image, where there are several]:OS/ARCH:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--no-trunc[Show lines and ids in full]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':image -- An image by name, id or digest:_default' \
&& ret=0
;;
(hub)
_arguments "${_arguments_options[@]}" : \
'--host=[Address to listen on]:ADDRESS:_default' \
'--port=[Port to listen on; 0 takes any that is free]:PORT:_default' \
'--tls-cert=[Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes]:FILE:_files' \
'--tls-key=[The key of the certificate, as PEM]:FILE:_files' \
'*--allow-host=[A name that clients know the hub by, such as \`hub.example.com\` or \`*.example.com\`; repeat for more]:NAME:_default' \
'*--trusted-proxy=[A reverse proxy in front of the hub, or a network of them such as \`10.0.0.0/8\`\: the client that it names in X-Forwarded-For is the one that is logged and counted; repeat for more]:ADDRESS:_default' \
'--workers=[Threads that serve requests \[default\: 2, and 1 where there is one processor\]]:COUNT:_default' \
'--access-log=[Append a line of JSON for each request to FILE; with \`-v\` they go to stderr]:FILE:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--auth[Ask every client for a token of \`mls token add\`]' \
'(--auth)--insecure[Listen on other addresses than loopback without asking for tokens]' \
'--allow-private-webhooks[Let webhooks lead to private addresses and speak plain HTTP \[env\: MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS\]]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(images)
_arguments "${_arguments_options[@]}" : \
'*-f+[Only images for which this holds\: reference=GLOB, dangling=true, label=KEY\[=VALUE\], before=IMAGE, since=IMAGE]:KEY=VALUE:_default' \
'*--filter=[Only images for which this holds\: reference=GLOB, dangling=true, label=KEY\[=VALUE\], before=IMAGE, since=IMAGE]:KEY=VALUE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-a[List images of an index too, and those known by their digest alone]' \
'--all[List images of an index too, and those known by their digest alone]' \
'--digests[Show digests of manifests]' \
'--no-trunc[Show ids in full]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- List images of this name, or of this name and tag:_default' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__import_commands" \
"*::: :->import" \
&& ret=0

    case $state in
    (import)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-import-command-$line[1]:"
        case $line[1] in
            (mlflow)
_arguments "${_arguments_options[@]}" : \
'--artifacts=[The folder that the artifacts are in, where they are not beside SOURCE]:ROOT:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- A folder such as `mlruns/`, a database such as `mlflow.db`, or the address of a server:_default' \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
'*--change=[Set in the config what this line of a Dockerfile says\: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR]:LINE:_default' \
'-m+[Say this in the history of the image]:TEXT:_default' \
'--message=[Say this in the history of the image]:TEXT:_default' \
'--platform=[Say that it is for this platform]:OS/ARCH:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- A tar, or `-`:_default' \
'::name -- The name that the image gets:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__import__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-import-help-command-$line[1]:"
        case $line[1] in
            (mlflow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(init)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::folder -- The folder to make it in:_files' \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
'--platform=[Show the image for this platform, where there are several]:OS/ARCH:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id; images by name, id or digest:_default' \
&& ret=0
;;
(kill)
_arguments "${_arguments_options[@]}" : \
'-s+[The signal, by name or number]:SIGNAL:_default' \
'--signal=[The signal, by name or number]:SIGNAL:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(lineage)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A run, a version such as `iris@v3`, or an image:_default' \
&& ret=0
;;
(load)
_arguments "${_arguments_options[@]}" : \
'-i+[Read FILE, or the folder of an OCI layout, rather than standard input]:FILE:_files' \
'--input=[Read FILE, or the folder of an OCI layout, rather than standard input]:FILE:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(log)
_arguments "${_arguments_options[@]}" : \
'-n+[Show at most COUNT operations]:COUNT:_default' \
'--max-count=[Show at most COUNT operations]:COUNT:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::thing -- Only what happened to this run, model, version, alias, ref, or folder of refs such as `experiments`:_default' \
&& ret=0
;;
(login)
_arguments "${_arguments_options[@]}" : \
'-u+[Log in under a name; a token alone needs none]:NAME:_default' \
'--username=[Log in under a name; a token alone needs none]:NAME:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--password-stdin[Read the token or password from standard input]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':url -- The host of a registry, or the address of a hub:_default' \
&& ret=0
;;
(logout)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':url -- The host of a registry, or the address of a hub:_default' \
&& ret=0
;;
(logs)
_arguments "${_arguments_options[@]}" : \
'-n+[Show so many lines from the end, or \`all\`]:NUMBER:_default' \
'--tail=[Show so many lines from the end, or \`all\`]:NUMBER:_default' \
'--since=[Only from this time on\: RFC 3339, or so long ago, as \`10m\`]:TIME:_default' \
'--until=[Only up to this time]:TIME:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[Go on until the container ends]' \
'--follow[Go on until the container ends]' \
'-t[Show when each line was written]' \
'--timestamps[Show when each line was written]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-r[List folders in folders too]' \
'--recursive[List folders in folders too]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':tree -- A run or a tree, and perhaps a path in it:_default' \
&& ret=0
;;
(ls-remote)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--trust-owner[Take content from a store that belongs to another user]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::remote -- A remote, or the path or address of a store; `origin` if left out:_default' \
'*::refs -- Runs, refs, folders of refs, or globs over them:_default' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':folder -- The folder to write them to; made if it is not there:_files' \
&& ret=0
;;
(model)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__model_commands" \
"*::: :->model" \
&& ret=0

    case $state in
    (model)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-model-command-$line[1]:"
        case $line[1] in
            (register)
_arguments "${_arguments_options[@]}" : \
'--signature=[Read the signature from FILE\: JSON or YAML with \`inputs\`, \`outputs\`, \`params\` as in \`MLmodel\`]:FILE:_files' \
'--run=[Say which run made it, where SOURCE does not]:RUN:_default' \
'*-t+[Set a tag of the version]:KEY=VALUE:_default' \
'*--tag=[Set a tag of the version]:KEY=VALUE:_default' \
'*--alias=[Let an alias mean the version]:ALIAS:_default' \
'--description=[Describe the version]:TEXT:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--again[Give it a number even if the latest version has the same content]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The model; it is made where it is not there:_default' \
':source -- A file, a folder, or `RUN\:PATH` in the artifacts of a run:_default' \
&& ret=0
;;
(export)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':version -- The version\: `iris@v3`, `iris@champion`, or `iris` for the latest:_default' \
':to -- A folder that is empty or not there:_files' \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
'-t+[The name that the image gets; the tag is \`latest\` where none is given]:REF:_default' \
'--tag=[The name that the image gets; the tag is \`latest\` where none is given]:REF:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':version -- The version\: `iris@v3`, `iris@champion`, or `iris` for the latest:_default' \
&& ret=0
;;
(promote)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':version -- The version\: `iris@v3`, or `iris@staging` for what another alias means:_default' \
':alias:_default' \
&& ret=0
;;
(rollback)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':alias -- The alias\: `iris@champion`:_default' \
&& ret=0
;;
(alias)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':version -- The version\: `iris@v3`:_default' \
':alias:_default' \
&& ret=0
;;
(unalias)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':version -- The alias, `iris@champion`, or the model alone:_default' \
'::alias -- The alias, where it does not stand behind the name:_default' \
&& ret=0
;;
(tag)
_arguments "${_arguments_options[@]}" : \
'*--untag=[Take a tag off]:KEY:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A model, `iris`, or a version, `iris@v3`:_default' \
'*::tags -- The tags:_default' \
&& ret=0
;;
(describe)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A model, `iris`, or a version, `iris@v3`:_default' \
':text:_default' \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A model, `iris`, or a version, `iris@v3`:_default' \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':old:_default' \
':new:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__model__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-model-help-command-$line[1]:"
        case $line[1] in
            (register)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(export)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(promote)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rollback)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(alias)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unalias)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(tag)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(describe)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(models)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'()--prompts[List prompts, which MLflow keeps beside the models]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- List the versions of this model:_default' \
&& ret=0
;;
(pause)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(plot)
_arguments "${_arguments_options[@]}" : \
'*-m+[Draw this metric, or all that match it\: \`val_*\`]:METRIC:_default' \
'*--metric=[Draw this metric, or all that match it\: \`val_*\`]:METRIC:_default' \
'-o+[Write a picture instead\: FILE.svg or FILE.png; \`-\` writes SVG to stdout]:FILE:_files' \
'--output=[Write a picture instead\: FILE.svg or FILE.png; \`-\` writes SVG to stdout]:FILE:_files' \
'--x=[What lies along the horizontal axis]:ACROSS:((step\:"The step that each point was logged with"
time\:"Time since the run began"
wall\:"Date and time of day, UTC"))' \
'--smooth=[Draw a moving average\: 0 is none, 0.99 very smooth]:WEIGHT:_default' \
'--title=[What stands above the picture]:TITLE:_default' \
'--width=[Width of the picture in pixels, or of the drawing in columns]:WIDTH:_default' \
'--height=[Height of the picture in pixels, or of each panel in rows]:HEIGHT:_default' \
'--scale=[Pixels of a PNG for each unit of its size \[default\: 2 without --width and --height, else 1\]]:FACTOR:_default' \
'--theme=[The page that a picture is for; a PNG cannot be both]:THEME:(auto light dark)' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--log-x[Make the horizontal axis logarithmic]' \
'--log-y[Make the vertical axes logarithmic]' \
'--overlay[Draw all metrics into one panel]' \
'--ascii[Draw with plain letters instead of braille]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::runs -- The runs\: ids, names, `@` for the last, `@~1` for the one before:_default' \
&& ret=0
;;
(predict)
_arguments "${_arguments_options[@]}" : \
'-i+[Rows\: FILE.csv, .json, .jsonl or .parquet; \`-\` for stdin]:FILE:_files' \
'--input=[Rows\: FILE.csv, .json, .jsonl or .parquet; \`-\` for stdin]:FILE:_files' \
'--as=[What the input is, where its name does not say]:KIND:(csv json jsonl parquet)' \
'-o+[Where predictions go\: FILE.csv, .json or .jsonl; \`-\` for stdout]:FILE:_files' \
'--output=[Where predictions go\: FILE.csv, .json or .jsonl; \`-\` for stdout]:FILE:_files' \
'--engine=[What runs models that need no Python]:ENGINE:((auto\:"The first that knows all of the model"
native\:"Our own, for trees, linear models and what stands before them"
rten\:"Neural networks, by an engine that is in this program"
ort\:"ONNX Runtime, where its library is found"))' \
'--env=[Which interpreter runs models in Python\: one with what the model requires, made by uv or venv and kept, or the present \`python3\`]:WHICH:((auto\:"One for the model where it says what it requires"
local\:"The present one"
uv\:""
venv\:""))' \
'--workers=[Threads that serve, and processes of each model in Python and of each neural network \[default\: 2, and 1 where there is one processor\]]:COUNT:_default' \
'--timeout=[How long one answer may take, in seconds]:SECONDS:_default' \
'--worker-memory=[How much memory each process of a model may have, in MiB \[default\: three quarters of all for a neural network\]]:MIB:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--allow-pickle[Load models that hold pickles, which run whatever code is in them]' \
'--sandbox[Run models in Python in containers that see their packages and the model alone, and have no network; no package is built from source]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':model -- A version\: `iris@v3`, `iris@champion`, or `iris` for the latest:_default' \
&& ret=0
;;
(port)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
'::port -- One of its ports, as `80` or `53/udp`:_default' \
&& ret=0
;;
(ps)
_arguments "${_arguments_options[@]}" : \
'-n+[List the youngest, whether they run or not]:NUMBER:_default' \
'--last=[List the youngest, whether they run or not]:NUMBER:_default' \
'*-f+[Only those for which this holds\: name=, id=, status=, label=KEY\[=VALUE\], ancestor=IMAGE, exited=CODE]:KEY=VALUE:_default' \
'*--filter=[Only those for which this holds\: name=, id=, status=, label=KEY\[=VALUE\], ancestor=IMAGE, exited=CODE]:KEY=VALUE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-a[List those that do not run, too]' \
'--all[List those that do not run, too]' \
'--no-trunc[Show ids and commands in full]' \
'-l[List the youngest alone]' \
'--latest[List the youngest alone]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(pull)
_arguments "${_arguments_options[@]}" : \
'--platform=[Get the image for this machine, as in \`linux/arm64\`]:PLATFORM:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--all[Get the build cache too]' \
'--prune[Forget what was seen there and is gone]' \
'--force[Believe the other store where it has gone back or changed what may not change]' \
'--trust-owner[Take content from a store that belongs to another user]' \
'--dry-run[Show what would be done and change nothing]' \
'--all-platforms[Get the images for all machines]' \
'--allow-foreign-urls[Fetch layers from where the manifest says that they are, outside of the registry]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::remote -- A remote; `origin` if left out:_default' \
'*::refs -- Runs, refs, folders of refs, or globs over them:_default' \
&& ret=0
;;
(push)
_arguments "${_arguments_options[@]}" : \
'--compression=[Compress the layers of an image that were made here in this way; zstd if left out]:HOW:(zstd gzip none)' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--all[Send the build cache too]' \
'--prune[Remove there what is gone here, if it is as it was last seen]' \
'--force-with-lease[Replace what is there, if it is as it was last seen]' \
'--trust-owner[Take content from a store that belongs to another user]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::remote -- A remote, or the path of a store; `origin` if left out:_default' \
'*::refs -- Runs, refs, folders of refs, or globs over them:_default' \
&& ret=0
;;
(quickstart)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::folder -- The folder to work in; it must be new or empty:_files' \
&& ret=0
;;
(remote)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__remote_commands" \
"*::: :->remote" \
&& ret=0

    case $state in
    (remote)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-remote-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
':url:_default' \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
':new:_default' \
&& ret=0
;;
(set-url)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
':url:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__remote__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-remote-help-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(set-url)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(rename)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
':new -- What it is to be called:_default' \
&& ret=0
;;
(restart)
_arguments "${_arguments_options[@]}" : \
'-t+[Seconds until what does not end is killed; -1 for never]:SECONDS:_default' \
'--time=[Seconds until what does not end is killed; -1 for never]:SECONDS:_default' \
'-s+[The signal that asks it]:SIGNAL:_default' \
'--signal=[The signal that asks it]:SIGNAL:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[End those that run; what is not there is no failure]' \
'--force[End those that run; what is not there is no failure]' \
'-v[Remove the volumes that have no name, too]' \
'--volumes[Remove the volumes that have no name, too]' \
'*--verbose[Say more; twice for even more]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(rmi)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[Remove an image with all of its names; what is not there is no failure]' \
'--force[Remove an image with all of its names; what is not there is no failure]' \
'--no-prune[As Docker has it; nothing else is ever removed here]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Images by name, id or digest:_default' \
&& ret=0
;;
(run)
_arguments "${_arguments_options[@]}" : \
'--name=[Name the container]:NAME:_default' \
'--entrypoint=[Run this program in place of the image'\''s entry point]:PROGRAM:_default' \
'*-e+[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env=[Set a variable; a name alone takes its value from here]:NAME[=VALUE]:_default' \
'*--env-file=[Set the variables of a file, one a line]:FILE:_files' \
'*-v+[Show a folder or a volume inside\: SOURCE\:TARGET\[\:ro\]]:SOURCE:TARGET:_default' \
'*--volume=[Show a folder or a volume inside\: SOURCE\:TARGET\[\:ro\]]:SOURCE:TARGET:_default' \
'*--mount=[The same in words\: type=bind,source=DIR,target=DIR\[,readonly\]]:FIELDS:_default' \
'*--tmpfs=[Show an empty folder in memory\: TARGET\[\:size=64m,mode=1777\]]:TARGET:_default' \
'-w+[Begin in this folder]:DIR:_default' \
'--workdir=[Begin in this folder]:DIR:_default' \
'-u+[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'--user=[Run as this user\: name or number, with \`\:group\`]:USER:_default' \
'*--group-add=[Be in this group, too]:GROUP:_default' \
'--hostname=[Name the machine that it seems to be]:NAME:_default' \
'*--add-host=[Add a line to /etc/hosts\: NAME\:ADDRESS, where \`host-gateway\` is this machine]:NAME:ADDRESS:_default' \
'*--dns=[Ask this name server]:ADDRESS:_default' \
'--network=[The network\: \`private\`, \`host\` or \`none\`]:NETWORK:_default' \
'*-p+[Publish a port\: \[\[IP\:\]HOST\:\]CONTAINER\[/udp\]]:PORT:_default' \
'*--publish=[Publish a port\: \[\[IP\:\]HOST\:\]CONTAINER\[/udp\]]:PORT:_default' \
'*--device=[Give it a device\: HOST\[\:INSIDE\[\:rwm\]\], or one by name as vendor.com/class=name]:DEVICE:_default' \
'--gpus=[Give it GPUs\: \`all\`, how many, or \`device=0,1\`]:GPUS:_default' \
'--shm-size=[Bytes in /dev/shm, as \`64m\`]:BYTES:_default' \
'--ipc=[Shared memory and queues\: \`private\`, or the host'\''s\: \`host\`]:WHOSE:_default' \
'-m+[Bytes of memory, as \`512m\`]:BYTES:_default' \
'--memory=[Bytes of memory, as \`512m\`]:BYTES:_default' \
'--memory-swap=[Bytes of memory and swap together; -1 for no limit]:BYTES:_default' \
'--cpus=[Processors, as \`1.5\`]:NUMBER:_default' \
'--cpuset-cpus=[The processors that it may run on, as \`0-3,5\`]:LIST:_default' \
'--pids-limit=[Processes and threads]:NUMBER:_default' \
'*--ulimit=[A limit of the shell'\''s\: nofile=1024\:2048; never more than there is here]:NAME=SOFT[:HARD]:_default' \
'--oom-score-adj=[How soon it is killed for want of memory, from -1000 to 1000]:NUMBER:_default' \
'*--cap-add=[Give it a right, as \`NET_ADMIN\`, or \`ALL\`]:RIGHT:_default' \
'*--cap-drop=[Take a right away, or \`ALL\`]:RIGHT:_default' \
'*--security-opt=[no-new-privileges, seccomp=unconfined, or seccomp=FILE with a profile in Docker'\''s form]:OPTION:_default' \
'*-l+[Set a label]:KEY[=VALUE]:_default' \
'*--label=[Set a label]:KEY[=VALUE]:_default' \
'--restart=[Start it anew when it ends\: no, on-failure\[\:N\], always or unless-stopped]:WHEN:_default' \
'--stop-signal=[The signal that asks it to end \[default\: TERM\]]:SIGNAL:_default' \
'--stop-timeout=[Seconds until what does not end is killed; -1 for never \[default\: 10\]]:SECONDS:_default' \
'--log-driver=[Where the log goes\: \`local\` or \`none\`]:DRIVER:_default' \
'*--log-opt=[How much of the log is kept\: max-size=16m, max-file=2]:OPTION:_default' \
'--cidfile=[Write the container'\''s id to a file that is not there yet]:FILE:_files' \
'--pull=[Get the image\: \`missing\`, \`always\` or \`never\`]:WHEN:_default' \
'--platform=[Use the image for this machine, as \`linux/arm64\`]:PLATFORM:_default' \
'--detach-keys=[The keys that leave it, as \`ctrl-p,ctrl-q\`]:KEYS:_default' \
'--sig-proxy=[Pass signals on to the command]::YES:(true false)' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-i[Let the command read what is typed here]' \
'--interactive[Let the command read what is typed here]' \
'-t[Give it a terminal]' \
'--tty[Give it a terminal]' \
'--rm[Remove the container when it has ended]' \
'-P[Publish every port that the image exposes, wherever one is free]' \
'--publish-all[Publish every port that the image exposes, wherever one is free]' \
'--init[Have a process 1 that looks after others]' \
'--read-only[Forbid changes to its files, but in volumes]' \
'--privileged[Give it all rights]' \
'--for-run[Run a command of \`commit-run\`\: with what its variables name]' \
'*--verbose[Say more; twice for even more]' \
'-d[Leave it running in the background, and print its id]' \
'--detach[Leave it running in the background, and print its id]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':image -- The image\: a name, or the beginning of its id:_default' \
'*::command -- The command and its arguments, instead of the image'\''s own:_default' \
&& ret=0
;;
(run-edit)
_arguments "${_arguments_options[@]}" : \
'-n+[Give it this name]:NAME:_default' \
'--name=[Give it this name]:NAME:_default' \
'*-t+[Set a tag]:KEY=VALUE:_default' \
'*--tag=[Set a tag]:KEY=VALUE:_default' \
'*--untag=[Take a tag off]:KEY:_default' \
'--note=[Set its note; an empty text takes the note off]:TEXT:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':run -- The run\: the beginning of its id, its name, `@` for the last one:_default' \
&& ret=0
;;
(run-restore)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::runs -- The runs\: beginnings of ids or names:_default' \
&& ret=0
;;
(run-rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::runs -- The runs\: beginnings of ids, names, `@` for the last one:_default' \
&& ret=0
;;
(runs)
_arguments "${_arguments_options[@]}" : \
'*-e+[Only runs of this experiment, by name or id; several where repeated]:NAME:_default' \
'*--experiment=[Only runs of this experiment, by name or id; several where repeated]:NAME:_default' \
'*--sort=[Sort by these first, for instance \`metrics.acc desc, params.lr\`]:FIELDS:_default' \
'-n+[At most so many runs \[default\: 100 in a table, else all\]]:COUNT:_default' \
'--limit=[At most so many runs \[default\: 100 in a table, else all\]]:COUNT:_default' \
'--columns=[The columns of a table or csv, for instance \`id,name,acc,params.lr\`]:NAMES:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--deleted[List the runs that were removed instead]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::filter -- Which runs, for instance `metrics.acc > 0.9 and status = '\''FINISHED'\''`:_default' \
&& ret=0
;;
(save)
_arguments "${_arguments_options[@]}" : \
'-o+[Write to FILE, or into this folder, rather than to standard output]:FILE:_files' \
'--output=[Write to FILE, or into this folder, rather than to standard output]:FILE:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::images -- Images by name, id or digest:_default' \
&& ret=0
;;
(serve)
_arguments "${_arguments_options[@]}" : \
'--host=[Address to listen on]:ADDRESS:_default' \
'--port=[Port to listen on; 0 takes any that is free]:PORT:_default' \
'(--host --port)--unix=[Listen on a Unix socket at PATH instead]:PATH:_files' \
'--engine=[What runs models that need no Python]:ENGINE:((auto\:"The first that knows all of the model"
native\:"Our own, for trees, linear models and what stands before them"
rten\:"Neural networks, by an engine that is in this program"
ort\:"ONNX Runtime, where its library is found"))' \
'--env=[Which interpreter runs models in Python\: one with what the model requires, made by uv or venv and kept, or the present \`python3\`]:WHICH:((auto\:"One for the model where it says what it requires"
local\:"The present one"
uv\:""
venv\:""))' \
'--workers=[Threads that serve, and processes of each model in Python and of each neural network \[default\: 2, and 1 where there is one processor\]]:COUNT:_default' \
'--timeout=[How long one answer may take, in seconds]:SECONDS:_default' \
'--worker-memory=[How much memory each process of a model may have, in MiB \[default\: three quarters of all for a neural network\]]:MIB:_default' \
'*--canary=[Let another version answer PERCENT of its model'\''s requests; repeat for other models]:MODEL=PERCENT:_default' \
'*--shadow=[Ask another version too, count in \`/metrics\` whether it answers the same, and give its answers to nobody]:MODEL:_default' \
'--max-batch=[Ask a model for up to so many rows of several requests at once; not for one whose answers take next to no time]:ROWS:_default' \
'--max-delay=[How long the first request of a batch waits for others, in milliseconds]:MS:_default' \
'--token-file=[Ask every client for a token, one of the lines of FILE]:FILE:_files' \
'--tls-cert=[Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes]:FILE:_files' \
'--tls-key=[The key of the certificate, as PEM]:FILE:_files' \
'*--allow-host=[A name that clients on this machine know the server by, beside \`localhost\`; repeat for more]:NAME:_default' \
'--max-body=[No body of a request is longer, in MiB]:MIB:_default' \
'--access-log=[Append a line of JSON for each request to FILE; with \`-v\` they go to stderr]:FILE:_files' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'(--unix --tls-cert)--probe[Serve nothing\: ask the server at this port whether it is ready, for a health check]' \
'--allow-pickle[Load models that hold pickles, which run whatever code is in them]' \
'--sandbox[Run models in Python in containers that see their packages and the model alone, and have no network; no package is built from source]' \
'--follow[Let the version take over that an alias comes to mean, or that is registered where no version is named]' \
'(--token-file)--insecure[Listen on other addresses than loopback without asking for tokens]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::models -- A version\: `iris@v3`, `iris@champion`, or `iris` for the latest:_default' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':thing -- A run, a version such as `iris@v3`, an image, a ref, an object, or a path in one\: `RUN\:PATH`:_default' \
&& ret=0
;;
(start)
_arguments "${_arguments_options[@]}" : \
'--detach-keys=[The keys that leave it, as \`ctrl-p,ctrl-q\`]:KEYS:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'()--all[Start every container that does not run and whose \`--restart\` says so]' \
'-a[See what it writes, and end as it ends]' \
'--attach[See what it writes, and end as it ends]' \
'-i[Let it read what is typed here]' \
'--interactive[Let it read what is typed here]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(stats)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--no-stream[Measure once and end]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id; all that run where none is named:_default' \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(stop)
_arguments "${_arguments_options[@]}" : \
'-t+[Seconds until what does not end is killed; -1 for never]:SECONDS:_default' \
'--time=[Seconds until what does not end is killed; -1 for never]:SECONDS:_default' \
'-s+[The signal that asks it]:SIGNAL:_default' \
'--signal=[The signal that asks it]:SIGNAL:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(tag)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':image -- An image by name, id or digest:_default' \
':name -- The name that it gets; the tag is `latest` where none is given:_default' \
&& ret=0
;;
(token)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__token_commands" \
"*::: :->token" \
&& ret=0

    case $state in
    (token)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-token-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
'--right=[What it gives\: read; write, with what read gives; admin, with everything]:RIGHT:(read write admin)' \
'*--only=[Limit it to names, such as \`models/iris*\`, \`experiments/churn\` or \`images/team/*\`; may be repeated]:GLOB:_default' \
'--expires=[Refuse it after this time, such as \`90d\` or \`12h\`]:TIME:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__token__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-token-help-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(top)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The container, by name or id:_default' \
&& ret=0
;;
(undo)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::operation -- The operation\: its number, or the beginning of its id; the last one if left out:_default' \
&& ret=0
;;
(unpause)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(volume)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_mls__subcmd__volume_commands" \
"*::: :->volume" \
&& ret=0

    case $state in
    (volume)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-volume-command-$line[1]:"
        case $line[1] in
            (create)
_arguments "${_arguments_options[@]}" : \
'*-l+[Set a label]:KEY[=VALUE]:_default' \
'*--label=[Set a label]:KEY[=VALUE]:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- Its name; made up where none is given:_default' \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
'*-f+[Only those for which this holds\: name=, label=KEY\[=VALUE\], dangling=true]:KEY=VALUE:_default' \
'*--filter=[Only those for which this holds\: name=, label=KEY\[=VALUE\], dangling=true]:KEY=VALUE:_default' \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Volumes by name:_default' \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-f[What is not there is no failure]' \
'--force[What is not there is no failure]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Volumes by name:_default' \
&& ret=0
;;
(prune)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'-a[Those with a name, too]' \
'--all[Those with a name, too]' \
'-f[As Docker has it; nothing is asked here]' \
'--force[As Docker has it; nothing is asked here]' \
'--dry-run[Show what would be done and change nothing]' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__volume__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-volume-help-command-$line[1]:"
        case $line[1] in
            (create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(prune)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(wait)
_arguments "${_arguments_options[@]}" : \
'-C+[Run as if started in DIR]:DIR:_files' \
'*-c+[Set one setting for this call]:KEY=VALUE:_default' \
'--store=[Use this store\: the \`.mlstore\` folder or the one that holds it \[env\: MLS_STORE\]]:DIR:_files' \
'--format=[Say the answer in this form]:FORMAT:((table\:"Text for a person"
json\:"One JSON document"
jsonl\:"One JSON document per line"
csv\:"Comma-separated values, for listings"))' \
'--color=[Use colours \[env\: NO_COLOR, CLICOLOR_FORCE\]]:WHEN:(auto always never)' \
'--progress=[Show how far long work is\: bars on a terminal, lines, or nothing]:HOW:(auto plain none)' \
'*-q[Say only what was asked for]' \
'*--quiet[Say only what was asked for]' \
'*-v[Say more; twice for even more]' \
'*--verbose[Say more; twice for even more]' \
'-y[Answer every question with yes]' \
'--yes[Answer every question with yes]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- Containers by name or id:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-command-$line[1]:"
        case $line[1] in
            (attach)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(build)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(cat-file)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(checkout)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(clone)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(commit)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(commit-run)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(config)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__config_commands" \
"*::: :->config" \
&& ret=0

    case $state in
    (config)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-config-command-$line[1]:"
        case $line[1] in
            (get)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(set)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unset)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(copy)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(container)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__container_commands" \
"*::: :->container" \
&& ret=0

    case $state in
    (container)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-container-command-$line[1]:"
        case $line[1] in
            (prune)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(cp)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(diff-runs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(du)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(events)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(exec)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(experiments)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__experiments_commands" \
"*::: :->experiments" \
&& ret=0

    case $state in
    (experiments)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-experiments-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(export)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__export_commands" \
"*::: :->export" \
&& ret=0

    case $state in
    (export)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-export-command-$line[1]:"
        case $line[1] in
            (container)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(runs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(fetch)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(fsck)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(gc)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(hash)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(history)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(hub)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(images)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__import_commands" \
"*::: :->import" \
&& ret=0

    case $state in
    (import)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-import-command-$line[1]:"
        case $line[1] in
            (mlflow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(kill)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(lineage)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(load)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(log)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(login)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(logout)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(logs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls-remote)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(model)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__model_commands" \
"*::: :->model" \
&& ret=0

    case $state in
    (model)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-model-command-$line[1]:"
        case $line[1] in
            (register)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(export)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(image)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(promote)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rollback)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(alias)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unalias)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(tag)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(describe)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(models)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(pause)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(plot)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(predict)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(port)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ps)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(pull)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(push)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(quickstart)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remote)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__remote_commands" \
"*::: :->remote" \
&& ret=0

    case $state in
    (remote)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-remote-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(set-url)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(rename)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(restart)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rmi)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(run)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(run-edit)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(run-restore)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(run-rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(runs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(save)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(serve)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(start)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(stats)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(stop)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(tag)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(token)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__token_commands" \
"*::: :->token" \
&& ret=0

    case $state in
    (token)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-token-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(top)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(undo)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unpause)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(volume)
_arguments "${_arguments_options[@]}" : \
":: :_mls__subcmd__help__subcmd__volume_commands" \
"*::: :->volume" \
&& ret=0

    case $state in
    (volume)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:mls-help-volume-command-$line[1]:"
        case $line[1] in
            (create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rm)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(prune)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(wait)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_mls_commands] )) ||
_mls_commands() {
    local commands; commands=(
'attach:Be at a container that runs\: see what it writes, type what it reads' \
'build:Build an image from a Dockerfile' \
'cat-file:Print an object' \
'checkout:Write files out of the store' \
'clone:Make a store that has what another one has' \
'commit:Make an image of a container' \
'commit-run:Record a run' \
'completions:Print the completions of a shell' \
'config:Read and change settings' \
'copy:Copy an image from one registry, layout or archive to another' \
'container:Do something with all containers' \
'cp:Copy files into a container or out of it' \
'create:Make a container without starting it' \
'diff:Show how two things of one kind differ, or what a container has changed' \
'diff-runs:Compare two and more runs' \
'doctor:Show what this machine can do' \
'du:Show how much room things take, and what is saved' \
'events:Show what happens to containers' \
'exec:Run another command in a container that runs' \
'experiments:List, make, rename and remove experiments' \
'export:Write what the store knows as files for other programs' \
'fetch:Get what is new in another store, and change nothing here' \
'fsck:Look for damage' \
'gc:Remove content that nothing leads to' \
'hash:Print the BLAKE3 of files' \
'history:Show which line made which layer of an image' \
'hub:Serve the store to a team\: MLflow'\''s tracking API on one address' \
'images:List images' \
'import:Bring in what other tools have recorded' \
'init:Make a store' \
'inspect:Show all that is known of images and containers, as Docker'\''s JSON array' \
'kill:Send a signal to the first process of containers' \
'lineage:Show what a model, a run or an image came from' \
'load:Load images from a file that Docker, podman or skopeo has written' \
'log:Show who changed what, and when' \
'login:Keep the login for a registry, or the token for a hub' \
'logout:Forget the login for a registry or a hub' \
'logs:Show what a container has written' \
'ls:List a folder in the store' \
'ls-remote:List the refs of another store' \
'man:Write the manual pages' \
'model:Register, name, describe, export and remove models and their versions' \
'models:List models, or the versions of one' \
'pause:Hold all processes of containers still' \
'plot:Draw the curves of metrics' \
'predict:Score a file with a model' \
'port:List the published ports of a container' \
'ps:List containers' \
'pull:Get what is new in another store, or an image from a registry' \
'push:Send what is new to another store, or an image to a registry' \
'quickstart:See the main job done on a real data set' \
'remote:Manage the stores that this one knows by a name' \
'rename:Give a container another name' \
'restart:Stop containers and start them again' \
'rm:Remove containers' \
'rmi:Remove names of images' \
'run:Run a command in a new container' \
'run-edit:Change the name, tags and note of a run' \
'run-restore:Bring back runs that were removed' \
'run-rm:Remove runs, so that \`run-restore\` can bring them back' \
'runs:List runs, newest first' \
'save:Write images to a file that Docker, podman and skopeo read' \
'serve:Serve models over HTTP and gRPC, by MLflow'\''s scoring protocol and the Open Inference Protocol' \
'show:Show a run, a version of a model, an image, a ref or an object' \
'start:Start containers that do not run' \
'stats:Show what containers use' \
'status:Show live runs, and what to push and to pull' \
'stop:Stop containers\: ask them to end, and make them after a while' \
'tag:Give an image another name' \
'token:Manage who may use a hub over this store' \
'top:List the processes of a container' \
'undo:Take an operation back' \
'unpause:Let containers go on that were held still' \
'volume:Keep folders that outlive containers' \
'wait:Wait until containers end, and print their exit codes' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls commands' commands "$@"
}
(( $+functions[_mls__subcmd__attach_commands] )) ||
_mls__subcmd__attach_commands() {
    local commands; commands=()
    _describe -t commands 'mls attach commands' commands "$@"
}
(( $+functions[_mls__subcmd__build_commands] )) ||
_mls__subcmd__build_commands() {
    local commands; commands=()
    _describe -t commands 'mls build commands' commands "$@"
}
(( $+functions[_mls__subcmd__cat-file_commands] )) ||
_mls__subcmd__cat-file_commands() {
    local commands; commands=()
    _describe -t commands 'mls cat-file commands' commands "$@"
}
(( $+functions[_mls__subcmd__checkout_commands] )) ||
_mls__subcmd__checkout_commands() {
    local commands; commands=()
    _describe -t commands 'mls checkout commands' commands "$@"
}
(( $+functions[_mls__subcmd__clone_commands] )) ||
_mls__subcmd__clone_commands() {
    local commands; commands=()
    _describe -t commands 'mls clone commands' commands "$@"
}
(( $+functions[_mls__subcmd__commit_commands] )) ||
_mls__subcmd__commit_commands() {
    local commands; commands=()
    _describe -t commands 'mls commit commands' commands "$@"
}
(( $+functions[_mls__subcmd__commit-run_commands] )) ||
_mls__subcmd__commit-run_commands() {
    local commands; commands=()
    _describe -t commands 'mls commit-run commands' commands "$@"
}
(( $+functions[_mls__subcmd__completions_commands] )) ||
_mls__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'mls completions commands' commands "$@"
}
(( $+functions[_mls__subcmd__config_commands] )) ||
_mls__subcmd__config_commands() {
    local commands; commands=(
'get:Print the value of a setting' \
'set:Set a setting in the store, or for the user' \
'unset:Give a setting back its default' \
'list:List all settings with their values' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls config commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__get_commands] )) ||
_mls__subcmd__config__subcmd__get_commands() {
    local commands; commands=()
    _describe -t commands 'mls config get commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help_commands] )) ||
_mls__subcmd__config__subcmd__help_commands() {
    local commands; commands=(
'get:Print the value of a setting' \
'set:Set a setting in the store, or for the user' \
'unset:Give a setting back its default' \
'list:List all settings with their values' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls config help commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help__subcmd__get_commands] )) ||
_mls__subcmd__config__subcmd__help__subcmd__get_commands() {
    local commands; commands=()
    _describe -t commands 'mls config help get commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__config__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls config help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help__subcmd__list_commands] )) ||
_mls__subcmd__config__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls config help list commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help__subcmd__set_commands] )) ||
_mls__subcmd__config__subcmd__help__subcmd__set_commands() {
    local commands; commands=()
    _describe -t commands 'mls config help set commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__help__subcmd__unset_commands] )) ||
_mls__subcmd__config__subcmd__help__subcmd__unset_commands() {
    local commands; commands=()
    _describe -t commands 'mls config help unset commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__list_commands] )) ||
_mls__subcmd__config__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls config list commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__set_commands] )) ||
_mls__subcmd__config__subcmd__set_commands() {
    local commands; commands=()
    _describe -t commands 'mls config set commands' commands "$@"
}
(( $+functions[_mls__subcmd__config__subcmd__unset_commands] )) ||
_mls__subcmd__config__subcmd__unset_commands() {
    local commands; commands=()
    _describe -t commands 'mls config unset commands' commands "$@"
}
(( $+functions[_mls__subcmd__container_commands] )) ||
_mls__subcmd__container_commands() {
    local commands; commands=(
'prune:Remove all containers that do not run' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls container commands' commands "$@"
}
(( $+functions[_mls__subcmd__container__subcmd__help_commands] )) ||
_mls__subcmd__container__subcmd__help_commands() {
    local commands; commands=(
'prune:Remove all containers that do not run' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls container help commands' commands "$@"
}
(( $+functions[_mls__subcmd__container__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__container__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls container help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__container__subcmd__help__subcmd__prune_commands] )) ||
_mls__subcmd__container__subcmd__help__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls container help prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__container__subcmd__prune_commands] )) ||
_mls__subcmd__container__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls container prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__copy_commands] )) ||
_mls__subcmd__copy_commands() {
    local commands; commands=()
    _describe -t commands 'mls copy commands' commands "$@"
}
(( $+functions[_mls__subcmd__cp_commands] )) ||
_mls__subcmd__cp_commands() {
    local commands; commands=()
    _describe -t commands 'mls cp commands' commands "$@"
}
(( $+functions[_mls__subcmd__create_commands] )) ||
_mls__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls create commands' commands "$@"
}
(( $+functions[_mls__subcmd__diff_commands] )) ||
_mls__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'mls diff commands' commands "$@"
}
(( $+functions[_mls__subcmd__diff-runs_commands] )) ||
_mls__subcmd__diff-runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls diff-runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__doctor_commands] )) ||
_mls__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'mls doctor commands' commands "$@"
}
(( $+functions[_mls__subcmd__du_commands] )) ||
_mls__subcmd__du_commands() {
    local commands; commands=()
    _describe -t commands 'mls du commands' commands "$@"
}
(( $+functions[_mls__subcmd__events_commands] )) ||
_mls__subcmd__events_commands() {
    local commands; commands=()
    _describe -t commands 'mls events commands' commands "$@"
}
(( $+functions[_mls__subcmd__exec_commands] )) ||
_mls__subcmd__exec_commands() {
    local commands; commands=()
    _describe -t commands 'mls exec commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments_commands] )) ||
_mls__subcmd__experiments_commands() {
    local commands; commands=(
'list:List the experiments' \
'create:Make an experiment' \
'rename:Rename an experiment' \
'rm:Remove an experiment with its runs, so that it can be restored' \
'restore:Bring an experiment back' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls experiments commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__create_commands] )) ||
_mls__subcmd__experiments__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments create commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help_commands] )) ||
_mls__subcmd__experiments__subcmd__help_commands() {
    local commands; commands=(
'list:List the experiments' \
'create:Make an experiment' \
'rename:Rename an experiment' \
'rm:Remove an experiment with its runs, so that it can be restored' \
'restore:Bring an experiment back' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls experiments help commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__create_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help create commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__list_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help list commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__rename_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__restore_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help restore commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__help__subcmd__rm_commands] )) ||
_mls__subcmd__experiments__subcmd__help__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments help rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__list_commands] )) ||
_mls__subcmd__experiments__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments list commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__rename_commands] )) ||
_mls__subcmd__experiments__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__restore_commands] )) ||
_mls__subcmd__experiments__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments restore commands' commands "$@"
}
(( $+functions[_mls__subcmd__experiments__subcmd__rm_commands] )) ||
_mls__subcmd__experiments__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls experiments rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__export_commands] )) ||
_mls__subcmd__export_commands() {
    local commands; commands=(
'container:Write the files of a container as a tar' \
'runs:Write runs as csv, json, jsonl or parquet, or as a folder of MLflow' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls export commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__container_commands] )) ||
_mls__subcmd__export__subcmd__container_commands() {
    local commands; commands=()
    _describe -t commands 'mls export container commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__help_commands] )) ||
_mls__subcmd__export__subcmd__help_commands() {
    local commands; commands=(
'container:Write the files of a container as a tar' \
'runs:Write runs as csv, json, jsonl or parquet, or as a folder of MLflow' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls export help commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__help__subcmd__container_commands] )) ||
_mls__subcmd__export__subcmd__help__subcmd__container_commands() {
    local commands; commands=()
    _describe -t commands 'mls export help container commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__export__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls export help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__help__subcmd__runs_commands] )) ||
_mls__subcmd__export__subcmd__help__subcmd__runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls export help runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__export__subcmd__runs_commands] )) ||
_mls__subcmd__export__subcmd__runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls export runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__fetch_commands] )) ||
_mls__subcmd__fetch_commands() {
    local commands; commands=()
    _describe -t commands 'mls fetch commands' commands "$@"
}
(( $+functions[_mls__subcmd__fsck_commands] )) ||
_mls__subcmd__fsck_commands() {
    local commands; commands=()
    _describe -t commands 'mls fsck commands' commands "$@"
}
(( $+functions[_mls__subcmd__gc_commands] )) ||
_mls__subcmd__gc_commands() {
    local commands; commands=()
    _describe -t commands 'mls gc commands' commands "$@"
}
(( $+functions[_mls__subcmd__hash_commands] )) ||
_mls__subcmd__hash_commands() {
    local commands; commands=()
    _describe -t commands 'mls hash commands' commands "$@"
}
(( $+functions[_mls__subcmd__help_commands] )) ||
_mls__subcmd__help_commands() {
    local commands; commands=(
'attach:Be at a container that runs\: see what it writes, type what it reads' \
'build:Build an image from a Dockerfile' \
'cat-file:Print an object' \
'checkout:Write files out of the store' \
'clone:Make a store that has what another one has' \
'commit:Make an image of a container' \
'commit-run:Record a run' \
'completions:Print the completions of a shell' \
'config:Read and change settings' \
'copy:Copy an image from one registry, layout or archive to another' \
'container:Do something with all containers' \
'cp:Copy files into a container or out of it' \
'create:Make a container without starting it' \
'diff:Show how two things of one kind differ, or what a container has changed' \
'diff-runs:Compare two and more runs' \
'doctor:Show what this machine can do' \
'du:Show how much room things take, and what is saved' \
'events:Show what happens to containers' \
'exec:Run another command in a container that runs' \
'experiments:List, make, rename and remove experiments' \
'export:Write what the store knows as files for other programs' \
'fetch:Get what is new in another store, and change nothing here' \
'fsck:Look for damage' \
'gc:Remove content that nothing leads to' \
'hash:Print the BLAKE3 of files' \
'history:Show which line made which layer of an image' \
'hub:Serve the store to a team\: MLflow'\''s tracking API on one address' \
'images:List images' \
'import:Bring in what other tools have recorded' \
'init:Make a store' \
'inspect:Show all that is known of images and containers, as Docker'\''s JSON array' \
'kill:Send a signal to the first process of containers' \
'lineage:Show what a model, a run or an image came from' \
'load:Load images from a file that Docker, podman or skopeo has written' \
'log:Show who changed what, and when' \
'login:Keep the login for a registry, or the token for a hub' \
'logout:Forget the login for a registry or a hub' \
'logs:Show what a container has written' \
'ls:List a folder in the store' \
'ls-remote:List the refs of another store' \
'man:Write the manual pages' \
'model:Register, name, describe, export and remove models and their versions' \
'models:List models, or the versions of one' \
'pause:Hold all processes of containers still' \
'plot:Draw the curves of metrics' \
'predict:Score a file with a model' \
'port:List the published ports of a container' \
'ps:List containers' \
'pull:Get what is new in another store, or an image from a registry' \
'push:Send what is new to another store, or an image to a registry' \
'quickstart:See the main job done on a real data set' \
'remote:Manage the stores that this one knows by a name' \
'rename:Give a container another name' \
'restart:Stop containers and start them again' \
'rm:Remove containers' \
'rmi:Remove names of images' \
'run:Run a command in a new container' \
'run-edit:Change the name, tags and note of a run' \
'run-restore:Bring back runs that were removed' \
'run-rm:Remove runs, so that \`run-restore\` can bring them back' \
'runs:List runs, newest first' \
'save:Write images to a file that Docker, podman and skopeo read' \
'serve:Serve models over HTTP and gRPC, by MLflow'\''s scoring protocol and the Open Inference Protocol' \
'show:Show a run, a version of a model, an image, a ref or an object' \
'start:Start containers that do not run' \
'stats:Show what containers use' \
'status:Show live runs, and what to push and to pull' \
'stop:Stop containers\: ask them to end, and make them after a while' \
'tag:Give an image another name' \
'token:Manage who may use a hub over this store' \
'top:List the processes of a container' \
'undo:Take an operation back' \
'unpause:Let containers go on that were held still' \
'volume:Keep folders that outlive containers' \
'wait:Wait until containers end, and print their exit codes' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls help commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__attach_commands] )) ||
_mls__subcmd__help__subcmd__attach_commands() {
    local commands; commands=()
    _describe -t commands 'mls help attach commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__build_commands] )) ||
_mls__subcmd__help__subcmd__build_commands() {
    local commands; commands=()
    _describe -t commands 'mls help build commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__cat-file_commands] )) ||
_mls__subcmd__help__subcmd__cat-file_commands() {
    local commands; commands=()
    _describe -t commands 'mls help cat-file commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__checkout_commands] )) ||
_mls__subcmd__help__subcmd__checkout_commands() {
    local commands; commands=()
    _describe -t commands 'mls help checkout commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__clone_commands] )) ||
_mls__subcmd__help__subcmd__clone_commands() {
    local commands; commands=()
    _describe -t commands 'mls help clone commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__commit_commands] )) ||
_mls__subcmd__help__subcmd__commit_commands() {
    local commands; commands=()
    _describe -t commands 'mls help commit commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__commit-run_commands] )) ||
_mls__subcmd__help__subcmd__commit-run_commands() {
    local commands; commands=()
    _describe -t commands 'mls help commit-run commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__completions_commands] )) ||
_mls__subcmd__help__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'mls help completions commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__config_commands] )) ||
_mls__subcmd__help__subcmd__config_commands() {
    local commands; commands=(
'get:Print the value of a setting' \
'set:Set a setting in the store, or for the user' \
'unset:Give a setting back its default' \
'list:List all settings with their values' \
    )
    _describe -t commands 'mls help config commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__config__subcmd__get_commands] )) ||
_mls__subcmd__help__subcmd__config__subcmd__get_commands() {
    local commands; commands=()
    _describe -t commands 'mls help config get commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__config__subcmd__list_commands] )) ||
_mls__subcmd__help__subcmd__config__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls help config list commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__config__subcmd__set_commands] )) ||
_mls__subcmd__help__subcmd__config__subcmd__set_commands() {
    local commands; commands=()
    _describe -t commands 'mls help config set commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__config__subcmd__unset_commands] )) ||
_mls__subcmd__help__subcmd__config__subcmd__unset_commands() {
    local commands; commands=()
    _describe -t commands 'mls help config unset commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__container_commands] )) ||
_mls__subcmd__help__subcmd__container_commands() {
    local commands; commands=(
'prune:Remove all containers that do not run' \
    )
    _describe -t commands 'mls help container commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__container__subcmd__prune_commands] )) ||
_mls__subcmd__help__subcmd__container__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls help container prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__copy_commands] )) ||
_mls__subcmd__help__subcmd__copy_commands() {
    local commands; commands=()
    _describe -t commands 'mls help copy commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__cp_commands] )) ||
_mls__subcmd__help__subcmd__cp_commands() {
    local commands; commands=()
    _describe -t commands 'mls help cp commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__create_commands] )) ||
_mls__subcmd__help__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls help create commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__diff_commands] )) ||
_mls__subcmd__help__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'mls help diff commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__diff-runs_commands] )) ||
_mls__subcmd__help__subcmd__diff-runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls help diff-runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__doctor_commands] )) ||
_mls__subcmd__help__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'mls help doctor commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__du_commands] )) ||
_mls__subcmd__help__subcmd__du_commands() {
    local commands; commands=()
    _describe -t commands 'mls help du commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__events_commands] )) ||
_mls__subcmd__help__subcmd__events_commands() {
    local commands; commands=()
    _describe -t commands 'mls help events commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__exec_commands] )) ||
_mls__subcmd__help__subcmd__exec_commands() {
    local commands; commands=()
    _describe -t commands 'mls help exec commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments_commands] )) ||
_mls__subcmd__help__subcmd__experiments_commands() {
    local commands; commands=(
'list:List the experiments' \
'create:Make an experiment' \
'rename:Rename an experiment' \
'rm:Remove an experiment with its runs, so that it can be restored' \
'restore:Bring an experiment back' \
    )
    _describe -t commands 'mls help experiments commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments__subcmd__create_commands] )) ||
_mls__subcmd__help__subcmd__experiments__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls help experiments create commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments__subcmd__list_commands] )) ||
_mls__subcmd__help__subcmd__experiments__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls help experiments list commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments__subcmd__rename_commands] )) ||
_mls__subcmd__help__subcmd__experiments__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls help experiments rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments__subcmd__restore_commands] )) ||
_mls__subcmd__help__subcmd__experiments__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'mls help experiments restore commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__experiments__subcmd__rm_commands] )) ||
_mls__subcmd__help__subcmd__experiments__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help experiments rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__export_commands] )) ||
_mls__subcmd__help__subcmd__export_commands() {
    local commands; commands=(
'container:Write the files of a container as a tar' \
'runs:Write runs as csv, json, jsonl or parquet, or as a folder of MLflow' \
    )
    _describe -t commands 'mls help export commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__export__subcmd__container_commands] )) ||
_mls__subcmd__help__subcmd__export__subcmd__container_commands() {
    local commands; commands=()
    _describe -t commands 'mls help export container commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__export__subcmd__runs_commands] )) ||
_mls__subcmd__help__subcmd__export__subcmd__runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls help export runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__fetch_commands] )) ||
_mls__subcmd__help__subcmd__fetch_commands() {
    local commands; commands=()
    _describe -t commands 'mls help fetch commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__fsck_commands] )) ||
_mls__subcmd__help__subcmd__fsck_commands() {
    local commands; commands=()
    _describe -t commands 'mls help fsck commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__gc_commands] )) ||
_mls__subcmd__help__subcmd__gc_commands() {
    local commands; commands=()
    _describe -t commands 'mls help gc commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__hash_commands] )) ||
_mls__subcmd__help__subcmd__hash_commands() {
    local commands; commands=()
    _describe -t commands 'mls help hash commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__history_commands] )) ||
_mls__subcmd__help__subcmd__history_commands() {
    local commands; commands=()
    _describe -t commands 'mls help history commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__hub_commands] )) ||
_mls__subcmd__help__subcmd__hub_commands() {
    local commands; commands=()
    _describe -t commands 'mls help hub commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__images_commands] )) ||
_mls__subcmd__help__subcmd__images_commands() {
    local commands; commands=()
    _describe -t commands 'mls help images commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__import_commands] )) ||
_mls__subcmd__help__subcmd__import_commands() {
    local commands; commands=(
'mlflow:Bring in the experiments, runs and models of MLflow' \
'image:Make an image of one layer out of a root file system' \
    )
    _describe -t commands 'mls help import commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__import__subcmd__image_commands] )) ||
_mls__subcmd__help__subcmd__import__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls help import image commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__import__subcmd__mlflow_commands] )) ||
_mls__subcmd__help__subcmd__import__subcmd__mlflow_commands() {
    local commands; commands=()
    _describe -t commands 'mls help import mlflow commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__init_commands] )) ||
_mls__subcmd__help__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'mls help init commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__inspect_commands] )) ||
_mls__subcmd__help__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'mls help inspect commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__kill_commands] )) ||
_mls__subcmd__help__subcmd__kill_commands() {
    local commands; commands=()
    _describe -t commands 'mls help kill commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__lineage_commands] )) ||
_mls__subcmd__help__subcmd__lineage_commands() {
    local commands; commands=()
    _describe -t commands 'mls help lineage commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__load_commands] )) ||
_mls__subcmd__help__subcmd__load_commands() {
    local commands; commands=()
    _describe -t commands 'mls help load commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__log_commands] )) ||
_mls__subcmd__help__subcmd__log_commands() {
    local commands; commands=()
    _describe -t commands 'mls help log commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__login_commands] )) ||
_mls__subcmd__help__subcmd__login_commands() {
    local commands; commands=()
    _describe -t commands 'mls help login commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__logout_commands] )) ||
_mls__subcmd__help__subcmd__logout_commands() {
    local commands; commands=()
    _describe -t commands 'mls help logout commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__logs_commands] )) ||
_mls__subcmd__help__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'mls help logs commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__ls_commands] )) ||
_mls__subcmd__help__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'mls help ls commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__ls-remote_commands] )) ||
_mls__subcmd__help__subcmd__ls-remote_commands() {
    local commands; commands=()
    _describe -t commands 'mls help ls-remote commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__man_commands] )) ||
_mls__subcmd__help__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'mls help man commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model_commands] )) ||
_mls__subcmd__help__subcmd__model_commands() {
    local commands; commands=(
'register:Register a file, a folder or an artifact of a run as the next version of a model' \
'export:Write a version as a folder that MLflow opens' \
'image:Make a container image that serves a version, and holds nothing else' \
'promote:Move an alias to a version; \`mls model rollback\` moves it back' \
'rollback:Let an alias mean what it meant before it was last moved; twice, what it meant before that' \
'alias:Let an alias stand for a version, whatever it stood for before' \
'unalias:Take an alias off' \
'tag:Set tags of a model or a version' \
'describe:Describe a model or a version; an empty text takes the description off' \
'rm:Remove a version, or with \`-y\` a model and all its versions' \
'rename:Give a model another name' \
    )
    _describe -t commands 'mls help model commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__alias_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__alias_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model alias commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__describe_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model describe commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__export_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__export_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model export commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__image_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model image commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__promote_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__promote_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model promote commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__register_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__register_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model register commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__rename_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__rm_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__rollback_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__rollback_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model rollback commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__tag_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model tag commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__model__subcmd__unalias_commands] )) ||
_mls__subcmd__help__subcmd__model__subcmd__unalias_commands() {
    local commands; commands=()
    _describe -t commands 'mls help model unalias commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__models_commands] )) ||
_mls__subcmd__help__subcmd__models_commands() {
    local commands; commands=()
    _describe -t commands 'mls help models commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__pause_commands] )) ||
_mls__subcmd__help__subcmd__pause_commands() {
    local commands; commands=()
    _describe -t commands 'mls help pause commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__plot_commands] )) ||
_mls__subcmd__help__subcmd__plot_commands() {
    local commands; commands=()
    _describe -t commands 'mls help plot commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__port_commands] )) ||
_mls__subcmd__help__subcmd__port_commands() {
    local commands; commands=()
    _describe -t commands 'mls help port commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__predict_commands] )) ||
_mls__subcmd__help__subcmd__predict_commands() {
    local commands; commands=()
    _describe -t commands 'mls help predict commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__ps_commands] )) ||
_mls__subcmd__help__subcmd__ps_commands() {
    local commands; commands=()
    _describe -t commands 'mls help ps commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__pull_commands] )) ||
_mls__subcmd__help__subcmd__pull_commands() {
    local commands; commands=()
    _describe -t commands 'mls help pull commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__push_commands] )) ||
_mls__subcmd__help__subcmd__push_commands() {
    local commands; commands=()
    _describe -t commands 'mls help push commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__quickstart_commands] )) ||
_mls__subcmd__help__subcmd__quickstart_commands() {
    local commands; commands=()
    _describe -t commands 'mls help quickstart commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote_commands] )) ||
_mls__subcmd__help__subcmd__remote_commands() {
    local commands; commands=(
'add:Add a remote' \
'rm:Forget a remote and what was seen there' \
'rename:Give a remote another name' \
'set-url:Give a remote another address' \
'list:List the remotes' \
    )
    _describe -t commands 'mls help remote commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote__subcmd__add_commands] )) ||
_mls__subcmd__help__subcmd__remote__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls help remote add commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote__subcmd__list_commands] )) ||
_mls__subcmd__help__subcmd__remote__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls help remote list commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote__subcmd__rename_commands] )) ||
_mls__subcmd__help__subcmd__remote__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls help remote rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote__subcmd__rm_commands] )) ||
_mls__subcmd__help__subcmd__remote__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help remote rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__remote__subcmd__set-url_commands] )) ||
_mls__subcmd__help__subcmd__remote__subcmd__set-url_commands() {
    local commands; commands=()
    _describe -t commands 'mls help remote set-url commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__rename_commands] )) ||
_mls__subcmd__help__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls help rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__restart_commands] )) ||
_mls__subcmd__help__subcmd__restart_commands() {
    local commands; commands=()
    _describe -t commands 'mls help restart commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__rm_commands] )) ||
_mls__subcmd__help__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__rmi_commands] )) ||
_mls__subcmd__help__subcmd__rmi_commands() {
    local commands; commands=()
    _describe -t commands 'mls help rmi commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__run_commands] )) ||
_mls__subcmd__help__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'mls help run commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__run-edit_commands] )) ||
_mls__subcmd__help__subcmd__run-edit_commands() {
    local commands; commands=()
    _describe -t commands 'mls help run-edit commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__run-restore_commands] )) ||
_mls__subcmd__help__subcmd__run-restore_commands() {
    local commands; commands=()
    _describe -t commands 'mls help run-restore commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__run-rm_commands] )) ||
_mls__subcmd__help__subcmd__run-rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help run-rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__runs_commands] )) ||
_mls__subcmd__help__subcmd__runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls help runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__save_commands] )) ||
_mls__subcmd__help__subcmd__save_commands() {
    local commands; commands=()
    _describe -t commands 'mls help save commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__serve_commands] )) ||
_mls__subcmd__help__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'mls help serve commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__show_commands] )) ||
_mls__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'mls help show commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__start_commands] )) ||
_mls__subcmd__help__subcmd__start_commands() {
    local commands; commands=()
    _describe -t commands 'mls help start commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__stats_commands] )) ||
_mls__subcmd__help__subcmd__stats_commands() {
    local commands; commands=()
    _describe -t commands 'mls help stats commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__status_commands] )) ||
_mls__subcmd__help__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'mls help status commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__stop_commands] )) ||
_mls__subcmd__help__subcmd__stop_commands() {
    local commands; commands=()
    _describe -t commands 'mls help stop commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__tag_commands] )) ||
_mls__subcmd__help__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'mls help tag commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__token_commands] )) ||
_mls__subcmd__help__subcmd__token_commands() {
    local commands; commands=(
'add:Add a token and print it, this once' \
'list:List the tokens, without their secrets' \
'revoke:Refuse a token from now on' \
    )
    _describe -t commands 'mls help token commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__token__subcmd__add_commands] )) ||
_mls__subcmd__help__subcmd__token__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls help token add commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__token__subcmd__list_commands] )) ||
_mls__subcmd__help__subcmd__token__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls help token list commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__token__subcmd__revoke_commands] )) ||
_mls__subcmd__help__subcmd__token__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'mls help token revoke commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__top_commands] )) ||
_mls__subcmd__help__subcmd__top_commands() {
    local commands; commands=()
    _describe -t commands 'mls help top commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__undo_commands] )) ||
_mls__subcmd__help__subcmd__undo_commands() {
    local commands; commands=()
    _describe -t commands 'mls help undo commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__unpause_commands] )) ||
_mls__subcmd__help__subcmd__unpause_commands() {
    local commands; commands=()
    _describe -t commands 'mls help unpause commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume_commands] )) ||
_mls__subcmd__help__subcmd__volume_commands() {
    local commands; commands=(
'create:Make a volume' \
'ls:List volumes' \
'inspect:Show all that is known of volumes, as Docker'\''s JSON array' \
'rm:Remove volumes that no container has' \
'prune:Remove volumes without a name that no container has' \
    )
    _describe -t commands 'mls help volume commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume__subcmd__create_commands] )) ||
_mls__subcmd__help__subcmd__volume__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls help volume create commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume__subcmd__inspect_commands] )) ||
_mls__subcmd__help__subcmd__volume__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'mls help volume inspect commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume__subcmd__ls_commands] )) ||
_mls__subcmd__help__subcmd__volume__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'mls help volume ls commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume__subcmd__prune_commands] )) ||
_mls__subcmd__help__subcmd__volume__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls help volume prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__volume__subcmd__rm_commands] )) ||
_mls__subcmd__help__subcmd__volume__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls help volume rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__help__subcmd__wait_commands] )) ||
_mls__subcmd__help__subcmd__wait_commands() {
    local commands; commands=()
    _describe -t commands 'mls help wait commands' commands "$@"
}
(( $+functions[_mls__subcmd__history_commands] )) ||
_mls__subcmd__history_commands() {
    local commands; commands=()
    _describe -t commands 'mls history commands' commands "$@"
}
(( $+functions[_mls__subcmd__hub_commands] )) ||
_mls__subcmd__hub_commands() {
    local commands; commands=()
    _describe -t commands 'mls hub commands' commands "$@"
}
(( $+functions[_mls__subcmd__images_commands] )) ||
_mls__subcmd__images_commands() {
    local commands; commands=()
    _describe -t commands 'mls images commands' commands "$@"
}
(( $+functions[_mls__subcmd__import_commands] )) ||
_mls__subcmd__import_commands() {
    local commands; commands=(
'mlflow:Bring in the experiments, runs and models of MLflow' \
'image:Make an image of one layer out of a root file system' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls import commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__help_commands] )) ||
_mls__subcmd__import__subcmd__help_commands() {
    local commands; commands=(
'mlflow:Bring in the experiments, runs and models of MLflow' \
'image:Make an image of one layer out of a root file system' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls import help commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__import__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls import help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__help__subcmd__image_commands] )) ||
_mls__subcmd__import__subcmd__help__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls import help image commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__help__subcmd__mlflow_commands] )) ||
_mls__subcmd__import__subcmd__help__subcmd__mlflow_commands() {
    local commands; commands=()
    _describe -t commands 'mls import help mlflow commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__image_commands] )) ||
_mls__subcmd__import__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls import image commands' commands "$@"
}
(( $+functions[_mls__subcmd__import__subcmd__mlflow_commands] )) ||
_mls__subcmd__import__subcmd__mlflow_commands() {
    local commands; commands=()
    _describe -t commands 'mls import mlflow commands' commands "$@"
}
(( $+functions[_mls__subcmd__init_commands] )) ||
_mls__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'mls init commands' commands "$@"
}
(( $+functions[_mls__subcmd__inspect_commands] )) ||
_mls__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'mls inspect commands' commands "$@"
}
(( $+functions[_mls__subcmd__kill_commands] )) ||
_mls__subcmd__kill_commands() {
    local commands; commands=()
    _describe -t commands 'mls kill commands' commands "$@"
}
(( $+functions[_mls__subcmd__lineage_commands] )) ||
_mls__subcmd__lineage_commands() {
    local commands; commands=()
    _describe -t commands 'mls lineage commands' commands "$@"
}
(( $+functions[_mls__subcmd__load_commands] )) ||
_mls__subcmd__load_commands() {
    local commands; commands=()
    _describe -t commands 'mls load commands' commands "$@"
}
(( $+functions[_mls__subcmd__log_commands] )) ||
_mls__subcmd__log_commands() {
    local commands; commands=()
    _describe -t commands 'mls log commands' commands "$@"
}
(( $+functions[_mls__subcmd__login_commands] )) ||
_mls__subcmd__login_commands() {
    local commands; commands=()
    _describe -t commands 'mls login commands' commands "$@"
}
(( $+functions[_mls__subcmd__logout_commands] )) ||
_mls__subcmd__logout_commands() {
    local commands; commands=()
    _describe -t commands 'mls logout commands' commands "$@"
}
(( $+functions[_mls__subcmd__logs_commands] )) ||
_mls__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'mls logs commands' commands "$@"
}
(( $+functions[_mls__subcmd__ls_commands] )) ||
_mls__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'mls ls commands' commands "$@"
}
(( $+functions[_mls__subcmd__ls-remote_commands] )) ||
_mls__subcmd__ls-remote_commands() {
    local commands; commands=()
    _describe -t commands 'mls ls-remote commands' commands "$@"
}
(( $+functions[_mls__subcmd__man_commands] )) ||
_mls__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'mls man commands' commands "$@"
}
(( $+functions[_mls__subcmd__model_commands] )) ||
_mls__subcmd__model_commands() {
    local commands; commands=(
'register:Register a file, a folder or an artifact of a run as the next version of a model' \
'export:Write a version as a folder that MLflow opens' \
'image:Make a container image that serves a version, and holds nothing else' \
'promote:Move an alias to a version; \`mls model rollback\` moves it back' \
'rollback:Let an alias mean what it meant before it was last moved; twice, what it meant before that' \
'alias:Let an alias stand for a version, whatever it stood for before' \
'unalias:Take an alias off' \
'tag:Set tags of a model or a version' \
'describe:Describe a model or a version; an empty text takes the description off' \
'rm:Remove a version, or with \`-y\` a model and all its versions' \
'rename:Give a model another name' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls model commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__alias_commands] )) ||
_mls__subcmd__model__subcmd__alias_commands() {
    local commands; commands=()
    _describe -t commands 'mls model alias commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__describe_commands] )) ||
_mls__subcmd__model__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'mls model describe commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__export_commands] )) ||
_mls__subcmd__model__subcmd__export_commands() {
    local commands; commands=()
    _describe -t commands 'mls model export commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help_commands] )) ||
_mls__subcmd__model__subcmd__help_commands() {
    local commands; commands=(
'register:Register a file, a folder or an artifact of a run as the next version of a model' \
'export:Write a version as a folder that MLflow opens' \
'image:Make a container image that serves a version, and holds nothing else' \
'promote:Move an alias to a version; \`mls model rollback\` moves it back' \
'rollback:Let an alias mean what it meant before it was last moved; twice, what it meant before that' \
'alias:Let an alias stand for a version, whatever it stood for before' \
'unalias:Take an alias off' \
'tag:Set tags of a model or a version' \
'describe:Describe a model or a version; an empty text takes the description off' \
'rm:Remove a version, or with \`-y\` a model and all its versions' \
'rename:Give a model another name' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls model help commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__alias_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__alias_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help alias commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__describe_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help describe commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__export_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__export_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help export commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__image_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help image commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__promote_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__promote_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help promote commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__register_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__register_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help register commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__rename_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__rm_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__rollback_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__rollback_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help rollback commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__tag_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help tag commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__help__subcmd__unalias_commands] )) ||
_mls__subcmd__model__subcmd__help__subcmd__unalias_commands() {
    local commands; commands=()
    _describe -t commands 'mls model help unalias commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__image_commands] )) ||
_mls__subcmd__model__subcmd__image_commands() {
    local commands; commands=()
    _describe -t commands 'mls model image commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__promote_commands] )) ||
_mls__subcmd__model__subcmd__promote_commands() {
    local commands; commands=()
    _describe -t commands 'mls model promote commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__register_commands] )) ||
_mls__subcmd__model__subcmd__register_commands() {
    local commands; commands=()
    _describe -t commands 'mls model register commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__rename_commands] )) ||
_mls__subcmd__model__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls model rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__rm_commands] )) ||
_mls__subcmd__model__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls model rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__rollback_commands] )) ||
_mls__subcmd__model__subcmd__rollback_commands() {
    local commands; commands=()
    _describe -t commands 'mls model rollback commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__tag_commands] )) ||
_mls__subcmd__model__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'mls model tag commands' commands "$@"
}
(( $+functions[_mls__subcmd__model__subcmd__unalias_commands] )) ||
_mls__subcmd__model__subcmd__unalias_commands() {
    local commands; commands=()
    _describe -t commands 'mls model unalias commands' commands "$@"
}
(( $+functions[_mls__subcmd__models_commands] )) ||
_mls__subcmd__models_commands() {
    local commands; commands=()
    _describe -t commands 'mls models commands' commands "$@"
}
(( $+functions[_mls__subcmd__pause_commands] )) ||
_mls__subcmd__pause_commands() {
    local commands; commands=()
    _describe -t commands 'mls pause commands' commands "$@"
}
(( $+functions[_mls__subcmd__plot_commands] )) ||
_mls__subcmd__plot_commands() {
    local commands; commands=()
    _describe -t commands 'mls plot commands' commands "$@"
}
(( $+functions[_mls__subcmd__port_commands] )) ||
_mls__subcmd__port_commands() {
    local commands; commands=()
    _describe -t commands 'mls port commands' commands "$@"
}
(( $+functions[_mls__subcmd__predict_commands] )) ||
_mls__subcmd__predict_commands() {
    local commands; commands=()
    _describe -t commands 'mls predict commands' commands "$@"
}
(( $+functions[_mls__subcmd__ps_commands] )) ||
_mls__subcmd__ps_commands() {
    local commands; commands=()
    _describe -t commands 'mls ps commands' commands "$@"
}
(( $+functions[_mls__subcmd__pull_commands] )) ||
_mls__subcmd__pull_commands() {
    local commands; commands=()
    _describe -t commands 'mls pull commands' commands "$@"
}
(( $+functions[_mls__subcmd__push_commands] )) ||
_mls__subcmd__push_commands() {
    local commands; commands=()
    _describe -t commands 'mls push commands' commands "$@"
}
(( $+functions[_mls__subcmd__quickstart_commands] )) ||
_mls__subcmd__quickstart_commands() {
    local commands; commands=()
    _describe -t commands 'mls quickstart commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote_commands] )) ||
_mls__subcmd__remote_commands() {
    local commands; commands=(
'add:Add a remote' \
'rm:Forget a remote and what was seen there' \
'rename:Give a remote another name' \
'set-url:Give a remote another address' \
'list:List the remotes' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls remote commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__add_commands] )) ||
_mls__subcmd__remote__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote add commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help_commands] )) ||
_mls__subcmd__remote__subcmd__help_commands() {
    local commands; commands=(
'add:Add a remote' \
'rm:Forget a remote and what was seen there' \
'rename:Give a remote another name' \
'set-url:Give a remote another address' \
'list:List the remotes' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls remote help commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__add_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help add commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__list_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help list commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__rename_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__rm_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__help__subcmd__set-url_commands] )) ||
_mls__subcmd__remote__subcmd__help__subcmd__set-url_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote help set-url commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__list_commands] )) ||
_mls__subcmd__remote__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote list commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__rename_commands] )) ||
_mls__subcmd__remote__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__rm_commands] )) ||
_mls__subcmd__remote__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__remote__subcmd__set-url_commands] )) ||
_mls__subcmd__remote__subcmd__set-url_commands() {
    local commands; commands=()
    _describe -t commands 'mls remote set-url commands' commands "$@"
}
(( $+functions[_mls__subcmd__rename_commands] )) ||
_mls__subcmd__rename_commands() {
    local commands; commands=()
    _describe -t commands 'mls rename commands' commands "$@"
}
(( $+functions[_mls__subcmd__restart_commands] )) ||
_mls__subcmd__restart_commands() {
    local commands; commands=()
    _describe -t commands 'mls restart commands' commands "$@"
}
(( $+functions[_mls__subcmd__rm_commands] )) ||
_mls__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__rmi_commands] )) ||
_mls__subcmd__rmi_commands() {
    local commands; commands=()
    _describe -t commands 'mls rmi commands' commands "$@"
}
(( $+functions[_mls__subcmd__run_commands] )) ||
_mls__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'mls run commands' commands "$@"
}
(( $+functions[_mls__subcmd__run-edit_commands] )) ||
_mls__subcmd__run-edit_commands() {
    local commands; commands=()
    _describe -t commands 'mls run-edit commands' commands "$@"
}
(( $+functions[_mls__subcmd__run-restore_commands] )) ||
_mls__subcmd__run-restore_commands() {
    local commands; commands=()
    _describe -t commands 'mls run-restore commands' commands "$@"
}
(( $+functions[_mls__subcmd__run-rm_commands] )) ||
_mls__subcmd__run-rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls run-rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__runs_commands] )) ||
_mls__subcmd__runs_commands() {
    local commands; commands=()
    _describe -t commands 'mls runs commands' commands "$@"
}
(( $+functions[_mls__subcmd__save_commands] )) ||
_mls__subcmd__save_commands() {
    local commands; commands=()
    _describe -t commands 'mls save commands' commands "$@"
}
(( $+functions[_mls__subcmd__serve_commands] )) ||
_mls__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'mls serve commands' commands "$@"
}
(( $+functions[_mls__subcmd__show_commands] )) ||
_mls__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'mls show commands' commands "$@"
}
(( $+functions[_mls__subcmd__start_commands] )) ||
_mls__subcmd__start_commands() {
    local commands; commands=()
    _describe -t commands 'mls start commands' commands "$@"
}
(( $+functions[_mls__subcmd__stats_commands] )) ||
_mls__subcmd__stats_commands() {
    local commands; commands=()
    _describe -t commands 'mls stats commands' commands "$@"
}
(( $+functions[_mls__subcmd__status_commands] )) ||
_mls__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'mls status commands' commands "$@"
}
(( $+functions[_mls__subcmd__stop_commands] )) ||
_mls__subcmd__stop_commands() {
    local commands; commands=()
    _describe -t commands 'mls stop commands' commands "$@"
}
(( $+functions[_mls__subcmd__tag_commands] )) ||
_mls__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'mls tag commands' commands "$@"
}
(( $+functions[_mls__subcmd__token_commands] )) ||
_mls__subcmd__token_commands() {
    local commands; commands=(
'add:Add a token and print it, this once' \
'list:List the tokens, without their secrets' \
'revoke:Refuse a token from now on' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls token commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__add_commands] )) ||
_mls__subcmd__token__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls token add commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__help_commands] )) ||
_mls__subcmd__token__subcmd__help_commands() {
    local commands; commands=(
'add:Add a token and print it, this once' \
'list:List the tokens, without their secrets' \
'revoke:Refuse a token from now on' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls token help commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__help__subcmd__add_commands] )) ||
_mls__subcmd__token__subcmd__help__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'mls token help add commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__token__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls token help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__help__subcmd__list_commands] )) ||
_mls__subcmd__token__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls token help list commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__help__subcmd__revoke_commands] )) ||
_mls__subcmd__token__subcmd__help__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'mls token help revoke commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__list_commands] )) ||
_mls__subcmd__token__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'mls token list commands' commands "$@"
}
(( $+functions[_mls__subcmd__token__subcmd__revoke_commands] )) ||
_mls__subcmd__token__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'mls token revoke commands' commands "$@"
}
(( $+functions[_mls__subcmd__top_commands] )) ||
_mls__subcmd__top_commands() {
    local commands; commands=()
    _describe -t commands 'mls top commands' commands "$@"
}
(( $+functions[_mls__subcmd__undo_commands] )) ||
_mls__subcmd__undo_commands() {
    local commands; commands=()
    _describe -t commands 'mls undo commands' commands "$@"
}
(( $+functions[_mls__subcmd__unpause_commands] )) ||
_mls__subcmd__unpause_commands() {
    local commands; commands=()
    _describe -t commands 'mls unpause commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume_commands] )) ||
_mls__subcmd__volume_commands() {
    local commands; commands=(
'create:Make a volume' \
'ls:List volumes' \
'inspect:Show all that is known of volumes, as Docker'\''s JSON array' \
'rm:Remove volumes that no container has' \
'prune:Remove volumes without a name that no container has' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls volume commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__create_commands] )) ||
_mls__subcmd__volume__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume create commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help_commands] )) ||
_mls__subcmd__volume__subcmd__help_commands() {
    local commands; commands=(
'create:Make a volume' \
'ls:List volumes' \
'inspect:Show all that is known of volumes, as Docker'\''s JSON array' \
'rm:Remove volumes that no container has' \
'prune:Remove volumes without a name that no container has' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'mls volume help commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__create_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help create commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__help_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help help commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__inspect_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help inspect commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__ls_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help ls commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__prune_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__help__subcmd__rm_commands] )) ||
_mls__subcmd__volume__subcmd__help__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume help rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__inspect_commands] )) ||
_mls__subcmd__volume__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume inspect commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__ls_commands] )) ||
_mls__subcmd__volume__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume ls commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__prune_commands] )) ||
_mls__subcmd__volume__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume prune commands' commands "$@"
}
(( $+functions[_mls__subcmd__volume__subcmd__rm_commands] )) ||
_mls__subcmd__volume__subcmd__rm_commands() {
    local commands; commands=()
    _describe -t commands 'mls volume rm commands' commands "$@"
}
(( $+functions[_mls__subcmd__wait_commands] )) ||
_mls__subcmd__wait_commands() {
    local commands; commands=()
    _describe -t commands 'mls wait commands' commands "$@"
}

if [ "$funcstack[1]" = "_mls" ]; then
    _mls "$@"
else
    compdef _mls mls
fi
