
use builtin;
use str;

set edit:completion:arg-completer[rustchain] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'rustchain'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'rustchain'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand wallet 'Make, import, list and look after wallets'
            cand send 'Send RTC to an address'
            cand balance 'Show what a wallet holds (the same as wallet balance)'
            cand tx 'Look up, prove and resume transfers'
            cand health 'Ask a node how it is'
            cand epoch 'Show the running epoch'
            cand config 'Show and check the configuration'
            cand completions 'Print the completion script of a shell'
            cand man 'Write manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;wallet'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand new 'Make a wallet and show its recovery phrase once'
            cand import 'Import a wallet from its recovery phrase or secret key'
            cand list 'List the wallets on this machine'
            cand show 'Show what a wallet file says openly'
            cand balance 'Show what a wallet holds'
            cand history 'Show what went in and out of a wallet'
            cand export 'Show or write the secret of a wallet'
            cand change-passphrase 'Lock a wallet with another passphrase'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;wallet;new'= {
            cand --words-file 'Write the recovery phrase to a new file instead of the terminal'
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;import'= {
            cand --words-file 'Read the recovery phrase from a file, or from stdin with -'
            cand --key-file 'Read a secret key (64 hexadecimal digits) from a file, or from stdin with -'
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;list'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;show'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;balance'= {
            cand --id 'Ask for a wallet or miner by its name on the network'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --verify 'Demand a proof of the balance and check it'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;history'= {
            cand --limit 'Show at most so many entries, newest first'
            cand --cursor 'Go on behind an earlier page, with the cursor that it showed'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;export'= {
            cand --to 'Write to a new file that nobody else can read'
            cand --form 'What to export; by default the words, or the key of a wallet without words'
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rustchain;wallet;change-passphrase'= {
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --new-passphrase-file 'Read the new passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;wallet;help'= {
            cand new 'Make a wallet and show its recovery phrase once'
            cand import 'Import a wallet from its recovery phrase or secret key'
            cand list 'List the wallets on this machine'
            cand show 'Show what a wallet file says openly'
            cand balance 'Show what a wallet holds'
            cand history 'Show what went in and out of a wallet'
            cand export 'Show or write the secret of a wallet'
            cand change-passphrase 'Lock a wallet with another passphrase'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;wallet;help;new'= {
        }
        &'rustchain;wallet;help;import'= {
        }
        &'rustchain;wallet;help;list'= {
        }
        &'rustchain;wallet;help;show'= {
        }
        &'rustchain;wallet;help;balance'= {
        }
        &'rustchain;wallet;help;history'= {
        }
        &'rustchain;wallet;help;export'= {
        }
        &'rustchain;wallet;help;change-passphrase'= {
        }
        &'rustchain;wallet;help;help'= {
        }
        &'rustchain;send'= {
            cand --from 'The wallet that pays; by default the one that is set or the only one'
            cand --memo 'A note that everybody can read'
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand -y 'Do not ask whether to send'
            cand --yes 'Do not ask whether to send'
            cand --dry-run 'Show what would be sent and stop'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;balance'= {
            cand --id 'Ask for a wallet or miner by its name on the network'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --verify 'Demand a proof of the balance and check it'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;tx'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand show 'Show what became of a transfer'
            cand prove 'Demand a proof that a transfer is in the chain, and check it'
            cand pending 'List the transfers of this machine whose fate is not known'
            cand resume 'Send a transfer whose fate is not known again, byte for byte'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;tx;show'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;tx;prove'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;tx;pending'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;tx;resume'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;tx;help'= {
            cand show 'Show what became of a transfer'
            cand prove 'Demand a proof that a transfer is in the chain, and check it'
            cand pending 'List the transfers of this machine whose fate is not known'
            cand resume 'Send a transfer whose fate is not known again, byte for byte'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;tx;help;show'= {
        }
        &'rustchain;tx;help;prove'= {
        }
        &'rustchain;tx;help;pending'= {
        }
        &'rustchain;tx;help;resume'= {
        }
        &'rustchain;tx;help;help'= {
        }
        &'rustchain;health'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;epoch'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;config'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand path 'Show where the configuration file is'
            cand get 'Show a setting, or all of them, and where they come from'
            cand validate 'Check the configuration file'
            cand example 'Print a configuration file with every setting explained'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;config;path'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;config;get'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --explain 'Say where the value comes from, down to the line of the file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;config;validate'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;config;example'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;config;help'= {
            cand path 'Show where the configuration file is'
            cand get 'Show a setting, or all of them, and where they come from'
            cand validate 'Check the configuration file'
            cand example 'Print a configuration file with every setting explained'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;config;help;path'= {
        }
        &'rustchain;config;help;get'= {
        }
        &'rustchain;config;help;validate'= {
        }
        &'rustchain;config;help;example'= {
        }
        &'rustchain;config;help;help'= {
        }
        &'rustchain;completions'= {
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;man'= {
            cand --out 'The folder to write to; pages that exist are replaced'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;help'= {
            cand wallet 'Make, import, list and look after wallets'
            cand send 'Send RTC to an address'
            cand balance 'Show what a wallet holds (the same as wallet balance)'
            cand tx 'Look up, prove and resume transfers'
            cand health 'Ask a node how it is'
            cand epoch 'Show the running epoch'
            cand config 'Show and check the configuration'
            cand completions 'Print the completion script of a shell'
            cand man 'Write manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;help;wallet'= {
            cand new 'Make a wallet and show its recovery phrase once'
            cand import 'Import a wallet from its recovery phrase or secret key'
            cand list 'List the wallets on this machine'
            cand show 'Show what a wallet file says openly'
            cand balance 'Show what a wallet holds'
            cand history 'Show what went in and out of a wallet'
            cand export 'Show or write the secret of a wallet'
            cand change-passphrase 'Lock a wallet with another passphrase'
        }
        &'rustchain;help;wallet;new'= {
        }
        &'rustchain;help;wallet;import'= {
        }
        &'rustchain;help;wallet;list'= {
        }
        &'rustchain;help;wallet;show'= {
        }
        &'rustchain;help;wallet;balance'= {
        }
        &'rustchain;help;wallet;history'= {
        }
        &'rustchain;help;wallet;export'= {
        }
        &'rustchain;help;wallet;change-passphrase'= {
        }
        &'rustchain;help;send'= {
        }
        &'rustchain;help;balance'= {
        }
        &'rustchain;help;tx'= {
            cand show 'Show what became of a transfer'
            cand prove 'Demand a proof that a transfer is in the chain, and check it'
            cand pending 'List the transfers of this machine whose fate is not known'
            cand resume 'Send a transfer whose fate is not known again, byte for byte'
        }
        &'rustchain;help;tx;show'= {
        }
        &'rustchain;help;tx;prove'= {
        }
        &'rustchain;help;tx;pending'= {
        }
        &'rustchain;help;tx;resume'= {
        }
        &'rustchain;help;health'= {
        }
        &'rustchain;help;epoch'= {
        }
        &'rustchain;help;config'= {
            cand path 'Show where the configuration file is'
            cand get 'Show a setting, or all of them, and where they come from'
            cand validate 'Check the configuration file'
            cand example 'Print a configuration file with every setting explained'
        }
        &'rustchain;help;config;path'= {
        }
        &'rustchain;help;config;get'= {
        }
        &'rustchain;help;config;validate'= {
        }
        &'rustchain;help;config;example'= {
        }
        &'rustchain;help;completions'= {
        }
        &'rustchain;help;man'= {
        }
        &'rustchain;help;help'= {
        }
    ]
    $completions[$command]
}
