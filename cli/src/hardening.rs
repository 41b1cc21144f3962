//! Keeps secrets out of places that outlive the process: core files and other programs' hands.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core files and, on Linux, reading this process's memory through `ptrace` or `/proc`.
///
/// To be called before the first secret is read. What the system refuses is left as it was: the
/// command goes on, as a wallet must work in every container.
pub fn harden_process() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _best_effort = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _best_effort = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_core_file_can_be_written() {
        harden_process();
        assert_eq!(rustix::process::getrlimit(Resource::Core).maximum, Some(0));
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::process::dumpable_behavior().unwrap(),
            rustix::process::DumpableBehavior::NotDumpable
        );
    }
}
