//! Drives a server over kept connections: each sends its next request as soon as it has the answer
//! to the one before.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::error::BenchError;
use crate::http::Connection;
use crate::script::{Repeat, Script};

/// Longest piece of a refusal that is kept.
const REFUSAL_BYTES: usize = 400;

/// When the load ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// After `warm_up`, which does not count, and `window`, which does; or when a connection has
    /// nothing left to send.
    Elapsed {
        /// Time before counting begins.
        warm_up: Duration,
        /// Time that counts.
        window: Duration,
    },
    /// When all scripts are sent; everything counts.
    AllSent,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    /// Answers with status 200.
    pub(crate) answered: u64,
    /// Other answers, and connections that broke.
    pub(crate) refused: u64,
    /// The first of these.
    pub(crate) first_refusal: Option<String>,
    /// Microseconds from request to answer, sorted; of answers with status 200.
    pub(crate) latencies: Vec<u32>,
}

/// What the connections share.
#[derive(Default)]
struct Shared {
    counting: Cell<bool>,
    over: Cell<bool>,
    dry: Notify,
    driven: RefCell<Driven>,
}

/// Sends the scripts, one over each connection. `at_edge` is called when counting begins and when
/// it ends.
pub(crate) async fn drive(
    address: SocketAddr,
    scripts: &Rc<[Script]>,
    repeat: Repeat,
    until: Until,
    at_edge: &mut dyn FnMut(),
) -> Result<Driven, BenchError> {
    let connections = open_all(address, scripts.len()).await?;
    let shared = Rc::new(Shared::default());
    let tasks = LocalSet::new();
    let mut running = Vec::with_capacity(connections.len());
    for (number, connection) in connections.into_iter().enumerate() {
        let (scripts, shared) = (Rc::clone(scripts), Rc::clone(&shared));
        running.push(tasks.spawn_local(async move {
            if let Err(error) = work(connection, &scripts[number], repeat, until, &shared).await {
                shared.note_refusal(format!("the connection broke: {error}"));
            }
        }));
    }
    let watch = async {
        match until {
            Until::Elapsed { warm_up, window } => {
                tokio::time::sleep(warm_up).await;
                at_edge();
                shared.counting.set(true);
                tokio::select! {
                    () = tokio::time::sleep(window) => {}
                    () = shared.dry.notified() => {}
                }
                shared.counting.set(false);
                at_edge();
                shared.over.set(true);
                wait_for(running).await;
            }
            Until::AllSent => {
                at_edge();
                shared.counting.set(true);
                wait_for(running).await;
                at_edge();
            }
        }
    };
    tasks.run_until(watch).await;
    drop(tasks);
    let mut driven = shared.driven.take();
    driven.latencies.sort_unstable();
    Ok(driven)
}

async fn wait_for(running: Vec<tokio::task::JoinHandle<()>>) {
    for task in running {
        // A task that panicked has nothing to say; its connection's figures are missing.
        let _ended = task.await;
    }
}

async fn open_all(address: SocketAddr, count: usize) -> Result<Vec<Connection>, BenchError> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let opened = Connection::open(address).await;
        connections.push(opened.map_err(|error| BenchError::system("cannot connect", error))?);
    }
    Ok(connections)
}

async fn work(
    mut connection: Connection,
    script: &Script,
    repeat: Repeat,
    until: Until,
    shared: &Shared,
) -> io::Result<()> {
    let mut place = 0;
    let mut latencies = Vec::new();
    while !shared.over.get() {
        let Some(request) = script.request(place) else {
            if repeat == Repeat::Always && script.len() > 0 {
                place = 0;
                continue;
            }
            if until != Until::AllSent {
                shared.dry.notify_one();
            }
            break;
        };
        place += 1;
        let sent = Instant::now();
        let answer = connection.exchange(request).await?;
        if answer.status != 200 {
            let said = String::from_utf8_lossy(answer.body);
            let said = said.chars().take(REFUSAL_BYTES).collect::<String>();
            shared.note_refusal(format!("{}: {said}", answer.status));
        } else if shared.counting.get() {
            latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
    shared.note_answers(&mut latencies);
    Ok(())
}

impl Shared {
    fn note_answers(&self, latencies: &mut Vec<u32>) {
        let mut driven = self.driven.borrow_mut();
        driven.answered += u64::try_from(latencies.len()).unwrap_or(u64::MAX);
        driven.latencies.append(latencies);
    }

    fn note_refusal(&self, said: String) {
        let mut driven = self.driven.borrow_mut();
        driven.refused += 1;
        driven.first_refusal.get_or_insert(said);
    }
}
