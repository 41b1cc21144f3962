//! Threads that look things up in the store for requests.
//!
//! There are as many as processors, behind a bounded queue. The runtime's own threads never wait for
//! a disk, and a rush of reads neither makes hundreds of threads, which would only take the
//! processors from each other, nor fills memory.
//!
//! For reads of a few rows. What takes long, or waits for an fsync, is for
//! [`off_runtime`](crate::reply::off_runtime): it would hold the others up.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread::{Builder, available_parallelism};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::problem::Problem;
use crate::sequencer::Unavailable;

/// Reads that may wait; more are answered `503 BUSY`.
const QUEUE: usize = 1_024;

/// Threads at least: one slow page must not stop all others.
const LEAST_THREADS: usize = 2;

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

/// The threads. They end with this value.
pub struct Readers {
    shared: Arc<Shared>,
    most_waiting: usize,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl Readers {
    /// Starts the threads.
    pub fn start() -> io::Result<Self> {
        let threads = available_parallelism().map_or(1, NonZero::get).max(LEAST_THREADS);
        Self::start_with(threads, QUEUE)
    }

    fn start_with(threads: usize, most_waiting: usize) -> io::Result<Self> {
        let readers = Self { shared: Arc::default(), most_waiting };
        for _ in 0..threads {
            let shared = Arc::clone(&readers.shared);
            Builder::new().name("reader".to_owned()).spawn(move || shared.work())?;
        }
        Ok(readers)
    }

    /// Has `read` done by one of the threads. A panic of it goes on in the request.
    ///
    /// # Errors
    /// `503 BUSY` when too many reads wait.
    pub async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Unwind safe: nothing of what panicked is used again.
            let outcome = catch_unwind(AssertUnwindSafe(read));
            // Nobody waits for it any more when the client has left.
            drop(reply.send(outcome));
        });
        {
            let mut queue = self.shared.queue.lock();
            if queue.jobs.len() >= self.most_waiting {
                return Err(Unavailable::Busy.into());
            }
            queue.jobs.push_back(job);
        }
        self.shared.filled.notify_one();
        match done.await {
            Ok(Ok(done)) => Ok(done),
            // The request's own panic catcher answers with the request's id.
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_no_thread) => Err(Unavailable::Stopping.into()),
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.shared.queue.lock().closed = true;
        self.shared.filled.notify_all();
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            self.filled.wait(&mut queue);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn reads_run_elsewhere_and_panics_come_back() {
        let readers = Arc::new(Readers::start().unwrap());
        let here = std::thread::current().id();
        let there = readers.run(|| std::thread::current().id()).await.unwrap();
        assert_ne!(here, there);
        for _ in 0..8 {
            let readers = Arc::clone(&readers);
            let read = async move { readers.run(|| -> u8 { panic!("lost") }).await };
            assert!(tokio::spawn(read).await.unwrap_err().is_panic());
        }
        assert_eq!(readers.run(|| 7).await.unwrap(), 7, "the threads have survived");
    }

    #[tokio::test]
    async fn what_does_not_fit_the_queue_is_refused_and_the_rest_is_done() {
        let readers = Arc::new(Readers::start_with(1, 2).unwrap());
        let (begun, has_begun) = oneshot::channel();
        let (release, gate) = mpsc::channel::<()>();
        let ask = |read: Box<dyn FnOnce() -> u32 + Send>| {
            let readers = Arc::clone(&readers);
            tokio::spawn(async move { readers.run(read).await })
        };
        let held = ask(Box::new(move || {
            begun.send(()).unwrap();
            gate.recv().unwrap();
            1
        }));
        has_begun.await.unwrap();
        let waiting = [ask(Box::new(|| 2)), ask(Box::new(|| 3))];
        while readers.shared.queue.lock().jobs.len() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(readers.run(|| 4).await.unwrap_err().code, "BUSY");
        release.send(()).unwrap();
        assert_eq!(held.await.unwrap().unwrap(), 1);
        for (task, expected) in waiting.into_iter().zip([2, 3]) {
            assert_eq!(task.await.unwrap().unwrap(), expected);
        }
    }
}
