
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'rustchain' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'rustchain'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'rustchain' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('wallet', 'wallet', [CompletionResultType]::ParameterValue, 'Make, import, list and look after wallets')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send RTC to an address')
            [CompletionResult]::new('balance', 'balance', [CompletionResultType]::ParameterValue, 'Show what a wallet holds (the same as wallet balance)')
            [CompletionResult]::new('tx', 'tx', [CompletionResultType]::ParameterValue, 'Look up, prove and resume transfers')
            [CompletionResult]::new('miner', 'miner', [CompletionResultType]::ParameterValue, 'Measure this machine, attest it, see what it earned')
            [CompletionResult]::new('admin', 'admin', [CompletionResultType]::ParameterValue, 'Look after admin keys, and use them')
            [CompletionResult]::new('node', 'node', [CompletionResultType]::ParameterValue, 'Make, run and check a node')
            [CompletionResult]::new('devnet', 'devnet', [CompletionResultType]::ParameterValue, 'Take a tour: a node, a wallet, a miner and a transfer on this machine')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure a node against the limits of this machine')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask a node how it is')
            [CompletionResult]::new('epoch', 'epoch', [CompletionResultType]::ParameterValue, 'Show the running epoch')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and check the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;wallet' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make a wallet and show its recovery phrase once')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import a wallet from its recovery phrase or secret key')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the wallets on this machine')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a wallet file says openly')
            [CompletionResult]::new('balance', 'balance', [CompletionResultType]::ParameterValue, 'Show what a wallet holds')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what went in and out of a wallet')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Show or write the secret of a wallet')
            [CompletionResult]::new('change-passphrase', 'change-passphrase', [CompletionResultType]::ParameterValue, 'Lock a wallet with another passphrase')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;wallet;new' {
            [CompletionResult]::new('--words-file', '--words-file', [CompletionResultType]::ParameterName, 'Write the recovery phrase to a new file instead of the terminal')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;import' {
            [CompletionResult]::new('--words-file', '--words-file', [CompletionResultType]::ParameterName, 'Read the recovery phrase from a file, or from stdin with -')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Read a secret key (64 hexadecimal digits) from a file, or from stdin with -')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;list' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;show' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;balance' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Ask for a wallet or miner by its name on the network')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Demand a proof of the balance and check it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;history' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most so many entries, newest first')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Go on behind an earlier page, with the cursor that it showed')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;export' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Write to a new file that nobody else can read')
            [CompletionResult]::new('--form', '--form', [CompletionResultType]::ParameterName, 'What to export; by default the words, or the key of a wallet without words')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rustchain;wallet;change-passphrase' {
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--new-passphrase-file', '--new-passphrase-file', [CompletionResultType]::ParameterName, 'Read the new passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;wallet;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make a wallet and show its recovery phrase once')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import a wallet from its recovery phrase or secret key')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the wallets on this machine')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a wallet file says openly')
            [CompletionResult]::new('balance', 'balance', [CompletionResultType]::ParameterValue, 'Show what a wallet holds')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what went in and out of a wallet')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Show or write the secret of a wallet')
            [CompletionResult]::new('change-passphrase', 'change-passphrase', [CompletionResultType]::ParameterValue, 'Lock a wallet with another passphrase')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;wallet;help;new' {
            break
        }
        'rustchain;wallet;help;import' {
            break
        }
        'rustchain;wallet;help;list' {
            break
        }
        'rustchain;wallet;help;show' {
            break
        }
        'rustchain;wallet;help;balance' {
            break
        }
        'rustchain;wallet;help;history' {
            break
        }
        'rustchain;wallet;help;export' {
            break
        }
        'rustchain;wallet;help;change-passphrase' {
            break
        }
        'rustchain;wallet;help;help' {
            break
        }
        'rustchain;send' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The wallet that pays; by default the one that is set or the only one')
            [CompletionResult]::new('--memo', '--memo', [CompletionResultType]::ParameterName, 'A note that everybody can read')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask whether to send')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask whether to send')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be sent and stop')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;balance' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Ask for a wallet or miner by its name on the network')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Demand a proof of the balance and check it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;tx' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what became of a transfer')
            [CompletionResult]::new('prove', 'prove', [CompletionResultType]::ParameterValue, 'Demand a proof that a transfer is in the chain, and check it')
            [CompletionResult]::new('pending', 'pending', [CompletionResultType]::ParameterValue, 'List the transfers of this machine whose fate is not known')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Send a transfer whose fate is not known again, byte for byte')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;tx;show' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;tx;prove' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;tx;pending' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;tx;resume' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;tx;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what became of a transfer')
            [CompletionResult]::new('prove', 'prove', [CompletionResultType]::ParameterValue, 'Demand a proof that a transfer is in the chain, and check it')
            [CompletionResult]::new('pending', 'pending', [CompletionResultType]::ParameterValue, 'List the transfers of this machine whose fate is not known')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Send a transfer whose fate is not known again, byte for byte')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;tx;help;show' {
            break
        }
        'rustchain;tx;help;prove' {
            break
        }
        'rustchain;tx;help;pending' {
            break
        }
        'rustchain;tx;help;resume' {
            break
        }
        'rustchain;tx;help;help' {
            break
        }
        'rustchain;miner' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('fingerprint', 'fingerprint', [CompletionResultType]::ParameterValue, 'Measure this machine and show the evidence; nothing is sent')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Attest this machine every ten minutes')
            [CompletionResult]::new('rewards', 'rewards', [CompletionResultType]::ParameterValue, 'Show what an epoch paid')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;miner;fingerprint' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;miner;run' {
            [CompletionResult]::new('--wallet', '--wallet', [CompletionResultType]::ParameterName, 'The wallet whose key attests; by default the one that is set or the only one')
            [CompletionResult]::new('--miner-id', '--miner-id', [CompletionResultType]::ParameterName, 'Attest as this miner instead of as the wallet''s address')
            [CompletionResult]::new('--miner-config', '--miner-config', [CompletionResultType]::ParameterName, 'Read the wallet, the node and the pace from a TOML file')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Read the passphrase from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Attest once and stop')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;miner;rewards' {
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it has paid, so many seconds at most')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;miner;help' {
            [CompletionResult]::new('fingerprint', 'fingerprint', [CompletionResultType]::ParameterValue, 'Measure this machine and show the evidence; nothing is sent')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Attest this machine every ten minutes')
            [CompletionResult]::new('rewards', 'rewards', [CompletionResultType]::ParameterValue, 'Show what an epoch paid')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;miner;help;fingerprint' {
            break
        }
        'rustchain;miner;help;run' {
            break
        }
        'rustchain;miner;help;rewards' {
            break
        }
        'rustchain;miner;help;help' {
            break
        }
        'rustchain;admin' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Make, list and revoke admin keys of a node on this machine')
            [CompletionResult]::new('transfer', 'transfer', [CompletionResultType]::ParameterValue, 'Pay out of a founders'' wallet')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;admin;key' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an admin key and show it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List admin keys, without the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Make an admin key invalid at once')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;admin;key;create' {
            [CompletionResult]::new('--scopes', '--scopes', [CompletionResultType]::ParameterName, 'What it may do, separated by commas')
            [CompletionResult]::new('--expires-in', '--expires-in', [CompletionResultType]::ParameterName, 'Make it invalid after so many seconds')
            [CompletionResult]::new('--admin-key-file', '--admin-key-file', [CompletionResultType]::ParameterName, 'Write the key to a new file instead of showing it')
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;admin;key;list' {
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;admin;key;revoke' {
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;admin;key;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an admin key and show it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List admin keys, without the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Make an admin key invalid at once')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;admin;key;help;create' {
            break
        }
        'rustchain;admin;key;help;list' {
            break
        }
        'rustchain;admin;key;help;revoke' {
            break
        }
        'rustchain;admin;key;help;help' {
            break
        }
        'rustchain;admin;transfer' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'The same key again is the same transfer again; by default a new one, which is shown')
            [CompletionResult]::new('--admin-key-file', '--admin-key-file', [CompletionResultType]::ParameterName, 'Read the admin key from a file, or from stdin with -, or from /dev/fd/N')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;admin;help' {
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Make, list and revoke admin keys of a node on this machine')
            [CompletionResult]::new('transfer', 'transfer', [CompletionResultType]::ParameterValue, 'Pay out of a founders'' wallet')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;admin;help;key' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an admin key and show it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List admin keys, without the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Make an admin key invalid at once')
            break
        }
        'rustchain;admin;help;key;create' {
            break
        }
        'rustchain;admin;help;key;list' {
            break
        }
        'rustchain;admin;help;key;revoke' {
            break
        }
        'rustchain;admin;help;transfer' {
            break
        }
        'rustchain;admin;help;help' {
            break
        }
        'rustchain;node' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a node: its key, its ledger and a first admin key')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a node until it is told to stop')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute a ledger from block 0 and check that everything adds up')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;node;init' {
            [CompletionResult]::new('--network', '--network', [CompletionResultType]::ParameterName, 'Which network: mainnet, testnet or dev')
            [CompletionResult]::new('--genesis', '--genesis', [CompletionResultType]::ParameterName, 'Use this genesis file instead of the built-in one')
            [CompletionResult]::new('--import', '--import', [CompletionResultType]::ParameterName, 'Start from these balances and last nonces, as JSON or CSV')
            [CompletionResult]::new('--admin-key-file', '--admin-key-file', [CompletionResultType]::ParameterName, 'Write the admin key to a new file instead of showing it')
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;node;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen here instead of where the configuration says; port 0 takes any free one')
            [CompletionResult]::new('--node-config', '--node-config', [CompletionResultType]::ParameterName, 'Read the node''s configuration from this file')
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Make a ledger of the dev network if there is none, and switch request limits off')
            [CompletionResult]::new('--confirm-clock', '--confirm-clock', [CompletionResultType]::ParameterName, 'Vouch for the clock after a long stop or a stepped clock')
            [CompletionResult]::new('--stop-with-parent', '--stop-with-parent', [CompletionResultType]::ParameterName, 'Stop when the process that started this one ends')
            [CompletionResult]::new('--log-json', '--log-json', [CompletionResultType]::ParameterName, 'Log as JSON lines')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;node;prune' {
            [CompletionResult]::new('--keep-epochs', '--keep-epochs', [CompletionResultType]::ParameterName, 'Keep the running epoch and this many full epochs before it')
            [CompletionResult]::new('--archive', '--archive', [CompletionResultType]::ParameterName, 'Write the blocks to this new file before they are removed')
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be removed, and remove nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;node;verify' {
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node in this folder; by default the folder "node" beside the wallets')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;node;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a node: its key, its ledger and a first admin key')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a node until it is told to stop')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute a ledger from block 0 and check that everything adds up')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;node;help;init' {
            break
        }
        'rustchain;node;help;serve' {
            break
        }
        'rustchain;node;help;prune' {
            break
        }
        'rustchain;node;help;verify' {
            break
        }
        'rustchain;node;help;help' {
            break
        }
        'rustchain;devnet' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Keep everything in this folder, which must be new or empty; by default a temporary one')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen here')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--exit', '--exit', [CompletionResultType]::ParameterName, 'Stop after the tour instead of serving on until Ctrl-C')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Measure only these: transfer, latency, commits, history, attest, balance, health, epoch, miners, blocks, pages, mixed, settle, roots, start, growth, verify, instructions')
            [CompletionResult]::new('--rounds', '--rounds', [CompletionResultType]::ParameterName, 'Measure every side of a ratio this often')
            [CompletionResult]::new('--seconds', '--seconds', [CompletionResultType]::ParameterName, 'Measure a side for this many seconds in each round')
            [CompletionResult]::new('--connections', '--connections', [CompletionResultType]::ParameterName, 'Drive servers over this many kept connections')
            [CompletionResult]::new('--wallets', '--wallets', [CompletionResultType]::ParameterName, 'Let this many wallets hold money')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Give the ledger with a past this many transfers')
            [CompletionResult]::new('--small-history', '--small-history', [CompletionResultType]::ParameterName, 'Give the small ledger beside it this many')
            [CompletionResult]::new('--miners', '--miners', [CompletionResultType]::ParameterName, 'Let this many machines have attested, and be paid; and ten times as many be paid')
            [CompletionResult]::new('--accounts', '--accounts', [CompletionResultType]::ParameterName, 'Compute roots over this many accounts')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Let this many transfers be due each second')
            [CompletionResult]::new('--rate-seconds', '--rate-seconds', [CompletionResultType]::ParameterName, 'Let them be due for this many seconds')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Measure a node that runs already, be it of another make: its pages; with --only attest machines that attest to it, with --only transfer,mixed wallets that were funded there (see `rustchain bench wallets`)')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Keep ledgers in this folder for the next run; by default they are temporary')
            [CompletionResult]::new('--under', '--under', [CompletionResultType]::ParameterName, 'Start the servers with this program, such as a profiler, and its arguments')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'Measure on what the bars are stated for: 5,000,000 past transfers, 100,000 wallets and miners')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('wallets', 'wallets', [CompletionResultType]::ParameterValue, 'List the wallets to fund on a node elsewhere, whose transfers are to be measured')
            [CompletionResult]::new('reference', 'reference', [CompletionResultType]::ParameterValue, 'Serve handlers that do next to nothing')
            [CompletionResult]::new('memory-node', 'memory-node', [CompletionResultType]::ParameterValue, 'Serve a node that forgets: the dev network, to this machine only')
            [CompletionResult]::new('judge', 'judge', [CompletionResultType]::ParameterValue, 'Read, verify and judge attestations, without HTTP and books')
            [CompletionResult]::new('roots', 'roots', [CompletionResultType]::ParameterValue, 'Seal blocks of invented books in memory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;bench;wallets' {
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'List this many; one sends over each connection')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench;reference' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen here; port 0 takes any free one')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench;memory-node' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen here; port 0 takes any free one')
            [CompletionResult]::new('--genesis', '--genesis', [CompletionResultType]::ParameterName, 'Make the books from this genesis file')
            [CompletionResult]::new('--node-config', '--node-config', [CompletionResultType]::ParameterName, 'Read the node''s configuration from this file')
            [CompletionResult]::new('--node-dir', '--node-dir', [CompletionResultType]::ParameterName, 'Keep the node''s key in this folder; it must not hold a ledger')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench;judge' {
            [CompletionResult]::new('--payloads', '--payloads', [CompletionResultType]::ParameterName, 'Judge the bodies in this file, one a line')
            [CompletionResult]::new('--genesis', '--genesis', [CompletionResultType]::ParameterName, 'Judge by the rules of this genesis file')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench;roots' {
            [CompletionResult]::new('--accounts', '--accounts', [CompletionResultType]::ParameterName, 'Invent so many accounts')
            [CompletionResult]::new('--transfers', '--transfers', [CompletionResultType]::ParameterName, 'Put so many transfers into a block')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'Seal so many blocks')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;bench;help' {
            [CompletionResult]::new('wallets', 'wallets', [CompletionResultType]::ParameterValue, 'List the wallets to fund on a node elsewhere, whose transfers are to be measured')
            [CompletionResult]::new('reference', 'reference', [CompletionResultType]::ParameterValue, 'Serve handlers that do next to nothing')
            [CompletionResult]::new('memory-node', 'memory-node', [CompletionResultType]::ParameterValue, 'Serve a node that forgets: the dev network, to this machine only')
            [CompletionResult]::new('judge', 'judge', [CompletionResultType]::ParameterValue, 'Read, verify and judge attestations, without HTTP and books')
            [CompletionResult]::new('roots', 'roots', [CompletionResultType]::ParameterValue, 'Seal blocks of invented books in memory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;bench;help;wallets' {
            break
        }
        'rustchain;bench;help;reference' {
            break
        }
        'rustchain;bench;help;memory-node' {
            break
        }
        'rustchain;bench;help;judge' {
            break
        }
        'rustchain;bench;help;roots' {
            break
        }
        'rustchain;bench;help;help' {
            break
        }
        'rustchain;health' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;epoch' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;config' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Show where the configuration file is')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a setting, or all of them, and where they come from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file')
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a configuration file with every setting explained')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;config;path' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;config;get' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say where the value comes from, down to the line of the file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;config;validate' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;config;example' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;config;help' {
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Show where the configuration file is')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a setting, or all of them, and where they come from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file')
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a configuration file with every setting explained')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;config;help;path' {
            break
        }
        'rustchain;config;help;get' {
            break
        }
        'rustchain;config;help;validate' {
            break
        }
        'rustchain;config;help;example' {
            break
        }
        'rustchain;config;help;help' {
            break
        }
        'rustchain;completions' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;man' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'The folder to write to; pages that exist are replaced')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Talk to this node')
            [CompletionResult]::new('--chain-id', '--chain-id', [CompletionResultType]::ParameterName, 'Work on this network and no other')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Keep wallets and state in this folder')
            [CompletionResult]::new('--wallet-dir', '--wallet-dir', [CompletionResultType]::ParameterName, 'Keep wallets in this folder')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, errors included')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but questions, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rustchain;help' {
            [CompletionResult]::new('wallet', 'wallet', [CompletionResultType]::ParameterValue, 'Make, import, list and look after wallets')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send RTC to an address')
            [CompletionResult]::new('balance', 'balance', [CompletionResultType]::ParameterValue, 'Show what a wallet holds (the same as wallet balance)')
            [CompletionResult]::new('tx', 'tx', [CompletionResultType]::ParameterValue, 'Look up, prove and resume transfers')
            [CompletionResult]::new('miner', 'miner', [CompletionResultType]::ParameterValue, 'Measure this machine, attest it, see what it earned')
            [CompletionResult]::new('admin', 'admin', [CompletionResultType]::ParameterValue, 'Look after admin keys, and use them')
            [CompletionResult]::new('node', 'node', [CompletionResultType]::ParameterValue, 'Make, run and check a node')
            [CompletionResult]::new('devnet', 'devnet', [CompletionResultType]::ParameterValue, 'Take a tour: a node, a wallet, a miner and a transfer on this machine')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure a node against the limits of this machine')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask a node how it is')
            [CompletionResult]::new('epoch', 'epoch', [CompletionResultType]::ParameterValue, 'Show the running epoch')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and check the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rustchain;help;wallet' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make a wallet and show its recovery phrase once')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import a wallet from its recovery phrase or secret key')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the wallets on this machine')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a wallet file says openly')
            [CompletionResult]::new('balance', 'balance', [CompletionResultType]::ParameterValue, 'Show what a wallet holds')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what went in and out of a wallet')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Show or write the secret of a wallet')
            [CompletionResult]::new('change-passphrase', 'change-passphrase', [CompletionResultType]::ParameterValue, 'Lock a wallet with another passphrase')
            break
        }
        'rustchain;help;wallet;new' {
            break
        }
        'rustchain;help;wallet;import' {
            break
        }
        'rustchain;help;wallet;list' {
            break
        }
        'rustchain;help;wallet;show' {
            break
        }
        'rustchain;help;wallet;balance' {
            break
        }
        'rustchain;help;wallet;history' {
            break
        }
        'rustchain;help;wallet;export' {
            break
        }
        'rustchain;help;wallet;change-passphrase' {
            break
        }
        'rustchain;help;send' {
            break
        }
        'rustchain;help;balance' {
            break
        }
        'rustchain;help;tx' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what became of a transfer')
            [CompletionResult]::new('prove', 'prove', [CompletionResultType]::ParameterValue, 'Demand a proof that a transfer is in the chain, and check it')
            [CompletionResult]::new('pending', 'pending', [CompletionResultType]::ParameterValue, 'List the transfers of this machine whose fate is not known')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Send a transfer whose fate is not known again, byte for byte')
            break
        }
        'rustchain;help;tx;show' {
            break
        }
        'rustchain;help;tx;prove' {
            break
        }
        'rustchain;help;tx;pending' {
            break
        }
        'rustchain;help;tx;resume' {
            break
        }
        'rustchain;help;miner' {
            [CompletionResult]::new('fingerprint', 'fingerprint', [CompletionResultType]::ParameterValue, 'Measure this machine and show the evidence; nothing is sent')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Attest this machine every ten minutes')
            [CompletionResult]::new('rewards', 'rewards', [CompletionResultType]::ParameterValue, 'Show what an epoch paid')
            break
        }
        'rustchain;help;miner;fingerprint' {
            break
        }
        'rustchain;help;miner;run' {
            break
        }
        'rustchain;help;miner;rewards' {
            break
        }
        'rustchain;help;admin' {
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Make, list and revoke admin keys of a node on this machine')
            [CompletionResult]::new('transfer', 'transfer', [CompletionResultType]::ParameterValue, 'Pay out of a founders'' wallet')
            break
        }
        'rustchain;help;admin;key' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an admin key and show it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List admin keys, without the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Make an admin key invalid at once')
            break
        }
        'rustchain;help;admin;key;create' {
            break
        }
        'rustchain;help;admin;key;list' {
            break
        }
        'rustchain;help;admin;key;revoke' {
            break
        }
        'rustchain;help;admin;transfer' {
            break
        }
        'rustchain;help;node' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a node: its key, its ledger and a first admin key')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a node until it is told to stop')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the bodies of old blocks; a verified snapshot, headers and transaction ids stay')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute a ledger from block 0 and check that everything adds up')
            break
        }
        'rustchain;help;node;init' {
            break
        }
        'rustchain;help;node;serve' {
            break
        }
        'rustchain;help;node;prune' {
            break
        }
        'rustchain;help;node;verify' {
            break
        }
        'rustchain;help;devnet' {
            break
        }
        'rustchain;help;bench' {
            [CompletionResult]::new('wallets', 'wallets', [CompletionResultType]::ParameterValue, 'List the wallets to fund on a node elsewhere, whose transfers are to be measured')
            [CompletionResult]::new('reference', 'reference', [CompletionResultType]::ParameterValue, 'Serve handlers that do next to nothing')
            [CompletionResult]::new('memory-node', 'memory-node', [CompletionResultType]::ParameterValue, 'Serve a node that forgets: the dev network, to this machine only')
            [CompletionResult]::new('judge', 'judge', [CompletionResultType]::ParameterValue, 'Read, verify and judge attestations, without HTTP and books')
            [CompletionResult]::new('roots', 'roots', [CompletionResultType]::ParameterValue, 'Seal blocks of invented books in memory')
            break
        }
        'rustchain;help;bench;wallets' {
            break
        }
        'rustchain;help;bench;reference' {
            break
        }
        'rustchain;help;bench;memory-node' {
            break
        }
        'rustchain;help;bench;judge' {
            break
        }
        'rustchain;help;bench;roots' {
            break
        }
        'rustchain;help;health' {
            break
        }
        'rustchain;help;epoch' {
            break
        }
        'rustchain;help;config' {
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Show where the configuration file is')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a setting, or all of them, and where they come from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file')
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a configuration file with every setting explained')
            break
        }
        'rustchain;help;config;path' {
            break
        }
        'rustchain;help;config;get' {
            break
        }
        'rustchain;help;config;validate' {
            break
        }
        'rustchain;help;config;example' {
            break
        }
        'rustchain;help;completions' {
            break
        }
        'rustchain;help;man' {
            break
        }
        'rustchain;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
