# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mls_global_optspecs
    string join \n C= c= store= format= q/quiet v/verbose color= progress= y/yes h/help V/version
end

function __fish_mls_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mls_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mls_using_subcommand
    set -l cmd (__fish_mls_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mls -n "__fish_mls_needs_command" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_needs_command" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_needs_command" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_needs_command" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_needs_command" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_needs_command" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_needs_command" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_needs_command" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_needs_command" -s V -l version -d 'Print version'
complete -c mls -n "__fish_mls_needs_command" -f -a "attach" -d 'Be at a container that runs: see what it writes, type what it reads'
complete -c mls -n "__fish_mls_needs_command" -f -a "build" -d 'Build an image from a Dockerfile'
complete -c mls -n "__fish_mls_needs_command" -f -a "cat-file" -d 'Print an object'
complete -c mls -n "__fish_mls_needs_command" -f -a "checkout" -d 'Write files out of the store'
complete -c mls -n "__fish_mls_needs_command" -f -a "clone" -d 'Make a store that has what another one has'
complete -c mls -n "__fish_mls_needs_command" -f -a "commit" -d 'Make an image of a container'
complete -c mls -n "__fish_mls_needs_command" -f -a "commit-run" -d 'Record a run'
complete -c mls -n "__fish_mls_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c mls -n "__fish_mls_needs_command" -f -a "config" -d 'Read and change settings'
complete -c mls -n "__fish_mls_needs_command" -f -a "copy" -d 'Copy an image from one registry, layout or archive to another'
complete -c mls -n "__fish_mls_needs_command" -f -a "container" -d 'Do something with all containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "cp" -d 'Copy files into a container or out of it'
complete -c mls -n "__fish_mls_needs_command" -f -a "create" -d 'Make a container without starting it'
complete -c mls -n "__fish_mls_needs_command" -f -a "diff" -d 'Show how two things of one kind differ, or what a container has changed'
complete -c mls -n "__fish_mls_needs_command" -f -a "diff-runs" -d 'Compare two and more runs'
complete -c mls -n "__fish_mls_needs_command" -f -a "doctor" -d 'Show what this machine can do'
complete -c mls -n "__fish_mls_needs_command" -f -a "du" -d 'Show how much room things take, and what is saved'
complete -c mls -n "__fish_mls_needs_command" -f -a "events" -d 'Show what happens to containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "exec" -d 'Run another command in a container that runs'
complete -c mls -n "__fish_mls_needs_command" -f -a "experiments" -d 'List, make, rename and remove experiments'
complete -c mls -n "__fish_mls_needs_command" -f -a "export" -d 'Write what the store knows as files for other programs'
complete -c mls -n "__fish_mls_needs_command" -f -a "fetch" -d 'Get what is new in another store, and change nothing here'
complete -c mls -n "__fish_mls_needs_command" -f -a "fsck" -d 'Look for damage'
complete -c mls -n "__fish_mls_needs_command" -f -a "gc" -d 'Remove content that nothing leads to'
complete -c mls -n "__fish_mls_needs_command" -f -a "hash" -d 'Print the BLAKE3 of files'
complete -c mls -n "__fish_mls_needs_command" -f -a "history" -d 'Show which line made which layer of an image'
complete -c mls -n "__fish_mls_needs_command" -f -a "hub" -d 'Serve the store to a team: MLflow\'s tracking API on one address'
complete -c mls -n "__fish_mls_needs_command" -f -a "images" -d 'List images'
complete -c mls -n "__fish_mls_needs_command" -f -a "import" -d 'Bring in what other tools have recorded'
complete -c mls -n "__fish_mls_needs_command" -f -a "init" -d 'Make a store'
complete -c mls -n "__fish_mls_needs_command" -f -a "inspect" -d 'Show all that is known of images and containers, as Docker\'s JSON array'
complete -c mls -n "__fish_mls_needs_command" -f -a "kill" -d 'Send a signal to the first process of containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "lineage" -d 'Show what a model, a run or an image came from'
complete -c mls -n "__fish_mls_needs_command" -f -a "load" -d 'Load images from a file that Docker, podman or skopeo has written'
complete -c mls -n "__fish_mls_needs_command" -f -a "log" -d 'Show who changed what, and when'
complete -c mls -n "__fish_mls_needs_command" -f -a "login" -d 'Keep the login for a registry, or the token for a hub'
complete -c mls -n "__fish_mls_needs_command" -f -a "logout" -d 'Forget the login for a registry or a hub'
complete -c mls -n "__fish_mls_needs_command" -f -a "logs" -d 'Show what a container has written'
complete -c mls -n "__fish_mls_needs_command" -f -a "ls" -d 'List a folder in the store'
complete -c mls -n "__fish_mls_needs_command" -f -a "ls-remote" -d 'List the refs of another store'
complete -c mls -n "__fish_mls_needs_command" -f -a "man" -d 'Write the manual pages'
complete -c mls -n "__fish_mls_needs_command" -f -a "model" -d 'Register, name, describe, export and remove models and their versions'
complete -c mls -n "__fish_mls_needs_command" -f -a "models" -d 'List models, or the versions of one'
complete -c mls -n "__fish_mls_needs_command" -f -a "pause" -d 'Hold all processes of containers still'
complete -c mls -n "__fish_mls_needs_command" -f -a "plot" -d 'Draw the curves of metrics'
complete -c mls -n "__fish_mls_needs_command" -f -a "predict" -d 'Score a file with a model'
complete -c mls -n "__fish_mls_needs_command" -f -a "port" -d 'List the published ports of a container'
complete -c mls -n "__fish_mls_needs_command" -f -a "ps" -d 'List containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "pull" -d 'Get what is new in another store, or an image from a registry'
complete -c mls -n "__fish_mls_needs_command" -f -a "push" -d 'Send what is new to another store, or an image to a registry'
complete -c mls -n "__fish_mls_needs_command" -f -a "quickstart" -d 'See the main job done on a real data set'
complete -c mls -n "__fish_mls_needs_command" -f -a "remote" -d 'Manage the stores that this one knows by a name'
complete -c mls -n "__fish_mls_needs_command" -f -a "rename" -d 'Give a container another name'
complete -c mls -n "__fish_mls_needs_command" -f -a "restart" -d 'Stop containers and start them again'
complete -c mls -n "__fish_mls_needs_command" -f -a "rm" -d 'Remove containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "rmi" -d 'Remove names of images'
complete -c mls -n "__fish_mls_needs_command" -f -a "run" -d 'Run a command in a new container'
complete -c mls -n "__fish_mls_needs_command" -f -a "run-edit" -d 'Change the name, tags and note of a run'
complete -c mls -n "__fish_mls_needs_command" -f -a "run-restore" -d 'Bring back runs that were removed'
complete -c mls -n "__fish_mls_needs_command" -f -a "run-rm" -d 'Remove runs, so that `run-restore` can bring them back'
complete -c mls -n "__fish_mls_needs_command" -f -a "runs" -d 'List runs, newest first'
complete -c mls -n "__fish_mls_needs_command" -f -a "save" -d 'Write images to a file that Docker, podman and skopeo read'
complete -c mls -n "__fish_mls_needs_command" -f -a "serve" -d 'Serve models over HTTP and gRPC, by MLflow\'s scoring protocol and the Open Inference Protocol'
complete -c mls -n "__fish_mls_needs_command" -f -a "show" -d 'Show a run, a version of a model, an image, a ref or an object'
complete -c mls -n "__fish_mls_needs_command" -f -a "start" -d 'Start containers that do not run'
complete -c mls -n "__fish_mls_needs_command" -f -a "stats" -d 'Show what containers use'
complete -c mls -n "__fish_mls_needs_command" -f -a "status" -d 'Show live runs, and what to push and to pull'
complete -c mls -n "__fish_mls_needs_command" -f -a "stop" -d 'Stop containers: ask them to end, and make them after a while'
complete -c mls -n "__fish_mls_needs_command" -f -a "tag" -d 'Give an image another name'
complete -c mls -n "__fish_mls_needs_command" -f -a "token" -d 'Manage who may use a hub over this store'
complete -c mls -n "__fish_mls_needs_command" -f -a "top" -d 'List the processes of a container'
complete -c mls -n "__fish_mls_needs_command" -f -a "undo" -d 'Take an operation back'
complete -c mls -n "__fish_mls_needs_command" -f -a "unpause" -d 'Let containers go on that were held still'
complete -c mls -n "__fish_mls_needs_command" -f -a "volume" -d 'Keep folders that outlive containers'
complete -c mls -n "__fish_mls_needs_command" -f -a "wait" -d 'Wait until containers end, and print their exit codes'
complete -c mls -n "__fish_mls_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand attach" -l detach-keys -d 'The keys that leave it, as `ctrl-p,ctrl-q`' -r
complete -c mls -n "__fish_mls_using_subcommand attach" -l sig-proxy -d 'Pass signals on to the command' -r -f -a "true\t''
false\t''"
complete -c mls -n "__fish_mls_using_subcommand attach" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand attach" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand attach" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand attach" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand attach" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand attach" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand attach" -l no-stdin -d 'Read nothing here'
complete -c mls -n "__fish_mls_using_subcommand attach" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand attach" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand attach" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand attach" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand build" -s t -l tag -d 'Name the image; may be repeated' -r
complete -c mls -n "__fish_mls_using_subcommand build" -s f -l file -d 'Read this Dockerfile, of a context from elsewhere the one in it; `-` for standard input [default: Dockerfile in the context]' -r -F
complete -c mls -n "__fish_mls_using_subcommand build" -l build-arg -d 'Set an ARG; a name alone takes its value from the environment' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l build-context -d 'Another context by a name for FROM and --from: NAME=FOLDER, a repository, the URL of an archive, docker-image://IMAGE or oci-layout://FOLDER' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l target -d 'Build this stage and what it needs' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l label -d 'Set a label of the image' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l cache-from -d 'Take over what other builds have done: a remote, the address of a store, or type=registry,ref=IMAGE' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l cache-to -d 'Give others what was done here: a remote, the address of a store, or type=registry,ref=IMAGE' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l no-cache-filter -d 'Do all steps of this stage' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l platform -d 'Build for this machine, as `linux/arm64`' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l secret -d 'Show a secret to steps that mount it: id=ID,src=FILE or id=ID,env=NAME' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l ssh -d 'Let steps that mount it use an agent: `default`, or ID=SOCKET' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l add-host -d 'Add a line to /etc/hosts of steps: NAME:ADDRESS' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l network -d 'The network of steps that name none: default, none or host' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l allow -d 'Allow what a Dockerfile may only ask for: security.insecure or network.host' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l iidfile -d 'Write the image\'s id to a file' -r -F
complete -c mls -n "__fish_mls_using_subcommand build" -l metadata-file -d 'Write what was built to a file, as JSON' -r -F
complete -c mls -n "__fish_mls_using_subcommand build" -s o -l output -d 'Give out what was built: a folder, `-` for a tar on standard output, type=registry, or type=local|tar|oci|docker,dest=PATH' -r
complete -c mls -n "__fish_mls_using_subcommand build" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand build" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand build" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand build" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand build" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand build" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand build" -l no-cache -d 'Do all steps, whatever was done before'
complete -c mls -n "__fish_mls_using_subcommand build" -l pull -d 'Ask registries for newer base images'
complete -c mls -n "__fish_mls_using_subcommand build" -l push -d 'Push the image under all of its names, as `-o type=registry` does'
complete -c mls -n "__fish_mls_using_subcommand build" -l load -d 'Keep the image in this store, as is done anyway unless another output is asked for; `-o type=docker`'
complete -c mls -n "__fish_mls_using_subcommand build" -l check -d 'Look for what had better be written otherwise, in all stages, and build nothing'
complete -c mls -n "__fish_mls_using_subcommand build" -l print -d 'Show the plan and build nothing, as --dry-run does'
complete -c mls -n "__fish_mls_using_subcommand build" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand build" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand build" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand build" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand cat-file" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand cat-file" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand cat-file" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand cat-file" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand cat-file" -l raw -d 'Print the bytes of a node as they are stored (DAG-CBOR)'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s s -l size -d 'Print the size in bytes only'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s t -l type -d 'Print `blob`, or the type of the node, only'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand cat-file" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand checkout" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand checkout" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand checkout" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand checkout" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand checkout" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand checkout" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand checkout" -s f -l force -d 'Replace files that are there'
complete -c mls -n "__fish_mls_using_subcommand checkout" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand checkout" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand checkout" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand checkout" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand checkout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand clone" -l runs -d 'Only runs whose name or id matches GLOB' -r
complete -c mls -n "__fish_mls_using_subcommand clone" -l models -d 'Only models whose name matches GLOB' -r
complete -c mls -n "__fish_mls_using_subcommand clone" -l images -d 'Only images whose name matches GLOB' -r
complete -c mls -n "__fish_mls_using_subcommand clone" -l filter -d 'Leave content in the other store until it is read' -r -f -a "blob:none\t'No content, only records'"
complete -c mls -n "__fish_mls_using_subcommand clone" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand clone" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand clone" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand clone" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand clone" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand clone" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand clone" -l all -d 'Get the build cache too'
complete -c mls -n "__fish_mls_using_subcommand clone" -l trust-owner -d 'Take content from a store that belongs to another user'
complete -c mls -n "__fish_mls_using_subcommand clone" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand clone" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand clone" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand clone" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand clone" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand commit" -s a -l author -d 'Say who made it' -r
complete -c mls -n "__fish_mls_using_subcommand commit" -s m -l message -d 'Say this in the history of the image' -r
complete -c mls -n "__fish_mls_using_subcommand commit" -s c -l change -d 'Set in the config what this line of a Dockerfile says: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR' -r
complete -c mls -n "__fish_mls_using_subcommand commit" -s p -l pause -d 'Hold the container still meanwhile' -r -f -a "true\t''
false\t''"
complete -c mls -n "__fish_mls_using_subcommand commit" -l setting -d 'Set one setting for this call: before the command\'s name' -r
complete -c mls -n "__fish_mls_using_subcommand commit" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand commit" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand commit" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand commit" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand commit" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand commit" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand commit" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand commit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s e -l experiment -d 'Put it into this experiment, by name or id; a new name makes one' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s n -l name -d 'Name the run' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s p -l param -d 'Record a param' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s m -l metric -d 'Record a value of a metric' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s t -l tag -d 'Put a tag on the run' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s a -l artifact -d 'Keep a file or folder; with a command, as it is when that has ended' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s d -l dataset -d 'Keep data that the run uses, and record which it is' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l params-file -d 'Record the params in a .toml, .json or .yaml file' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l metrics-file -d 'Record the metrics in a .jsonl or .csv file; with a command, when that has ended' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l parent -d 'Say which run this one belongs to' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l note -d 'Write a note on the run' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l system-metrics -d 'Record the load of CPU, memory, disk, network and GPU, every 5 seconds or as often as given' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l image -d 'Run the command in a container of this image; the working folder is there, too' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l json-summary -d 'Print one line of JSON about the run instead of its id'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand commit-run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand completions" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand completions" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand completions" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand completions" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand completions" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand completions" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand completions" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand completions" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand completions" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -f -a "get" -d 'Print the value of a setting'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -f -a "set" -d 'Set a setting in the store, or for the user'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -f -a "unset" -d 'Give a setting back its default'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -f -a "list" -d 'List all settings with their values'
complete -c mls -n "__fish_mls_using_subcommand config; and not __fish_seen_subcommand_from get set unset list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l user -d 'For all stores of the user, in `~/.config/mls/config.toml`'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l user -d 'For all stores of the user, in `~/.config/mls/config.toml`'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print the value of a setting'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set a setting in the store, or for the user'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "unset" -d 'Give a setting back its default'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "list" -d 'List all settings with their values'
complete -c mls -n "__fish_mls_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand copy" -l platform -d 'Copy the image for this machine, as in `linux/arm64`' -r
complete -c mls -n "__fish_mls_using_subcommand copy" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand copy" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand copy" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand copy" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand copy" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand copy" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand copy" -s a -l all -d 'Copy the images for all machines, and the index'
complete -c mls -n "__fish_mls_using_subcommand copy" -l referrers -d 'Copy what belongs to the image too: signatures, attestations'
complete -c mls -n "__fish_mls_using_subcommand copy" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand copy" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand copy" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand copy" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -f -a "prune" -d 'Remove all containers that do not run'
complete -c mls -n "__fish_mls_using_subcommand container; and not __fish_seen_subcommand_from prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s f -l force -d 'As Docker has it; nothing is asked here'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove all containers that do not run'
complete -c mls -n "__fish_mls_using_subcommand container; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand cp" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand cp" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand cp" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand cp" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand cp" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand cp" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand cp" -s a -l archive -d 'Keep owners'
complete -c mls -n "__fish_mls_using_subcommand cp" -s L -l follow-link -d 'Copy what a link leads to and not the link'
complete -c mls -n "__fish_mls_using_subcommand cp" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand cp" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand cp" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand cp" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand create" -l name -d 'Name the container' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l entrypoint -d 'Run this program in place of the image\'s entry point' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s e -l env -d 'Set a variable; a name alone takes its value from here' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l env-file -d 'Set the variables of a file, one a line' -r -F
complete -c mls -n "__fish_mls_using_subcommand create" -s v -l volume -d 'Show a folder or a volume inside: SOURCE:TARGET[:ro]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l mount -d 'The same in words: type=bind,source=DIR,target=DIR[,readonly]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l tmpfs -d 'Show an empty folder in memory: TARGET[:size=64m,mode=1777]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s w -l workdir -d 'Begin in this folder' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s u -l user -d 'Run as this user: name or number, with `:group`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l group-add -d 'Be in this group, too' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l hostname -d 'Name the machine that it seems to be' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l add-host -d 'Add a line to /etc/hosts: NAME:ADDRESS, where `host-gateway` is this machine' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l dns -d 'Ask this name server' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l network -d 'The network: `private`, `host` or `none`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s p -l publish -d 'Publish a port: [[IP:]HOST:]CONTAINER[/udp]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l device -d 'Give it a device: HOST[:INSIDE[:rwm]], or one by name as vendor.com/class=name' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l gpus -d 'Give it GPUs: `all`, how many, or `device=0,1`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l shm-size -d 'Bytes in /dev/shm, as `64m`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l ipc -d 'Shared memory and queues: `private`, or the host\'s: `host`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s m -l memory -d 'Bytes of memory, as `512m`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l memory-swap -d 'Bytes of memory and swap together; -1 for no limit' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l cpus -d 'Processors, as `1.5`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l cpuset-cpus -d 'The processors that it may run on, as `0-3,5`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l pids-limit -d 'Processes and threads' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l ulimit -d 'A limit of the shell\'s: nofile=1024:2048; never more than there is here' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l oom-score-adj -d 'How soon it is killed for want of memory, from -1000 to 1000' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l cap-add -d 'Give it a right, as `NET_ADMIN`, or `ALL`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l cap-drop -d 'Take a right away, or `ALL`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l security-opt -d 'no-new-privileges, seccomp=unconfined, or seccomp=FILE with a profile in Docker\'s form' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s l -l label -d 'Set a label' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l restart -d 'Start it anew when it ends: no, on-failure[:N], always or unless-stopped' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l stop-signal -d 'The signal that asks it to end [default: TERM]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l stop-timeout -d 'Seconds until what does not end is killed; -1 for never [default: 10]' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l log-driver -d 'Where the log goes: `local` or `none`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l log-opt -d 'How much of the log is kept: max-size=16m, max-file=2' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l cidfile -d 'Write the container\'s id to a file that is not there yet' -r -F
complete -c mls -n "__fish_mls_using_subcommand create" -l pull -d 'Get the image: `missing`, `always` or `never`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l platform -d 'Use the image for this machine, as `linux/arm64`' -r
complete -c mls -n "__fish_mls_using_subcommand create" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand create" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand create" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand create" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand create" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand create" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand create" -s i -l interactive -d 'Let the command read what is typed here'
complete -c mls -n "__fish_mls_using_subcommand create" -s t -l tty -d 'Give it a terminal'
complete -c mls -n "__fish_mls_using_subcommand create" -l rm -d 'Remove the container when it has ended'
complete -c mls -n "__fish_mls_using_subcommand create" -s P -l publish-all -d 'Publish every port that the image exposes, wherever one is free'
complete -c mls -n "__fish_mls_using_subcommand create" -l init -d 'Have a process 1 that looks after others'
complete -c mls -n "__fish_mls_using_subcommand create" -l read-only -d 'Forbid changes to its files, but in volumes'
complete -c mls -n "__fish_mls_using_subcommand create" -l privileged -d 'Give it all rights'
complete -c mls -n "__fish_mls_using_subcommand create" -l for-run -d 'Run a command of `commit-run`: with what its variables name'
complete -c mls -n "__fish_mls_using_subcommand create" -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand create" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand create" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand create" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand diff" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand diff" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand diff" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand diff" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand diff" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand diff" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand diff" -l exit-code -d 'End with 1 where they differ'
complete -c mls -n "__fish_mls_using_subcommand diff" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand diff" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand diff" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l all -d 'Show what is the same, too'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -l exit-code -d 'End with 1 where the runs differ in anything but their times'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand diff-runs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand doctor" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand doctor" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand doctor" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand doctor" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand doctor" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand doctor" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand doctor" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand doctor" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand doctor" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand du" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand du" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand du" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand du" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand du" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand du" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand du" -l names -d 'Show each ref too; takes longer'
complete -c mls -n "__fish_mls_using_subcommand du" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand du" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand du" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand du" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand events" -l since -d 'From this time on: RFC 3339, or so long ago, as `10m`' -r
complete -c mls -n "__fish_mls_using_subcommand events" -l until -d 'Up to this time, which may be to come only as a date' -r
complete -c mls -n "__fish_mls_using_subcommand events" -s f -l filter -d 'Only those for which this holds: container=NAME, event=ACTION, image=NAME, label=KEY[=VALUE], type=container' -r
complete -c mls -n "__fish_mls_using_subcommand events" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand events" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand events" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand events" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand events" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand events" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand events" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand events" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand events" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand exec" -s e -l env -d 'Set a variable; a name alone takes its value from here' -r
complete -c mls -n "__fish_mls_using_subcommand exec" -l env-file -d 'Set the variables of a file, one a line' -r -F
complete -c mls -n "__fish_mls_using_subcommand exec" -s u -l user -d 'Run as this user: name or number, with `:group`' -r
complete -c mls -n "__fish_mls_using_subcommand exec" -s w -l workdir -d 'Begin in this folder' -r
complete -c mls -n "__fish_mls_using_subcommand exec" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand exec" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand exec" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand exec" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand exec" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand exec" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand exec" -s i -l interactive -d 'Let it read what is typed here'
complete -c mls -n "__fish_mls_using_subcommand exec" -s t -l tty -d 'Give it a terminal'
complete -c mls -n "__fish_mls_using_subcommand exec" -s d -l detach -d 'Leave it running in the background, unheard'
complete -c mls -n "__fish_mls_using_subcommand exec" -l privileged -d 'Give it all rights'
complete -c mls -n "__fish_mls_using_subcommand exec" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand exec" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand exec" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand exec" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "list" -d 'List the experiments'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "create" -d 'Make an experiment'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "rename" -d 'Rename an experiment'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "rm" -d 'Remove an experiment with its runs, so that it can be restored'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "restore" -d 'Bring an experiment back'
complete -c mls -n "__fish_mls_using_subcommand experiments; and not __fish_seen_subcommand_from list create rename rm restore help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -l deleted -d 'Those that were removed as well'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the experiments'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make an experiment'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Rename an experiment'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove an experiment with its runs, so that it can be restored'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Bring an experiment back'
complete -c mls -n "__fish_mls_using_subcommand experiments; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -f -a "container" -d 'Write the files of a container as a tar'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -f -a "runs" -d 'Write runs as csv, json, jsonl or parquet, or as a folder of MLflow'
complete -c mls -n "__fish_mls_using_subcommand export; and not __fish_seen_subcommand_from container runs help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s o -l output -d 'Where to write; `-` or none is stdout' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from container" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s o -l output -d 'Where to write; `-` or none is stdout' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l as -d 'The form of the file [default: by the extension of PATH, or csv]' -r -f -a "csv\t''
json\t''
jsonl\t''
parquet\t''
mlruns\t'A folder as MLflow\'s file store writes it'"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s e -l experiment -d 'Only runs of this experiment; may be given several times' -r
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -l deleted -d 'Write the runs that were removed instead'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from runs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "container" -d 'Write the files of a container as a tar'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "runs" -d 'Write runs as csv, json, jsonl or parquet, or as a folder of MLflow'
complete -c mls -n "__fish_mls_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand fetch" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand fetch" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand fetch" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand fetch" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand fetch" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand fetch" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand fetch" -l all -d 'Get the build cache too'
complete -c mls -n "__fish_mls_using_subcommand fetch" -l prune -d 'Forget what was seen there and is gone'
complete -c mls -n "__fish_mls_using_subcommand fetch" -l force -d 'Believe the other store where it has gone back or changed what may not change'
complete -c mls -n "__fish_mls_using_subcommand fetch" -l trust-owner -d 'Take content from a store that belongs to another user'
complete -c mls -n "__fish_mls_using_subcommand fetch" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand fetch" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand fetch" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand fetch" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand fsck" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand fsck" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand fsck" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand fsck" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand fsck" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand fsck" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand fsck" -l read-data -d 'Read all content, and compare it with its digests'
complete -c mls -n "__fish_mls_using_subcommand fsck" -l repair -d 'Mend what can be mended: indexes, refs, packs of which a part is sound, and what a remote still has'
complete -c mls -n "__fish_mls_using_subcommand fsck" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand fsck" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand fsck" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand fsck" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand fsck" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand gc" -l grace -d 'Keep what is younger than this, though nothing needs it [default: setting `gc.grace`, 14d]' -r
complete -c mls -n "__fish_mls_using_subcommand gc" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand gc" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand gc" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand gc" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand gc" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand gc" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand gc" -l squeeze -d 'Keep a record in place of the compressed bytes of pulled layers, where these are made again from it exactly; takes long'
complete -c mls -n "__fish_mls_using_subcommand gc" -l drop-compressed -d 'Let go of the compressed bytes of pulled layers, and of the digests of their images: a push makes new ones'
complete -c mls -n "__fish_mls_using_subcommand gc" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand gc" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand gc" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand gc" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand gc" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand hash" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand hash" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand hash" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand hash" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand hash" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand hash" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand hash" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand hash" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand hash" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand hash" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand history" -l platform -d 'Show the step of this platform\'s image, where there are several' -r
complete -c mls -n "__fish_mls_using_subcommand history" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand history" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand history" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand history" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand history" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand history" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand history" -l no-trunc -d 'Show lines and ids in full'
complete -c mls -n "__fish_mls_using_subcommand history" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand history" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand history" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand hub" -l host -d 'Address to listen on' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l port -d 'Port to listen on; 0 takes any that is free' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l tls-cert -d 'Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes' -r -F
complete -c mls -n "__fish_mls_using_subcommand hub" -l tls-key -d 'The key of the certificate, as PEM' -r -F
complete -c mls -n "__fish_mls_using_subcommand hub" -l allow-host -d 'A name that clients know the hub by, such as `hub.example.com` or `*.example.com`; repeat for more' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l trusted-proxy -d 'A reverse proxy in front of the hub, or a network of them such as `10.0.0.0/8`: the client that it names in X-Forwarded-For is the one that is logged and counted; repeat for more' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l workers -d 'Threads that serve requests [default: 2, and 1 where there is one processor]' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l access-log -d 'Append a line of JSON for each request to FILE; with `-v` they go to stderr' -r -F
complete -c mls -n "__fish_mls_using_subcommand hub" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand hub" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand hub" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand hub" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand hub" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand hub" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand hub" -l auth -d 'Ask every client for a token of `mls token add`'
complete -c mls -n "__fish_mls_using_subcommand hub" -l insecure -d 'Listen on other addresses than loopback without asking for tokens'
complete -c mls -n "__fish_mls_using_subcommand hub" -l allow-private-webhooks -d 'Let webhooks lead to private addresses and speak plain HTTP [env: MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS]'
complete -c mls -n "__fish_mls_using_subcommand hub" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand hub" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand hub" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand hub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand images" -s f -l filter -d 'Only images for which this holds: reference=GLOB, dangling=true, label=KEY[=VALUE], before=IMAGE, since=IMAGE' -r
complete -c mls -n "__fish_mls_using_subcommand images" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand images" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand images" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand images" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand images" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand images" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand images" -s a -l all -d 'List images of an index too, and those known by their digest alone'
complete -c mls -n "__fish_mls_using_subcommand images" -l digests -d 'Show digests of manifests'
complete -c mls -n "__fish_mls_using_subcommand images" -l no-trunc -d 'Show ids in full'
complete -c mls -n "__fish_mls_using_subcommand images" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand images" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand images" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand images" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -f -a "mlflow" -d 'Bring in the experiments, runs and models of MLflow'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -f -a "image" -d 'Make an image of one layer out of a root file system'
complete -c mls -n "__fish_mls_using_subcommand import; and not __fish_seen_subcommand_from mlflow image help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l artifacts -d 'The folder that the artifacts are in, where they are not beside SOURCE' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from mlflow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l change -d 'Set in the config what this line of a Dockerfile says: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR' -r
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s m -l message -d 'Say this in the history of the image' -r
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l platform -d 'Say that it is for this platform' -r
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from image" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from help" -f -a "mlflow" -d 'Bring in the experiments, runs and models of MLflow'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from help" -f -a "image" -d 'Make an image of one layer out of a root file system'
complete -c mls -n "__fish_mls_using_subcommand import; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand init" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand init" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand init" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand init" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand init" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand init" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand init" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand init" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand init" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand init" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand inspect" -l platform -d 'Show the image for this platform, where there are several' -r
complete -c mls -n "__fish_mls_using_subcommand inspect" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand inspect" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand inspect" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand inspect" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand inspect" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand inspect" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand inspect" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand inspect" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand inspect" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand kill" -s s -l signal -d 'The signal, by name or number' -r
complete -c mls -n "__fish_mls_using_subcommand kill" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand kill" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand kill" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand kill" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand kill" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand kill" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand kill" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand kill" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand kill" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand kill" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand kill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand lineage" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand lineage" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand lineage" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand lineage" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand lineage" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand lineage" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand lineage" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand lineage" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand lineage" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand lineage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand load" -s i -l input -d 'Read FILE, or the folder of an OCI layout, rather than standard input' -r -F
complete -c mls -n "__fish_mls_using_subcommand load" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand load" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand load" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand load" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand load" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand load" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand load" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand load" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand load" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand load" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand load" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand log" -s n -l max-count -d 'Show at most COUNT operations' -r
complete -c mls -n "__fish_mls_using_subcommand log" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand log" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand log" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand log" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand log" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand log" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand log" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand log" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand log" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand login" -s u -l username -d 'Log in under a name; a token alone needs none' -r
complete -c mls -n "__fish_mls_using_subcommand login" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand login" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand login" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand login" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand login" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand login" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand login" -l password-stdin -d 'Read the token or password from standard input'
complete -c mls -n "__fish_mls_using_subcommand login" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand login" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand login" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand login" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand logout" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand logout" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand logout" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand logout" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand logout" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand logout" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand logout" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand logout" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand logout" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand logout" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand logs" -s n -l tail -d 'Show so many lines from the end, or `all`' -r
complete -c mls -n "__fish_mls_using_subcommand logs" -l since -d 'Only from this time on: RFC 3339, or so long ago, as `10m`' -r
complete -c mls -n "__fish_mls_using_subcommand logs" -l until -d 'Only up to this time' -r
complete -c mls -n "__fish_mls_using_subcommand logs" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand logs" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand logs" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand logs" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand logs" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand logs" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand logs" -s f -l follow -d 'Go on until the container ends'
complete -c mls -n "__fish_mls_using_subcommand logs" -s t -l timestamps -d 'Show when each line was written'
complete -c mls -n "__fish_mls_using_subcommand logs" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand logs" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand logs" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand ls" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand ls" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand ls" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand ls" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand ls" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand ls" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand ls" -s r -l recursive -d 'List folders in folders too'
complete -c mls -n "__fish_mls_using_subcommand ls" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand ls" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand ls" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -l trust-owner -d 'Take content from a store that belongs to another user'
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand ls-remote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand man" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand man" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand man" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand man" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand man" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand man" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand man" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand man" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand man" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand man" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "register" -d 'Register a file, a folder or an artifact of a run as the next version of a model'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "export" -d 'Write a version as a folder that MLflow opens'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "image" -d 'Make a container image that serves a version, and holds nothing else'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "promote" -d 'Move an alias to a version; `mls model rollback` moves it back'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "rollback" -d 'Let an alias mean what it meant before it was last moved; twice, what it meant before that'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "alias" -d 'Let an alias stand for a version, whatever it stood for before'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "unalias" -d 'Take an alias off'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "tag" -d 'Set tags of a model or a version'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "describe" -d 'Describe a model or a version; an empty text takes the description off'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "rm" -d 'Remove a version, or with `-y` a model and all its versions'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "rename" -d 'Give a model another name'
complete -c mls -n "__fish_mls_using_subcommand model; and not __fish_seen_subcommand_from register export image promote rollback alias unalias tag describe rm rename help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l signature -d 'Read the signature from FILE: JSON or YAML with `inputs`, `outputs`, `params` as in `MLmodel`' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l run -d 'Say which run made it, where SOURCE does not' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s t -l tag -d 'Set a tag of the version' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l alias -d 'Let an alias mean the version' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l description -d 'Describe the version' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l again -d 'Give it a number even if the latest version has the same content'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s t -l tag -d 'The name that the image gets; the tag is `latest` where none is given' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from image" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from alias" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from unalias" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l untag -d 'Take a tag off' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "register" -d 'Register a file, a folder or an artifact of a run as the next version of a model'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write a version as a folder that MLflow opens'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "image" -d 'Make a container image that serves a version, and holds nothing else'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Move an alias to a version; `mls model rollback` moves it back'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "rollback" -d 'Let an alias mean what it meant before it was last moved; twice, what it meant before that'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "alias" -d 'Let an alias stand for a version, whatever it stood for before'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "unalias" -d 'Take an alias off'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "tag" -d 'Set tags of a model or a version'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "describe" -d 'Describe a model or a version; an empty text takes the description off'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove a version, or with `-y` a model and all its versions'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give a model another name'
complete -c mls -n "__fish_mls_using_subcommand model; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand models" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand models" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand models" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand models" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand models" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand models" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand models" -l prompts -d 'List prompts, which MLflow keeps beside the models'
complete -c mls -n "__fish_mls_using_subcommand models" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand models" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand models" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand models" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand pause" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand pause" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand pause" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand pause" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand pause" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand pause" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand pause" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand pause" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand pause" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand pause" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand plot" -s m -l metric -d 'Draw this metric, or all that match it: `val_*`' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -s o -l output -d 'Write a picture instead: FILE.svg or FILE.png; `-` writes SVG to stdout' -r -F
complete -c mls -n "__fish_mls_using_subcommand plot" -l x -d 'What lies along the horizontal axis' -r -f -a "step\t'The step that each point was logged with'
time\t'Time since the run began'
wall\t'Date and time of day, UTC'"
complete -c mls -n "__fish_mls_using_subcommand plot" -l smooth -d 'Draw a moving average: 0 is none, 0.99 very smooth' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l title -d 'What stands above the picture' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l width -d 'Width of the picture in pixels, or of the drawing in columns' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l height -d 'Height of the picture in pixels, or of each panel in rows' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l scale -d 'Pixels of a PNG for each unit of its size [default: 2 without --width and --height, else 1]' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l theme -d 'The page that a picture is for; a PNG cannot be both' -r -f -a "auto\t''
light\t''
dark\t''"
complete -c mls -n "__fish_mls_using_subcommand plot" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand plot" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand plot" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand plot" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand plot" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand plot" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand plot" -l log-x -d 'Make the horizontal axis logarithmic'
complete -c mls -n "__fish_mls_using_subcommand plot" -l log-y -d 'Make the vertical axes logarithmic'
complete -c mls -n "__fish_mls_using_subcommand plot" -l overlay -d 'Draw all metrics into one panel'
complete -c mls -n "__fish_mls_using_subcommand plot" -l ascii -d 'Draw with plain letters instead of braille'
complete -c mls -n "__fish_mls_using_subcommand plot" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand plot" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand plot" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand plot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand predict" -s i -l input -d 'Rows: FILE.csv, .json, .jsonl or .parquet; `-` for stdin' -r -F
complete -c mls -n "__fish_mls_using_subcommand predict" -l as -d 'What the input is, where its name does not say' -r -f -a "csv\t''
json\t''
jsonl\t''
parquet\t''"
complete -c mls -n "__fish_mls_using_subcommand predict" -s o -l output -d 'Where predictions go: FILE.csv, .json or .jsonl; `-` for stdout' -r -F
complete -c mls -n "__fish_mls_using_subcommand predict" -l engine -d 'What runs models that need no Python' -r -f -a "auto\t'The first that knows all of the model'
native\t'Our own, for trees, linear models and what stands before them'
rten\t'Neural networks, by an engine that is in this program'
ort\t'ONNX Runtime, where its library is found'"
complete -c mls -n "__fish_mls_using_subcommand predict" -l env -d 'Which interpreter runs models in Python: one with what the model requires, made by uv or venv and kept, or the present `python3`' -r -f -a "auto\t'One for the model where it says what it requires'
local\t'The present one'
uv\t''
venv\t''"
complete -c mls -n "__fish_mls_using_subcommand predict" -l workers -d 'Threads that serve, and processes of each model in Python and of each neural network [default: 2, and 1 where there is one processor]' -r
complete -c mls -n "__fish_mls_using_subcommand predict" -l timeout -d 'How long one answer may take, in seconds' -r
complete -c mls -n "__fish_mls_using_subcommand predict" -l worker-memory -d 'How much memory each process of a model may have, in MiB [default: three quarters of all for a neural network]' -r
complete -c mls -n "__fish_mls_using_subcommand predict" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand predict" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand predict" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand predict" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand predict" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand predict" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand predict" -l allow-pickle -d 'Load models that hold pickles, which run whatever code is in them'
complete -c mls -n "__fish_mls_using_subcommand predict" -l sandbox -d 'Run models in Python in containers that see their packages and the model alone, and have no network; no package is built from source'
complete -c mls -n "__fish_mls_using_subcommand predict" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand predict" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand predict" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand predict" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand port" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand port" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand port" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand port" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand port" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand port" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand port" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand port" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand port" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand port" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand ps" -s n -l last -d 'List the youngest, whether they run or not' -r
complete -c mls -n "__fish_mls_using_subcommand ps" -s f -l filter -d 'Only those for which this holds: name=, id=, status=, label=KEY[=VALUE], ancestor=IMAGE, exited=CODE' -r
complete -c mls -n "__fish_mls_using_subcommand ps" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand ps" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand ps" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand ps" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand ps" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand ps" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand ps" -s a -l all -d 'List those that do not run, too'
complete -c mls -n "__fish_mls_using_subcommand ps" -l no-trunc -d 'Show ids and commands in full'
complete -c mls -n "__fish_mls_using_subcommand ps" -s l -l latest -d 'List the youngest alone'
complete -c mls -n "__fish_mls_using_subcommand ps" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand ps" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand ps" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand ps" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand pull" -l platform -d 'Get the image for this machine, as in `linux/arm64`' -r
complete -c mls -n "__fish_mls_using_subcommand pull" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand pull" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand pull" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand pull" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand pull" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand pull" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand pull" -l all -d 'Get the build cache too'
complete -c mls -n "__fish_mls_using_subcommand pull" -l prune -d 'Forget what was seen there and is gone'
complete -c mls -n "__fish_mls_using_subcommand pull" -l force -d 'Believe the other store where it has gone back or changed what may not change'
complete -c mls -n "__fish_mls_using_subcommand pull" -l trust-owner -d 'Take content from a store that belongs to another user'
complete -c mls -n "__fish_mls_using_subcommand pull" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand pull" -l all-platforms -d 'Get the images for all machines'
complete -c mls -n "__fish_mls_using_subcommand pull" -l allow-foreign-urls -d 'Fetch layers from where the manifest says that they are, outside of the registry'
complete -c mls -n "__fish_mls_using_subcommand pull" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand pull" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand pull" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand pull" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand push" -l compression -d 'Compress the layers of an image that were made here in this way; zstd if left out' -r -f -a "zstd\t''
gzip\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand push" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand push" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand push" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand push" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand push" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand push" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand push" -l all -d 'Send the build cache too'
complete -c mls -n "__fish_mls_using_subcommand push" -l prune -d 'Remove there what is gone here, if it is as it was last seen'
complete -c mls -n "__fish_mls_using_subcommand push" -l force-with-lease -d 'Replace what is there, if it is as it was last seen'
complete -c mls -n "__fish_mls_using_subcommand push" -l trust-owner -d 'Take content from a store that belongs to another user'
complete -c mls -n "__fish_mls_using_subcommand push" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand push" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand push" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand push" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand quickstart" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand quickstart" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand quickstart" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand quickstart" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand quickstart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "add" -d 'Add a remote'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "rm" -d 'Forget a remote and what was seen there'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "rename" -d 'Give a remote another name'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "set-url" -d 'Give a remote another address'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "list" -d 'List the remotes'
complete -c mls -n "__fish_mls_using_subcommand remote; and not __fish_seen_subcommand_from add rm rename set-url list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from set-url" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a remote'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Forget a remote and what was seen there'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give a remote another name'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "set-url" -d 'Give a remote another address'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the remotes'
complete -c mls -n "__fish_mls_using_subcommand remote; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand rename" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand rename" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand rename" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand rename" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand rename" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand rename" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand rename" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand rename" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand rename" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand rename" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand restart" -s t -l time -d 'Seconds until what does not end is killed; -1 for never' -r
complete -c mls -n "__fish_mls_using_subcommand restart" -s s -l signal -d 'The signal that asks it' -r
complete -c mls -n "__fish_mls_using_subcommand restart" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand restart" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand restart" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand restart" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand restart" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand restart" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand restart" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand restart" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand restart" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand restart" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand rm" -s f -l force -d 'End those that run; what is not there is no failure'
complete -c mls -n "__fish_mls_using_subcommand rm" -s v -l volumes -d 'Remove the volumes that have no name, too'
complete -c mls -n "__fish_mls_using_subcommand rm" -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand rmi" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand rmi" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand rmi" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand rmi" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand rmi" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand rmi" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand rmi" -s f -l force -d 'Remove an image with all of its names; what is not there is no failure'
complete -c mls -n "__fish_mls_using_subcommand rmi" -l no-prune -d 'As Docker has it; nothing else is ever removed here'
complete -c mls -n "__fish_mls_using_subcommand rmi" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand rmi" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand rmi" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand rmi" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand rmi" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand run" -l name -d 'Name the container' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l entrypoint -d 'Run this program in place of the image\'s entry point' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s e -l env -d 'Set a variable; a name alone takes its value from here' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l env-file -d 'Set the variables of a file, one a line' -r -F
complete -c mls -n "__fish_mls_using_subcommand run" -s v -l volume -d 'Show a folder or a volume inside: SOURCE:TARGET[:ro]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l mount -d 'The same in words: type=bind,source=DIR,target=DIR[,readonly]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l tmpfs -d 'Show an empty folder in memory: TARGET[:size=64m,mode=1777]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s w -l workdir -d 'Begin in this folder' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s u -l user -d 'Run as this user: name or number, with `:group`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l group-add -d 'Be in this group, too' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l hostname -d 'Name the machine that it seems to be' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l add-host -d 'Add a line to /etc/hosts: NAME:ADDRESS, where `host-gateway` is this machine' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l dns -d 'Ask this name server' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l network -d 'The network: `private`, `host` or `none`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s p -l publish -d 'Publish a port: [[IP:]HOST:]CONTAINER[/udp]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l device -d 'Give it a device: HOST[:INSIDE[:rwm]], or one by name as vendor.com/class=name' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l gpus -d 'Give it GPUs: `all`, how many, or `device=0,1`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l shm-size -d 'Bytes in /dev/shm, as `64m`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l ipc -d 'Shared memory and queues: `private`, or the host\'s: `host`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s m -l memory -d 'Bytes of memory, as `512m`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l memory-swap -d 'Bytes of memory and swap together; -1 for no limit' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l cpus -d 'Processors, as `1.5`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l cpuset-cpus -d 'The processors that it may run on, as `0-3,5`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l pids-limit -d 'Processes and threads' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l ulimit -d 'A limit of the shell\'s: nofile=1024:2048; never more than there is here' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l oom-score-adj -d 'How soon it is killed for want of memory, from -1000 to 1000' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l cap-add -d 'Give it a right, as `NET_ADMIN`, or `ALL`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l cap-drop -d 'Take a right away, or `ALL`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l security-opt -d 'no-new-privileges, seccomp=unconfined, or seccomp=FILE with a profile in Docker\'s form' -r
complete -c mls -n "__fish_mls_using_subcommand run" -s l -l label -d 'Set a label' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l restart -d 'Start it anew when it ends: no, on-failure[:N], always or unless-stopped' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l stop-signal -d 'The signal that asks it to end [default: TERM]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l stop-timeout -d 'Seconds until what does not end is killed; -1 for never [default: 10]' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l log-driver -d 'Where the log goes: `local` or `none`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l log-opt -d 'How much of the log is kept: max-size=16m, max-file=2' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l cidfile -d 'Write the container\'s id to a file that is not there yet' -r -F
complete -c mls -n "__fish_mls_using_subcommand run" -l pull -d 'Get the image: `missing`, `always` or `never`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l platform -d 'Use the image for this machine, as `linux/arm64`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l detach-keys -d 'The keys that leave it, as `ctrl-p,ctrl-q`' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l sig-proxy -d 'Pass signals on to the command' -r -f -a "true\t''
false\t''"
complete -c mls -n "__fish_mls_using_subcommand run" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand run" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand run" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand run" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand run" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand run" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand run" -s i -l interactive -d 'Let the command read what is typed here'
complete -c mls -n "__fish_mls_using_subcommand run" -s t -l tty -d 'Give it a terminal'
complete -c mls -n "__fish_mls_using_subcommand run" -l rm -d 'Remove the container when it has ended'
complete -c mls -n "__fish_mls_using_subcommand run" -s P -l publish-all -d 'Publish every port that the image exposes, wherever one is free'
complete -c mls -n "__fish_mls_using_subcommand run" -l init -d 'Have a process 1 that looks after others'
complete -c mls -n "__fish_mls_using_subcommand run" -l read-only -d 'Forbid changes to its files, but in volumes'
complete -c mls -n "__fish_mls_using_subcommand run" -l privileged -d 'Give it all rights'
complete -c mls -n "__fish_mls_using_subcommand run" -l for-run -d 'Run a command of `commit-run`: with what its variables name'
complete -c mls -n "__fish_mls_using_subcommand run" -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand run" -s d -l detach -d 'Leave it running in the background, and print its id'
complete -c mls -n "__fish_mls_using_subcommand run" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand run" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand run" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s n -l name -d 'Give it this name' -r
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s t -l tag -d 'Set a tag' -r
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l untag -d 'Take a tag off' -r
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l note -d 'Set its note; an empty text takes the note off' -r
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand run-edit" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand run-edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand run-restore" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-restore" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand run-restore" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand run-restore" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand run-restore" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand run-restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand run-rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand run-rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand run-rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand run-rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand run-rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand run-rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand runs" -s e -l experiment -d 'Only runs of this experiment, by name or id; several where repeated' -r
complete -c mls -n "__fish_mls_using_subcommand runs" -l sort -d 'Sort by these first, for instance `metrics.acc desc, params.lr`' -r
complete -c mls -n "__fish_mls_using_subcommand runs" -s n -l limit -d 'At most so many runs [default: 100 in a table, else all]' -r
complete -c mls -n "__fish_mls_using_subcommand runs" -l columns -d 'The columns of a table or csv, for instance `id,name,acc,params.lr`' -r
complete -c mls -n "__fish_mls_using_subcommand runs" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand runs" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand runs" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand runs" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand runs" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand runs" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand runs" -l deleted -d 'List the runs that were removed instead'
complete -c mls -n "__fish_mls_using_subcommand runs" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand runs" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand runs" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand runs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand save" -s o -l output -d 'Write to FILE, or into this folder, rather than to standard output' -r -F
complete -c mls -n "__fish_mls_using_subcommand save" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand save" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand save" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand save" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand save" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand save" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand save" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand save" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand save" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand save" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand save" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand serve" -l host -d 'Address to listen on' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l port -d 'Port to listen on; 0 takes any that is free' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l unix -d 'Listen on a Unix socket at PATH instead' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -l engine -d 'What runs models that need no Python' -r -f -a "auto\t'The first that knows all of the model'
native\t'Our own, for trees, linear models and what stands before them'
rten\t'Neural networks, by an engine that is in this program'
ort\t'ONNX Runtime, where its library is found'"
complete -c mls -n "__fish_mls_using_subcommand serve" -l env -d 'Which interpreter runs models in Python: one with what the model requires, made by uv or venv and kept, or the present `python3`' -r -f -a "auto\t'One for the model where it says what it requires'
local\t'The present one'
uv\t''
venv\t''"
complete -c mls -n "__fish_mls_using_subcommand serve" -l workers -d 'Threads that serve, and processes of each model in Python and of each neural network [default: 2, and 1 where there is one processor]' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l timeout -d 'How long one answer may take, in seconds' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l worker-memory -d 'How much memory each process of a model may have, in MiB [default: three quarters of all for a neural network]' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l canary -d 'Let another version answer PERCENT of its model\'s requests; repeat for other models' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l shadow -d 'Ask another version too, count in `/metrics` whether it answers the same, and give its answers to nobody' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l max-batch -d 'Ask a model for up to so many rows of several requests at once; not for one whose answers take next to no time' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l max-delay -d 'How long the first request of a batch waits for others, in milliseconds' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l token-file -d 'Ask every client for a token, one of the lines of FILE' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -l tls-cert -d 'Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -l tls-key -d 'The key of the certificate, as PEM' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -l allow-host -d 'A name that clients on this machine know the server by, beside `localhost`; repeat for more' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l max-body -d 'No body of a request is longer, in MiB' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l access-log -d 'Append a line of JSON for each request to FILE; with `-v` they go to stderr' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand serve" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand serve" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand serve" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand serve" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand serve" -l probe -d 'Serve nothing: ask the server at this port whether it is ready, for a health check'
complete -c mls -n "__fish_mls_using_subcommand serve" -l allow-pickle -d 'Load models that hold pickles, which run whatever code is in them'
complete -c mls -n "__fish_mls_using_subcommand serve" -l sandbox -d 'Run models in Python in containers that see their packages and the model alone, and have no network; no package is built from source'
complete -c mls -n "__fish_mls_using_subcommand serve" -l follow -d 'Let the version take over that an alias comes to mean, or that is registered where no version is named'
complete -c mls -n "__fish_mls_using_subcommand serve" -l insecure -d 'Listen on other addresses than loopback without asking for tokens'
complete -c mls -n "__fish_mls_using_subcommand serve" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand serve" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand serve" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand show" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand show" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand show" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand show" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand show" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand show" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand show" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand show" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand show" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand start" -l detach-keys -d 'The keys that leave it, as `ctrl-p,ctrl-q`' -r
complete -c mls -n "__fish_mls_using_subcommand start" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand start" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand start" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand start" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand start" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand start" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand start" -l all -d 'Start every container that does not run and whose `--restart` says so'
complete -c mls -n "__fish_mls_using_subcommand start" -s a -l attach -d 'See what it writes, and end as it ends'
complete -c mls -n "__fish_mls_using_subcommand start" -s i -l interactive -d 'Let it read what is typed here'
complete -c mls -n "__fish_mls_using_subcommand start" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand start" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand start" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand start" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand stats" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand stats" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand stats" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand stats" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand stats" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand stats" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand stats" -l no-stream -d 'Measure once and end'
complete -c mls -n "__fish_mls_using_subcommand stats" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand stats" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand stats" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand status" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand status" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand status" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand status" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand status" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand status" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand status" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand status" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand status" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand stop" -s t -l time -d 'Seconds until what does not end is killed; -1 for never' -r
complete -c mls -n "__fish_mls_using_subcommand stop" -s s -l signal -d 'The signal that asks it' -r
complete -c mls -n "__fish_mls_using_subcommand stop" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand stop" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand stop" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand stop" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand stop" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand stop" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand stop" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand stop" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand stop" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand stop" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand tag" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand tag" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand tag" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand tag" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand tag" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand tag" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand tag" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand tag" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand tag" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand tag" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand tag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -f -a "add" -d 'Add a token and print it, this once'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -f -a "list" -d 'List the tokens, without their secrets'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -f -a "revoke" -d 'Refuse a token from now on'
complete -c mls -n "__fish_mls_using_subcommand token; and not __fish_seen_subcommand_from add list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l right -d 'What it gives: read; write, with what read gives; admin, with everything' -r -f -a "read\t''
write\t''
admin\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l only -d 'Limit it to names, such as `models/iris*`, `experiments/churn` or `images/team/*`; may be repeated' -r
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l expires -d 'Refuse it after this time, such as `90d` or `12h`' -r
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a token and print it, this once'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the tokens, without their secrets'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Refuse a token from now on'
complete -c mls -n "__fish_mls_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand top" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand top" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand top" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand top" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand top" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand top" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand top" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand top" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand top" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand top" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand undo" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand undo" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand undo" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand undo" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand undo" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand undo" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand undo" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand undo" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand undo" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand undo" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand unpause" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand unpause" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand unpause" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand unpause" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand unpause" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand unpause" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand unpause" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand unpause" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand unpause" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand unpause" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand unpause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "create" -d 'Make a volume'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "ls" -d 'List volumes'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "inspect" -d 'Show all that is known of volumes, as Docker\'s JSON array'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "rm" -d 'Remove volumes that no container has'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "prune" -d 'Remove volumes without a name that no container has'
complete -c mls -n "__fish_mls_using_subcommand volume; and not __fish_seen_subcommand_from create ls inspect rm prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s l -l label -d 'Set a label' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Only those for which this holds: name=, label=KEY[=VALUE], dangling=true' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s f -l force -d 'What is not there is no failure'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s a -l all -d 'Those with a name, too'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s f -l force -d 'As Docker has it; nothing is asked here'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -l dry-run -d 'Show what would be done and change nothing'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a volume'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "ls" -d 'List volumes'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Show all that is known of volumes, as Docker\'s JSON array'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove volumes that no container has'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove volumes without a name that no container has'
complete -c mls -n "__fish_mls_using_subcommand volume; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand wait" -s C -d 'Run as if started in DIR' -r -F
complete -c mls -n "__fish_mls_using_subcommand wait" -s c -d 'Set one setting for this call' -r
complete -c mls -n "__fish_mls_using_subcommand wait" -l store -d 'Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]' -r -F
complete -c mls -n "__fish_mls_using_subcommand wait" -l format -d 'Say the answer in this form' -r -f -a "table\t'Text for a person'
json\t'One JSON document'
jsonl\t'One JSON document per line'
csv\t'Comma-separated values, for listings'"
complete -c mls -n "__fish_mls_using_subcommand wait" -l color -d 'Use colours [env: NO_COLOR, CLICOLOR_FORCE]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mls -n "__fish_mls_using_subcommand wait" -l progress -d 'Show how far long work is: bars on a terminal, lines, or nothing' -r -f -a "auto\t''
plain\t''
none\t''"
complete -c mls -n "__fish_mls_using_subcommand wait" -s q -l quiet -d 'Say only what was asked for'
complete -c mls -n "__fish_mls_using_subcommand wait" -s v -l verbose -d 'Say more; twice for even more'
complete -c mls -n "__fish_mls_using_subcommand wait" -s y -l yes -d 'Answer every question with yes'
complete -c mls -n "__fish_mls_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "attach" -d 'Be at a container that runs: see what it writes, type what it reads'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "build" -d 'Build an image from a Dockerfile'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "cat-file" -d 'Print an object'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "checkout" -d 'Write files out of the store'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "clone" -d 'Make a store that has what another one has'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "commit" -d 'Make an image of a container'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "commit-run" -d 'Record a run'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "completions" -d 'Print the completions of a shell'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "config" -d 'Read and change settings'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "copy" -d 'Copy an image from one registry, layout or archive to another'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "container" -d 'Do something with all containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "cp" -d 'Copy files into a container or out of it'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "create" -d 'Make a container without starting it'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "diff" -d 'Show how two things of one kind differ, or what a container has changed'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "diff-runs" -d 'Compare two and more runs'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "doctor" -d 'Show what this machine can do'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "du" -d 'Show how much room things take, and what is saved'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "events" -d 'Show what happens to containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "exec" -d 'Run another command in a container that runs'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "experiments" -d 'List, make, rename and remove experiments'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "export" -d 'Write what the store knows as files for other programs'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "fetch" -d 'Get what is new in another store, and change nothing here'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "fsck" -d 'Look for damage'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "gc" -d 'Remove content that nothing leads to'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "hash" -d 'Print the BLAKE3 of files'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "history" -d 'Show which line made which layer of an image'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "hub" -d 'Serve the store to a team: MLflow\'s tracking API on one address'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "images" -d 'List images'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "import" -d 'Bring in what other tools have recorded'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "init" -d 'Make a store'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "inspect" -d 'Show all that is known of images and containers, as Docker\'s JSON array'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "kill" -d 'Send a signal to the first process of containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "lineage" -d 'Show what a model, a run or an image came from'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "load" -d 'Load images from a file that Docker, podman or skopeo has written'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "log" -d 'Show who changed what, and when'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "login" -d 'Keep the login for a registry, or the token for a hub'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "logout" -d 'Forget the login for a registry or a hub'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "logs" -d 'Show what a container has written'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "ls" -d 'List a folder in the store'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "ls-remote" -d 'List the refs of another store'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "man" -d 'Write the manual pages'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "model" -d 'Register, name, describe, export and remove models and their versions'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "models" -d 'List models, or the versions of one'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "pause" -d 'Hold all processes of containers still'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "plot" -d 'Draw the curves of metrics'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "predict" -d 'Score a file with a model'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "port" -d 'List the published ports of a container'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "ps" -d 'List containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "pull" -d 'Get what is new in another store, or an image from a registry'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "push" -d 'Send what is new to another store, or an image to a registry'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "quickstart" -d 'See the main job done on a real data set'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "remote" -d 'Manage the stores that this one knows by a name'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "rename" -d 'Give a container another name'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "restart" -d 'Stop containers and start them again'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "rm" -d 'Remove containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "rmi" -d 'Remove names of images'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "run" -d 'Run a command in a new container'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "run-edit" -d 'Change the name, tags and note of a run'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "run-restore" -d 'Bring back runs that were removed'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "run-rm" -d 'Remove runs, so that `run-restore` can bring them back'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "runs" -d 'List runs, newest first'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "save" -d 'Write images to a file that Docker, podman and skopeo read'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "serve" -d 'Serve models over HTTP and gRPC, by MLflow\'s scoring protocol and the Open Inference Protocol'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "show" -d 'Show a run, a version of a model, an image, a ref or an object'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "start" -d 'Start containers that do not run'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "stats" -d 'Show what containers use'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "status" -d 'Show live runs, and what to push and to pull'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "stop" -d 'Stop containers: ask them to end, and make them after a while'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "tag" -d 'Give an image another name'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "token" -d 'Manage who may use a hub over this store'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "top" -d 'List the processes of a container'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "undo" -d 'Take an operation back'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "unpause" -d 'Let containers go on that were held still'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "volume" -d 'Keep folders that outlive containers'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "wait" -d 'Wait until containers end, and print their exit codes'
complete -c mls -n "__fish_mls_using_subcommand help; and not __fish_seen_subcommand_from attach build cat-file checkout clone commit commit-run completions config copy container cp create diff diff-runs doctor du events exec experiments export fetch fsck gc hash history hub images import init inspect kill lineage load log login logout logs ls ls-remote man model models pause plot predict port ps pull push quickstart remote rename restart rm rmi run run-edit run-restore run-rm runs save serve show start stats status stop tag token top undo unpause volume wait help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Print the value of a setting'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "set" -d 'Set a setting in the store, or for the user'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "unset" -d 'Give a setting back its default'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "list" -d 'List all settings with their values'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from container" -f -a "prune" -d 'Remove all containers that do not run'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from experiments" -f -a "list" -d 'List the experiments'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from experiments" -f -a "create" -d 'Make an experiment'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from experiments" -f -a "rename" -d 'Rename an experiment'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from experiments" -f -a "rm" -d 'Remove an experiment with its runs, so that it can be restored'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from experiments" -f -a "restore" -d 'Bring an experiment back'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "container" -d 'Write the files of a container as a tar'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "runs" -d 'Write runs as csv, json, jsonl or parquet, or as a folder of MLflow'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from import" -f -a "mlflow" -d 'Bring in the experiments, runs and models of MLflow'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from import" -f -a "image" -d 'Make an image of one layer out of a root file system'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "register" -d 'Register a file, a folder or an artifact of a run as the next version of a model'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "export" -d 'Write a version as a folder that MLflow opens'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "image" -d 'Make a container image that serves a version, and holds nothing else'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "promote" -d 'Move an alias to a version; `mls model rollback` moves it back'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "rollback" -d 'Let an alias mean what it meant before it was last moved; twice, what it meant before that'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "alias" -d 'Let an alias stand for a version, whatever it stood for before'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "unalias" -d 'Take an alias off'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "tag" -d 'Set tags of a model or a version'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "describe" -d 'Describe a model or a version; an empty text takes the description off'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "rm" -d 'Remove a version, or with `-y` a model and all its versions'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from model" -f -a "rename" -d 'Give a model another name'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from remote" -f -a "add" -d 'Add a remote'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from remote" -f -a "rm" -d 'Forget a remote and what was seen there'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from remote" -f -a "rename" -d 'Give a remote another name'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from remote" -f -a "set-url" -d 'Give a remote another address'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from remote" -f -a "list" -d 'List the remotes'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "add" -d 'Add a token and print it, this once'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the tokens, without their secrets'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Refuse a token from now on'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from volume" -f -a "create" -d 'Make a volume'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from volume" -f -a "ls" -d 'List volumes'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from volume" -f -a "inspect" -d 'Show all that is known of volumes, as Docker\'s JSON array'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from volume" -f -a "rm" -d 'Remove volumes that no container has'
complete -c mls -n "__fish_mls_using_subcommand help; and __fish_seen_subcommand_from volume" -f -a "prune" -d 'Remove volumes without a name that no container has'
