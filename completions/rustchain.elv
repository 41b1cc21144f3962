
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
            cand miner 'Measure this machine, attest it, see what it earned'
            cand admin 'Look after admin keys, and use them'
            cand node 'Make, run and check a node'
            cand devnet 'Take a tour: a node, a wallet, a miner and a transfer on this machine'
            cand bench 'Measure a node against the limits of this machine'
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
        &'rustchain;miner'= {
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
            cand fingerprint 'Measure this machine and show the evidence; nothing is sent'
            cand run 'Attest this machine every ten minutes'
            cand rewards 'Show what an epoch paid'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;miner;fingerprint'= {
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
        &'rustchain;miner;run'= {
            cand --wallet 'The wallet whose key attests; by default the one that is set or the only one'
            cand --miner-id 'Attest as this miner instead of as the wallet''s address'
            cand --miner-config 'Read the wallet, the node and the pace from a TOML file'
            cand --passphrase-file 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --once 'Attest once and stop'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;miner;rewards'= {
            cand --wait 'Wait until it has paid, so many seconds at most'
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
        &'rustchain;miner;help'= {
            cand fingerprint 'Measure this machine and show the evidence; nothing is sent'
            cand run 'Attest this machine every ten minutes'
            cand rewards 'Show what an epoch paid'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;miner;help;fingerprint'= {
        }
        &'rustchain;miner;help;run'= {
        }
        &'rustchain;miner;help;rewards'= {
        }
        &'rustchain;miner;help;help'= {
        }
        &'rustchain;admin'= {
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
            cand key 'Make, list and revoke admin keys of a node on this machine'
            cand transfer 'Pay out of a founders'' wallet'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;admin;key'= {
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
            cand create 'Make an admin key and show it once'
            cand list 'List admin keys, without the keys'
            cand revoke 'Make an admin key invalid at once'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;admin;key;create'= {
            cand --scopes 'What it may do, separated by commas'
            cand --expires-in 'Make it invalid after so many seconds'
            cand --admin-key-file 'Write the key to a new file instead of showing it'
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
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
        &'rustchain;admin;key;list'= {
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
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
        &'rustchain;admin;key;revoke'= {
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
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
        &'rustchain;admin;key;help'= {
            cand create 'Make an admin key and show it once'
            cand list 'List admin keys, without the keys'
            cand revoke 'Make an admin key invalid at once'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;admin;key;help;create'= {
        }
        &'rustchain;admin;key;help;list'= {
        }
        &'rustchain;admin;key;help;revoke'= {
        }
        &'rustchain;admin;key;help;help'= {
        }
        &'rustchain;admin;transfer'= {
            cand --reason 'Why'
            cand --idempotency-key 'The same key again is the same transfer again; by default a new one, which is shown'
            cand --admin-key-file 'Read the admin key from a file, or from stdin with -, or from /dev/fd/N'
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
        &'rustchain;admin;help'= {
            cand key 'Make, list and revoke admin keys of a node on this machine'
            cand transfer 'Pay out of a founders'' wallet'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;admin;help;key'= {
            cand create 'Make an admin key and show it once'
            cand list 'List admin keys, without the keys'
            cand revoke 'Make an admin key invalid at once'
        }
        &'rustchain;admin;help;key;create'= {
        }
        &'rustchain;admin;help;key;list'= {
        }
        &'rustchain;admin;help;key;revoke'= {
        }
        &'rustchain;admin;help;transfer'= {
        }
        &'rustchain;admin;help;help'= {
        }
        &'rustchain;node'= {
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
            cand init 'Make a node: its key, its ledger and a first admin key'
            cand serve 'Run a node until it is told to stop'
            cand prune 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
            cand verify 'Recompute a ledger from block 0 and check that everything adds up'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;node;init'= {
            cand --network 'Which network: mainnet, testnet or dev'
            cand --genesis 'Use this genesis file instead of the built-in one'
            cand --import 'Start from these balances and last nonces, as JSON or CSV'
            cand --admin-key-file 'Write the admin key to a new file instead of showing it'
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
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
        &'rustchain;node;serve'= {
            cand --listen 'Listen here instead of where the configuration says; port 0 takes any free one'
            cand --node-config 'Read the node''s configuration from this file'
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --dev 'Make a ledger of the dev network if there is none, and switch request limits off'
            cand --confirm-clock 'Vouch for the clock after a long stop or a stepped clock'
            cand --stop-with-parent 'Stop when the process that started this one ends'
            cand --log-json 'Log as JSON lines'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;node;prune'= {
            cand --keep-epochs 'Keep the running epoch and this many full epochs before it'
            cand --archive 'Write the blocks to this new file before they are removed'
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --yes 'Do not ask'
            cand --dry-run 'Say what would be removed, and remove nothing'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;node;verify'= {
            cand --node-dir 'Keep the node in this folder; by default the folder "node" beside the wallets'
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
        &'rustchain;node;help'= {
            cand init 'Make a node: its key, its ledger and a first admin key'
            cand serve 'Run a node until it is told to stop'
            cand prune 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
            cand verify 'Recompute a ledger from block 0 and check that everything adds up'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;node;help;init'= {
        }
        &'rustchain;node;help;serve'= {
        }
        &'rustchain;node;help;prune'= {
        }
        &'rustchain;node;help;verify'= {
        }
        &'rustchain;node;help;help'= {
        }
        &'rustchain;devnet'= {
            cand --dir 'Keep everything in this folder, which must be new or empty; by default a temporary one'
            cand --listen 'Listen here'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --exit 'Stop after the tour instead of serving on until Ctrl-C'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rustchain;bench'= {
            cand --only 'Measure only these: transfer, latency, commits, history, attest, balance, health, epoch, miners, blocks, pages, mixed, settle, roots, start, growth, verify, instructions'
            cand --rounds 'Measure every side of a ratio this often'
            cand --seconds 'Measure a side for this many seconds in each round'
            cand --connections 'Drive servers over this many kept connections'
            cand --wallets 'Let this many wallets hold money'
            cand --history 'Give the ledger with a past this many transfers'
            cand --small-history 'Give the small ledger beside it this many'
            cand --miners 'Let this many machines have attested, and be paid; and ten times as many be paid'
            cand --accounts 'Compute roots over this many accounts'
            cand --rate 'Let this many transfers be due each second'
            cand --rate-seconds 'Let them be due for this many seconds'
            cand --url 'Measure a node that runs already, be it of another make: its pages; with --only attest machines that attest to it, with --only transfer,mixed wallets that were funded there (see `rustchain bench wallets`)'
            cand --dir 'Keep ledgers in this folder for the next run; by default they are temporary'
            cand --under 'Start the servers with this program, such as a profiler, and its arguments'
            cand --node 'Talk to this node'
            cand --chain-id 'Work on this network and no other'
            cand --data-dir 'Keep wallets and state in this folder'
            cand --wallet-dir 'Keep wallets in this folder'
            cand --config 'Read this configuration file'
            cand --full 'Measure on what the bars are stated for: 5,000,000 past transfers, 100,000 wallets and miners'
            cand --json 'Print the result as JSON, errors included'
            cand -q 'Say nothing on stderr but questions, warnings and errors'
            cand --quiet 'Say nothing on stderr but questions, warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand wallets 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
            cand reference 'Serve handlers that do next to nothing'
            cand memory-node 'Serve a node that forgets: the dev network, to this machine only'
            cand judge 'Read, verify and judge attestations, without HTTP and books'
            cand roots 'Seal blocks of invented books in memory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;bench;wallets'= {
            cand --count 'List this many; one sends over each connection'
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
        &'rustchain;bench;reference'= {
            cand --listen 'Listen here; port 0 takes any free one'
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
        &'rustchain;bench;memory-node'= {
            cand --listen 'Listen here; port 0 takes any free one'
            cand --genesis 'Make the books from this genesis file'
            cand --node-config 'Read the node''s configuration from this file'
            cand --node-dir 'Keep the node''s key in this folder; it must not hold a ledger'
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
        &'rustchain;bench;judge'= {
            cand --payloads 'Judge the bodies in this file, one a line'
            cand --genesis 'Judge by the rules of this genesis file'
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
        &'rustchain;bench;roots'= {
            cand --accounts 'Invent so many accounts'
            cand --transfers 'Put so many transfers into a block'
            cand --blocks 'Seal so many blocks'
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
        &'rustchain;bench;help'= {
            cand wallets 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
            cand reference 'Serve handlers that do next to nothing'
            cand memory-node 'Serve a node that forgets: the dev network, to this machine only'
            cand judge 'Read, verify and judge attestations, without HTTP and books'
            cand roots 'Seal blocks of invented books in memory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rustchain;bench;help;wallets'= {
        }
        &'rustchain;bench;help;reference'= {
        }
        &'rustchain;bench;help;memory-node'= {
        }
        &'rustchain;bench;help;judge'= {
        }
        &'rustchain;bench;help;roots'= {
        }
        &'rustchain;bench;help;help'= {
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
            cand miner 'Measure this machine, attest it, see what it earned'
            cand admin 'Look after admin keys, and use them'
            cand node 'Make, run and check a node'
            cand devnet 'Take a tour: a node, a wallet, a miner and a transfer on this machine'
            cand bench 'Measure a node against the limits of this machine'
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
        &'rustchain;help;miner'= {
            cand fingerprint 'Measure this machine and show the evidence; nothing is sent'
            cand run 'Attest this machine every ten minutes'
            cand rewards 'Show what an epoch paid'
        }
        &'rustchain;help;miner;fingerprint'= {
        }
        &'rustchain;help;miner;run'= {
        }
        &'rustchain;help;miner;rewards'= {
        }
        &'rustchain;help;admin'= {
            cand key 'Make, list and revoke admin keys of a node on this machine'
            cand transfer 'Pay out of a founders'' wallet'
        }
        &'rustchain;help;admin;key'= {
            cand create 'Make an admin key and show it once'
            cand list 'List admin keys, without the keys'
            cand revoke 'Make an admin key invalid at once'
        }
        &'rustchain;help;admin;key;create'= {
        }
        &'rustchain;help;admin;key;list'= {
        }
        &'rustchain;help;admin;key;revoke'= {
        }
        &'rustchain;help;admin;transfer'= {
        }
        &'rustchain;help;node'= {
            cand init 'Make a node: its key, its ledger and a first admin key'
            cand serve 'Run a node until it is told to stop'
            cand prune 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay'
            cand verify 'Recompute a ledger from block 0 and check that everything adds up'
        }
        &'rustchain;help;node;init'= {
        }
        &'rustchain;help;node;serve'= {
        }
        &'rustchain;help;node;prune'= {
        }
        &'rustchain;help;node;verify'= {
        }
        &'rustchain;help;devnet'= {
        }
        &'rustchain;help;bench'= {
            cand wallets 'List the wallets to fund on a node elsewhere, whose transfers are to be measured'
            cand reference 'Serve handlers that do next to nothing'
            cand memory-node 'Serve a node that forgets: the dev network, to this machine only'
            cand judge 'Read, verify and judge attestations, without HTTP and books'
            cand roots 'Seal blocks of invented books in memory'
        }
        &'rustchain;help;bench;wallets'= {
        }
        &'rustchain;help;bench;reference'= {
        }
        &'rustchain;help;bench;memory-node'= {
        }
        &'rustchain;help;bench;judge'= {
        }
        &'rustchain;help;bench;roots'= {
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
