//! What commands share: settings, wallets, the node, the clock. Made when first asked for.

use std::cell::OnceCell;
use std::time::{SystemTime, UNIX_EPOCH};

use client::{Endpoint, NodeClient};
use keystore::{Directory, Vault, WalletName};
use protocol::time::UnixMillis;
use protocol::transfer::ChainId;

use crate::args::Globals;
use crate::config::{self, Config};
use crate::environment::Environment;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::network;
use crate::output::Printer;
use crate::places::Places;

/// One run of the program.
#[derive(Debug)]
pub struct Session {
    globals: Globals,
    environment: Environment,
    printer: Printer,
    config: OnceCell<Config>,
}

impl Session {
    /// A session that has not looked at anything yet.
    pub const fn new(globals: Globals, environment: Environment, printer: Printer) -> Self {
        Self { globals, environment, printer, config: OnceCell::new() }
    }

    /// Prints notes and warnings; the result is returned instead.
    pub const fn printer(&self) -> &Printer {
        &self.printer
    }

    /// Where things lie.
    ///
    /// # Errors
    /// Exit 9 when nothing says where.
    pub fn places(&self) -> Result<Places, Failure> {
        Places::find(&self.globals, &self.environment)
    }

    /// The settings.
    ///
    /// # Errors
    /// Exit 9 when one of them is wrong.
    pub fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::load(&self.globals, &self.environment, &self.places()?)?;
        Ok(self.config.get_or_init(|| config))
    }

    /// The network that new wallets are for.
    ///
    /// # Errors
    /// As [`Session::config`].
    pub fn chain_id(&self) -> Result<ChainId, Failure> {
        let text = self.config()?.value(&config::CHAIN_ID);
        text.parse().map_err(|error| Failure::config(format!("chain_id: {error}")))
    }

    /// The network that was asked for on the command line, if any.
    pub fn chain_id_flag(&self) -> Option<&str> {
        self.globals.chain_id.as_deref()
    }

    /// The node to talk to. It is asked for its network when `--chain-id` demands one.
    ///
    /// # Errors
    /// As [`Session::config`]; exit 7 when it is on another network.
    pub fn node(&self) -> Result<NodeClient, Failure> {
        let url = self.config()?.value(&config::NODE_URL);
        let node = NodeClient::new(node_url(url).map_err(Failure::config)?)?;
        if self.chain_id_flag().is_some() {
            self.wait(network::require(&node, &self.chain_id()?, "--chain-id asks for"))?;
        }
        Ok(node)
    }

    /// The folder of wallets.
    ///
    /// # Errors
    /// As [`Session::config`], and what [`Directory::open`] finds.
    pub fn wallets(&self) -> Result<Directory, Failure> {
        Ok(Directory::open(self.config()?.wallet_dir())?)
    }

    /// The wallet of that name, or the one to use when none is named: the setting `wallet`, or the
    /// only one there is.
    ///
    /// # Errors
    /// Exit 5 when there is none, exit 2 when there are several to choose from.
    pub fn wallet(&self, name: Option<&WalletName>) -> Result<Vault, Failure> {
        let wallets = self.wallets()?;
        if let Some(name) = name {
            return Ok(wallets.load(name)?);
        }
        if let Some(setting) = self.config()?.get(&config::WALLET) {
            let name = WalletName::parse(&setting.value)?;
            return Ok(wallets.load(&name)?);
        }
        match wallets.list()?.wallets.as_slice() {
            [only] => Ok(wallets.load(&only.name)?),
            [] => Err(Failure::new(ExitCode::NotFound, "no_wallet", "there is no wallet yet")
                .hint("rustchain wallet new NAME")),
            several => {
                let names: Vec<_> = several.iter().map(|header| header.name.as_str()).collect();
                let message = format!("which wallet? There are {}", names.join(", "));
                Err(Failure::usage("which_wallet", message)
                    .hint("set a default: wallet = \"NAME\" in the configuration file"))
            }
        }
    }

    /// The present time. The one place of this program that reads the clock.
    #[expect(clippy::disallowed_methods, reason = "everybody else takes the time as an argument")]
    pub fn now(&self) -> UnixMillis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Runs a request to its end on this thread.
    ///
    /// # Errors
    /// Those of `work`, and trouble of the system when it is started.
    pub fn wait<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            Failure::new(ExitCode::Other, "system", format!("cannot start a runtime: {error}"))
        })?;
        Ok(runtime.block_on(work)?)
    }
}

/// Reads the URL of a node.
///
/// # Errors
/// What is wrong with it.
pub fn node_url(text: &str) -> Result<Endpoint, String> {
    Endpoint::parse(text).map_err(|error| error.to_string())
}
