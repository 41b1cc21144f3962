//! Drives a server over kept connections: each sends its next request as soon as it has the answer
//! to the one before, or when it is due.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::error::BenchError;
use crate::http::{Answer, Connection, Peer};
use crate::schedule::Schedule;
use crate::script::{Repeat, Script};

/// Longest piece of a refusal that is kept.
const REFUSAL_BYTES: usize = 400;
/// Connections may break so often one behind the other before one of them gives up.
const MAX_BREAKS: u32 = 3;

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
    /// The same, but requests are sent when they are due, so many a second.
    AllDue {
        /// How many.
        rate: usize,
    },
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
    /// Microseconds from request to answer, sorted; of answers with status 200. Where requests
    /// are due, from when they were.
    pub(crate) latencies: Vec<u32>,
    /// Bytes of these answers.
    pub(crate) received: u64,
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
    peer: &Peer,
    scripts: &Rc<[Script]>,
    repeat: Repeat,
    until: Until,
    at_edge: &mut dyn FnMut(),
) -> Result<Driven, BenchError> {
    let connections = open_all(peer, scripts.len()).await?;
    let shared = Rc::new(Shared::default());
    let tasks = LocalSet::new();
    let mut running = Vec::with_capacity(connections.len());
    let begun = Instant::now();
    for (number, connection) in connections.into_iter().enumerate() {
        let (scripts, shared) = (Rc::clone(scripts), Rc::clone(&shared));
        let due = match until {
            Until::AllDue { rate } => Some((begun, Schedule::of(number, scripts.len(), rate))),
            Until::Elapsed { .. } | Until::AllSent => None,
        };
        running.push(tasks.spawn_local(async move {
            work(connection, &scripts[number], repeat, until, due, &shared).await;
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
            Until::AllSent | Until::AllDue { .. } => {
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

async fn open_all(peer: &Peer, count: usize) -> Result<Vec<Connection>, BenchError> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let opened = Connection::open(peer).await;
        connections.push(opened.map_err(|error| BenchError::system("cannot connect", error))?);
    }
    Ok(connections)
}

async fn work(
    mut connection: Connection,
    script: &Script,
    repeat: Repeat,
    until: Until,
    due: Option<(Instant, Schedule)>,
    shared: &Shared,
) {
    let (mut place, mut breaks) = (0, 0);
    let mut counted = Driven::default();
    while !shared.over.get() && breaks < MAX_BREAKS {
        let Some(request) = script.request(place) else {
            if repeat == Repeat::Always && script.len() > 0 {
                place = 0;
                continue;
            }
            if matches!(until, Until::Elapsed { .. }) {
                shared.dry.notify_one();
            }
            break;
        };
        let since = match due {
            None => Instant::now(),
            Some((begun, schedule)) => {
                let due = begun + schedule.due(place);
                tokio::time::sleep_until(due.into()).await;
                due
            }
        };
        place += 1;
        match connection.exchange(request).await {
            Err(error) => {
                breaks += 1;
                shared.note_refusal(format!("the connection broke: {error}"));
            }
            Ok(answer) => {
                breaks = 0;
                shared.note(&mut counted, since, answer);
            }
        }
    }
    shared.add(counted);
}

impl Shared {
    /// Counts an answer, if anything counts now.
    fn note(&self, counted: &mut Driven, since: Instant, answer: Answer<'_>) {
        if answer.status != 200 {
            let said = String::from_utf8_lossy(answer.body);
            let said = said.chars().take(REFUSAL_BYTES).collect::<String>();
            self.note_refusal(format!("{}: {said}", answer.status));
        } else if self.counting.get() {
            counted.answered += 1;
            counted.received += u64::try_from(answer.length).unwrap_or(u64::MAX);
            let micros = since.elapsed().as_micros();
            counted.latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
    }

    fn add(&self, mut counted: Driven) {
        let mut driven = self.driven.borrow_mut();
        driven.answered += counted.answered;
        driven.received += counted.received;
        driven.latencies.append(&mut counted.latencies);
    }

    fn note_refusal(&self, said: String) {
        let mut driven = self.driven.borrow_mut();
        driven.refused += 1;
        driven.first_refusal.get_or_insert(said);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::http;

    /// How long the server stalls before its first answer.
    const STALL: Duration = Duration::from_millis(200);
    /// One a millisecond.
    const REQUESTS: usize = 20;

    /// Answers one connection, the first time after a stall; with 503 whenever `refuses` says so.
    async fn stalling(refuses: fn(usize) -> bool) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::time::sleep(STALL).await;
            let mut request = vec![0; http::get("/").len()];
            let mut number = 0;
            while stream.read_exact(&mut request).await.is_ok() {
                let status = if refuses(number) { "503 Busy" } else { "200 OK" };
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
                stream.write_all(answer.as_bytes()).await.unwrap();
                number += 1;
            }
        });
        Peer { address, patience: None }
    }

    async fn driven(peer: &Peer, until: Until) -> Driven {
        let mut script = Script::default();
        (0..REQUESTS).for_each(|_| script.push(&http::get("/")));
        let scripts: Rc<[Script]> = Rc::new([script]);
        let mut edges = 0;
        let driven = drive(peer, &scripts, Repeat::Never, until, &mut || edges += 1).await;
        assert_eq!(edges, 2);
        driven.unwrap()
    }

    #[tokio::test]
    async fn a_stall_is_suffered_by_all_that_were_due_meanwhile() {
        let peer = stalling(|_| false).await;
        let driven = driven(&peer, Until::AllDue { rate: 1_000 }).await;
        assert_eq!((driven.answered, driven.refused), (20, 0));
        let least = driven.latencies.first().copied().unwrap();
        assert!(least >= 150_000, "due within 20 ms, answered behind 200 ms: {least} us");
    }

    #[tokio::test]
    async fn without_a_schedule_only_the_first_suffers_and_refusals_do_not_count() {
        let peer = stalling(|number| number == 3).await;
        let driven = driven(&peer, Until::AllSent).await;
        assert_eq!((driven.answered, driven.refused), (19, 1));
        assert_eq!(driven.first_refusal.as_deref(), Some("503: {}"));
        assert_eq!(driven.latencies.len(), 19);
        assert!(driven.latencies.last().copied().unwrap() >= 150_000);
        let length = u64::try_from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".len());
        assert_eq!(driven.received, 19 * length.unwrap());
    }
}
