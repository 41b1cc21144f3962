# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_rustchain_global_optspecs
    string join \n json q/quiet node= chain-id= data-dir= wallet-dir= config= h/help V/version
end

function __fish_rustchain_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_rustchain_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_rustchain_using_subcommand
    set -l cmd (__fish_rustchain_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c rustchain -n "__fish_rustchain_needs_command" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_needs_command" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_needs_command" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_needs_command" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_needs_command" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_needs_command" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_needs_command" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rustchain -n "__fish_rustchain_needs_command" -s V -l version -d 'Print version'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "wallet" -d 'Make, import, list and look after wallets'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "send" -d 'Send RTC to an address'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "balance" -d 'Show what a wallet holds (the same as wallet balance)'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "tx" -d 'Look up, prove and resume transfers'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "miner" -d 'Measure this machine, attest it, see what it earned'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "admin" -d 'Look after admin keys, and use them'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "node" -d 'Make, run and check a node'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "devnet" -d 'Take a tour: a node, a wallet, a miner and a transfer on this machine'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "bench" -d 'Measure a node against the limits of this machine'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "health" -d 'Ask a node how it is'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "epoch" -d 'Show the running epoch'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "config" -d 'Show and check the configuration'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "man" -d 'Write manual pages'
complete -c rustchain -n "__fish_rustchain_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "new" -d 'Make a wallet and show its recovery phrase once'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "import" -d 'Import a wallet from its recovery phrase or secret key'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "list" -d 'List the wallets on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "show" -d 'Show what a wallet file says openly'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "balance" -d 'Show what a wallet holds'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "history" -d 'Show what went in and out of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "export" -d 'Show or write the secret of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "change-passphrase" -d 'Lock a wallet with another passphrase'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and not __fish_seen_subcommand_from new import list show balance history export change-passphrase help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l words-file -d 'Write the recovery phrase to a new file instead of the terminal' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l words-file -d 'Read the recovery phrase from a file, or from stdin with -' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l key-file -d 'Read a secret key (64 hexadecimal digits) from a file, or from stdin with -' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l id -d 'Ask for a wallet or miner by its name on the network' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l verify -d 'Demand a proof of the balance and check it'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from balance" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l limit -d 'Show at most so many entries, newest first' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l cursor -d 'Go on behind an earlier page, with the cursor that it showed' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l to -d 'Write to a new file that nobody else can read' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l form -d 'What to export; by default the words, or the key of a wallet without words' -r -f -a "words\t'The recovery phrase'
key\t'The secret key, in hexadecimal'
encrypted\t'The wallet file, still encrypted'"
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l new-passphrase-file -d 'Read the new passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from change-passphrase" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "new" -d 'Make a wallet and show its recovery phrase once'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "import" -d 'Import a wallet from its recovery phrase or secret key'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the wallets on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a wallet file says openly'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "balance" -d 'Show what a wallet holds'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "history" -d 'Show what went in and out of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "export" -d 'Show or write the secret of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "change-passphrase" -d 'Lock a wallet with another passphrase'
complete -c rustchain -n "__fish_rustchain_using_subcommand wallet; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l from -d 'The wallet that pays; by default the one that is set or the only one' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l memo -d 'A note that everybody can read' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -s y -l yes -d 'Do not ask whether to send'
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l dry-run -d 'Show what would be sent and stop'
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand send" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l id -d 'Ask for a wallet or miner by its name on the network' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l verify -d 'Demand a proof of the balance and check it'
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand balance" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -f -a "show" -d 'Show what became of a transfer'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -f -a "prove" -d 'Demand a proof that a transfer is in the chain, and check it'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -f -a "pending" -d 'List the transfers of this machine whose fate is not known'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -f -a "resume" -d 'Send a transfer whose fate is not known again, byte for byte'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and not __fish_seen_subcommand_from show prove pending resume help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from prove" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from pending" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what became of a transfer'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from help" -f -a "prove" -d 'Demand a proof that a transfer is in the chain, and check it'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from help" -f -a "pending" -d 'List the transfers of this machine whose fate is not known'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from help" -f -a "resume" -d 'Send a transfer whose fate is not known again, byte for byte'
complete -c rustchain -n "__fish_rustchain_using_subcommand tx; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -f -a "fingerprint" -d 'Measure this machine and show the evidence; nothing is sent'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -f -a "run" -d 'Attest this machine every ten minutes'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -f -a "rewards" -d 'Show what an epoch paid'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and not __fish_seen_subcommand_from fingerprint run rewards help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from fingerprint" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l wallet -d 'The wallet whose key attests; by default the one that is set or the only one' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l miner-id -d 'Attest as this miner instead of as the wallet\'s address' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l miner-config -d 'Read the wallet, the node and the pace from a TOML file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l passphrase-file -d 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l once -d 'Attest once and stop'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l wait -d 'Wait until it has paid, so many seconds at most' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from rewards" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from help" -f -a "fingerprint" -d 'Measure this machine and show the evidence; nothing is sent'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from help" -f -a "run" -d 'Attest this machine every ten minutes'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from help" -f -a "rewards" -d 'Show what an epoch paid'
complete -c rustchain -n "__fish_rustchain_using_subcommand miner; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -f -a "key" -d 'Make, list and revoke admin keys of a node on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -f -a "transfer" -d 'Pay out of a founders\' wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and not __fish_seen_subcommand_from key transfer help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -f -a "create" -d 'Make an admin key and show it once'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -f -a "list" -d 'List admin keys, without the keys'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -f -a "revoke" -d 'Make an admin key invalid at once'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from key" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l reason -d 'Why' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l idempotency-key -d 'The same key again is the same transfer again; by default a new one, which is shown' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l admin-key-file -d 'Read the admin key from a file, or from stdin with -, or from /dev/fd/N' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from transfer" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from help" -f -a "key" -d 'Make, list and revoke admin keys of a node on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from help" -f -a "transfer" -d 'Pay out of a founders\' wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand admin; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -f -a "init" -d 'Make a node: its key, its ledger and a first admin key'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -f -a "serve" -d 'Run a node until it is told to stop'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -f -a "prune" -d 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -f -a "verify" -d 'Recompute a ledger from block 0 and check that everything adds up'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and not __fish_seen_subcommand_from init serve prune verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l network -d 'Which network: mainnet, testnet or dev' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l genesis -d 'Use this genesis file instead of the built-in one' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l import -d 'Start from these balances and last nonces, as JSON or CSV' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l admin-key-file -d 'Write the admin key to a new file instead of showing it' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l node-dir -d 'Keep the node in this folder; by default the folder "node" beside the wallets' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l listen -d 'Listen here instead of where the configuration says; port 0 takes any free one' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l node-config -d 'Read the node\'s configuration from this file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l node-dir -d 'Keep the node in this folder; by default the folder "node" beside the wallets' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l dev -d 'Make a ledger of the dev network if there is none, and switch request limits off'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l confirm-clock -d 'Vouch for the clock after a long stop or a stepped clock'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l stop-with-parent -d 'Stop when the process that started this one ends'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l log-json -d 'Log as JSON lines'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l keep-epochs -d 'Keep the running epoch and this many full epochs before it' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l archive -d 'Write the blocks to this new file before they are removed' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l node-dir -d 'Keep the node in this folder; by default the folder "node" beside the wallets' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l yes -d 'Do not ask'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l dry-run -d 'Say what would be removed, and remove nothing'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l node-dir -d 'Keep the node in this folder; by default the folder "node" beside the wallets' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from help" -f -a "init" -d 'Make a node: its key, its ledger and a first admin key'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Run a node until it is told to stop'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Recompute a ledger from block 0 and check that everything adds up'
complete -c rustchain -n "__fish_rustchain_using_subcommand node; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l dir -d 'Keep everything in this folder, which must be new or empty; by default a temporary one' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l listen -d 'Listen here' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l exit -d 'Stop after the tour instead of serving on until Ctrl-C'
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand devnet" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l only -d 'Measure only these: transfer, latency, commits, history, attest, balance, health, epoch, miners, blocks, pages, mixed, settle, roots, start, growth, verify, instructions' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l rounds -d 'Measure every side of a ratio this often' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l seconds -d 'Measure a side for this many seconds in each round' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l connections -d 'Drive servers over this many kept connections' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l wallets -d 'Let this many wallets hold money' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l history -d 'Give the ledger with a past this many transfers' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l small-history -d 'Give the small ledger beside it this many' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l miners -d 'Let this many machines have attested, and be paid; and ten times as many be paid' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l accounts -d 'Compute roots over this many accounts' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l rate -d 'Let this many transfers be due each second' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l rate-seconds -d 'Let them be due for this many seconds' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l url -d 'Measure a node that runs already, be it of another make: its pages; with --only attest machines that attest to it, with --only transfer,mixed wallets that were funded there (see `rustchain bench wallets`)' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l dir -d 'Keep ledgers in this folder for the next run; by default they are temporary' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l under -d 'Start the servers with this program, such as a profiler, and its arguments' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l full -d 'Measure on what the bars are stated for: 5,000,000 past transfers, 100,000 wallets and miners'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "wallets" -d 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "reference" -d 'Serve handlers that do next to nothing'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "memory-node" -d 'Serve a node that forgets: the dev network, to this machine only'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "judge" -d 'Read, verify and judge attestations, without HTTP and books'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "roots" -d 'Seal blocks of invented books in memory'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and not __fish_seen_subcommand_from wallets reference memory-node judge roots help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l count -d 'List this many; one sends over each connection' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from wallets" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l listen -d 'Listen here; port 0 takes any free one' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from reference" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l listen -d 'Listen here; port 0 takes any free one' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l genesis -d 'Make the books from this genesis file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l node-config -d 'Read the node\'s configuration from this file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l node-dir -d 'Keep the node\'s key in this folder; it must not hold a ledger' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from memory-node" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l payloads -d 'Judge the bodies in this file, one a line' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l genesis -d 'Judge by the rules of this genesis file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from judge" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l accounts -d 'Invent so many accounts' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l transfers -d 'Put so many transfers into a block' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l blocks -d 'Seal so many blocks' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from roots" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "wallets" -d 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "reference" -d 'Serve handlers that do next to nothing'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "memory-node" -d 'Serve a node that forgets: the dev network, to this machine only'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "judge" -d 'Read, verify and judge attestations, without HTTP and books'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "roots" -d 'Seal blocks of invented books in memory'
complete -c rustchain -n "__fish_rustchain_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand health" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand epoch" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -f -a "path" -d 'Show where the configuration file is'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -f -a "get" -d 'Show a setting, or all of them, and where they come from'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -f -a "validate" -d 'Check the configuration file'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -f -a "example" -d 'Print a configuration file with every setting explained'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and not __fish_seen_subcommand_from path get validate example help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l explain -d 'Say where the value comes from, down to the line of the file'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from example" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Show where the configuration file is'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show a setting, or all of them, and where they come from'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check the configuration file'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "example" -d 'Print a configuration file with every setting explained'
complete -c rustchain -n "__fish_rustchain_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand completions" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l out -d 'The folder to write to; pages that exist are replaced' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l node -d 'Talk to this node' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l chain-id -d 'Work on this network and no other' -r
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l data-dir -d 'Keep wallets and state in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l wallet-dir -d 'Keep wallets in this folder' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l config -d 'Read this configuration file' -r -F
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -l json -d 'Print the result as JSON, errors included'
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -s q -l quiet -d 'Say nothing on stderr but questions, warnings and errors'
complete -c rustchain -n "__fish_rustchain_using_subcommand man" -s h -l help -d 'Print help'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "wallet" -d 'Make, import, list and look after wallets'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "send" -d 'Send RTC to an address'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "balance" -d 'Show what a wallet holds (the same as wallet balance)'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "tx" -d 'Look up, prove and resume transfers'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "miner" -d 'Measure this machine, attest it, see what it earned'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "admin" -d 'Look after admin keys, and use them'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "node" -d 'Make, run and check a node'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "devnet" -d 'Take a tour: a node, a wallet, a miner and a transfer on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "bench" -d 'Measure a node against the limits of this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "health" -d 'Ask a node how it is'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "epoch" -d 'Show the running epoch'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "config" -d 'Show and check the configuration'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "man" -d 'Write manual pages'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and not __fish_seen_subcommand_from wallet send balance tx miner admin node devnet bench health epoch config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "new" -d 'Make a wallet and show its recovery phrase once'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "import" -d 'Import a wallet from its recovery phrase or secret key'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "list" -d 'List the wallets on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "show" -d 'Show what a wallet file says openly'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "balance" -d 'Show what a wallet holds'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "history" -d 'Show what went in and out of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "export" -d 'Show or write the secret of a wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from wallet" -f -a "change-passphrase" -d 'Lock a wallet with another passphrase'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from tx" -f -a "show" -d 'Show what became of a transfer'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from tx" -f -a "prove" -d 'Demand a proof that a transfer is in the chain, and check it'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from tx" -f -a "pending" -d 'List the transfers of this machine whose fate is not known'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from tx" -f -a "resume" -d 'Send a transfer whose fate is not known again, byte for byte'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from miner" -f -a "fingerprint" -d 'Measure this machine and show the evidence; nothing is sent'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from miner" -f -a "run" -d 'Attest this machine every ten minutes'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from miner" -f -a "rewards" -d 'Show what an epoch paid'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "key" -d 'Make, list and revoke admin keys of a node on this machine'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "transfer" -d 'Pay out of a founders\' wallet'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from node" -f -a "init" -d 'Make a node: its key, its ledger and a first admin key'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from node" -f -a "serve" -d 'Run a node until it is told to stop'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from node" -f -a "prune" -d 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from node" -f -a "verify" -d 'Recompute a ledger from block 0 and check that everything adds up'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "wallets" -d 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "reference" -d 'Serve handlers that do next to nothing'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "memory-node" -d 'Serve a node that forgets: the dev network, to this machine only'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "judge" -d 'Read, verify and judge attestations, without HTTP and books'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "roots" -d 'Seal blocks of invented books in memory'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Show where the configuration file is'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Show a setting, or all of them, and where they come from'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "validate" -d 'Check the configuration file'
complete -c rustchain -n "__fish_rustchain_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "example" -d 'Print a configuration file with every setting explained'
