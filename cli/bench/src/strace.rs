//! A node under `strace`: its fsyncs counted, delayed, and seen before its replies.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// The calls that bring a file to the disk.
const SYNC: &str = "fsync,fdatasync";
/// Those, and how requests come and replies leave.
const SYNC_AND_SOCKETS: &str =
    "fsync,fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg";
/// How a request begins whose reply has to wait for the disk.
const REQUEST: &str = "\"POST /wallet/transfer/signed ";
/// How a reply begins that says that it is done.
const REPLY: &str = "\"HTTP/1.1 200 ";
/// The file whose fsync makes a transfer durable, with its write-ahead log.
const LOG: &str = "/log.db";

/// Whether there is such a program, and it works.
pub(crate) fn is_there() -> bool {
    let mut command = Command::new("strace");
    let silent = command.arg("-V").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

fn starter(arguments: &[&str], output: &Path) -> Vec<String> {
    // As its own grandchild, so that the node is ours, gets our signals and has its own number.
    let always = ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-o"];
    let mut all: Vec<String> = always.map(str::to_owned).to_vec();
    all.push(output.display().to_string());
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    all
}

/// Starts a node whose every fsync takes `delay_us` microseconds more.
///
/// A traced process is slower in everything: the kernel filters its calls, and protects it from
/// speculation. So what a delay costs shows beside a node that is traced as well, with a delay of 0.
pub(crate) fn delaying(delay_us: u32, output: &Path) -> Vec<String> {
    let trace = format!("trace={SYNC}");
    if delay_us == 0 {
        return starter(&["-e", &trace], output);
    }
    let inject = format!("inject={SYNC}:delay_exit={delay_us}");
    starter(&["-e", &trace, "-e", &inject], output)
}

/// Starts a node whose fsyncs are listed.
pub(crate) fn counting(output: &Path) -> Vec<String> {
    starter(&["-y", "-e", &format!("trace={SYNC}")], output)
}

/// Starts a node whose fsyncs and replies are listed in the order in which they happen.
pub(crate) fn ordering(output: &Path) -> Vec<String> {
    starter(&["-y", "-s", "64", "-e", &format!("trace={SYNC_AND_SOCKETS}")], output)
}

/// How many fsyncs a list holds, finished or not.
pub(crate) fn count(list: &str) -> usize {
    let begun = |line: &&str| line.contains(" fsync(") || line.contains(" fdatasync(");
    list.lines().filter(begun).count()
}

/// What a list says of requests that were sent one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Order {
    /// Replies that said that it was done.
    pub(crate) replies: usize,
    /// Those of them before which an fsync of the log began after their request and ended well.
    pub(crate) durable: usize,
}

/// Reads a list of one request behind the other.
pub(crate) fn order(list: &str) -> Order {
    let mut order = Order::default();
    // What a thread has begun and not finished: whether it is an fsync of the log that began after
    // the request.
    let mut unfinished: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut asked, mut durable) = (false, false);
    for line in list.lines() {
        let (thread, call) = line.split_once(' ').unwrap_or_default();
        let call = call.trim_start();
        let is_sync = call.starts_with("fsync(") || call.starts_with("fdatasync(");
        let ended_well = call.ends_with("= 0") || call.contains("= 0 (");
        if is_sync {
            let of_log = call.contains(LOG) && asked;
            if call.contains("<unfinished") {
                unfinished.insert(thread, of_log);
            } else {
                durable |= of_log && ended_well;
            }
        } else if call.starts_with("<... ") && call.contains("sync resumed") {
            durable |= unfinished.remove(thread).unwrap_or(false) && ended_well;
        } else if call.contains(REQUEST) {
            (asked, durable) = (true, false);
        } else if call.contains(REPLY) && asked {
            order.replies += 1;
            order.durable += usize::from(durable);
            asked = false;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: &str = r#"9 recvfrom(12<socket:[5]>, "POST /wallet/transfer/signed HTTP/1.1\r\n"..., 8192, 0, NULL, NULL) = 700"#;
    const REPLIED: &str =
        r#"9 writev(12<socket:[5]>, [{iov_base="HTTP/1.1 200 OK\r\n"..., iov_len=200}], 2) = 460"#;
    const SYNCED: &str = "7 fdatasync(8</n/log.db-wal>)     = 0";

    fn read(lines: &[&str]) -> (usize, usize) {
        let Order { replies, durable } = order(&lines.join("\n"));
        (replies, durable)
    }

    #[test]
    fn a_reply_is_durable_behind_an_fsync_of_the_log() {
        assert_eq!(read(&[READ, SYNCED, REPLIED, READ, SYNCED, REPLIED]), (2, 2));
        assert_eq!(read(&[READ, REPLIED, SYNCED]), (1, 0), "too late");
        assert_eq!(read(&[SYNCED, READ, REPLIED]), (1, 0), "too early");
        assert_eq!(read(&[READ, SYNCED, REPLIED, READ, REPLIED]), (2, 1), "that of the first");
    }

    #[test]
    fn only_the_log_counts_and_only_when_it_worked() {
        let derived = "7 fdatasync(8</n/derived.db-wal>) = 0";
        let failed = "7 fdatasync(8</n/log.db-wal>) = -1 EIO (Input/output error)";
        assert_eq!(read(&[READ, derived, failed, REPLIED]), (1, 0));
        let delayed = "7 fdatasync(8</n/log.db-wal>) = 0 (DELAYED)";
        assert_eq!(read(&[READ, delayed, REPLIED]), (1, 1));
    }

    #[test]
    fn calls_that_others_interrupt_are_put_together() {
        let begun = "7 fsync(8</n/log.db-wal> <unfinished ...>";
        let other = "8 fsync(9</n/derived.db> <unfinished ...>";
        let ended = "7 <... fsync resumed>)              = 0";
        let other_ended = "8 <... fsync resumed>)              = 0";
        assert_eq!(read(&[READ, begun, other, other_ended, ended, REPLIED]), (1, 1));
        assert_eq!(read(&[READ, begun, other, other_ended, REPLIED, ended]), (1, 0));
        assert_eq!(read(&[begun, READ, ended, REPLIED]), (1, 0), "begun before the request");
    }

    #[test]
    fn every_fsync_is_counted_once() {
        let list = "7 fsync(8 <unfinished ...>\n8 fdatasync(9) = 0\n7 <... fsync resumed>) = 0\n";
        assert_eq!(count(list), 2);
        assert_eq!(count(""), 0);
    }
}
